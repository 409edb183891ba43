/** Whatever a machine is like at first: passes lead where the next one plans nothing, and harm nobody. */
import * as fc from '../../property.ts';
import { directory, file } from '../sections/tree.ts';
import { NOW } from './memory-files.ts';
import { apply, plan } from './passes.ts';
import { HOME, machineOf, usersOf, world } from './worlds.ts';

function pathsOf(action: object): string[] {
  const { path, from, to, clone, outer } = action as Record<string, string | { path: string } | undefined>;
  const spec = typeof clone === 'object' ? clone.path : undefined;
  return [path, from, to, outer, spec].filter((found) => typeof found === 'string');
}

it('two passes lead where the next one plans nothing', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (found) => {
      const machine = machineOf(found);
      const more = { cut: new Set(found.cut ? ['emo'] : []), canMint: found.canMint };
      // Of a clone that must be moved, hoisted, finished and refreshed, one pass leaves the last to the next.
      await apply(machine, usersOf(found), more);
      await apply(machine, usersOf(found), more);
      const { people, machine: ofMachine } = await plan(machine, usersOf(found), more);
      expect([...(people[0]?.plan ?? []), ofMachine].flatMap(({ actions }) => actions)).toEqual([]);
    }),
    { numRuns: 120 },
  );
});

it('a pass takes nobody out of a group, keeps homes as they are, and stays where it belongs', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (found) => {
      const machine = machineOf(found);
      await apply(machine, usersOf(found), { cut: new Set(['emo']), canMint: found.canMint });
      for (const { user: who, action } of machine.log) {
        expect(action.kind).not.toBe('remove-from-group');
        if (action.kind === 'create-account') expect(found.account).toBeNull();
        if (action.kind === 'unlock-account') expect(found.account?.expires).toBe(1);
        for (const path of pathsOf(action)) {
          const isSystem = action.kind === 'write-system-file';
          expect(path).toMatch(
            isSystem ? /^\/etc\/(t3-serve\/|ttyd-user-map$|claude-code\/)/ : /^\/home\/emo\/./,
          );
        }
        if (who === 'machine')
          expect(['write-system-file', 'enable-unit', 'start-unit']).toContain(action.kind);
      }
      if (found.account !== null) expect(machine.tree.get(HOME)).toEqual(directory(0o711));
    }),
    { numRuns: 120 },
  );
});

it('a pass keeps every byte of what is the person’s own', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (found) => {
      const machine = machineOf(found);
      const own = `${HOME}/code/notes/own.txt`;
      machine.tree.set(own, file('mine', 0o640, { modified: NOW }));
      await apply(machine, usersOf(found), { canMint: found.canMint });
      const kept = [...machine.tree].filter(([path]) => path.endsWith('/notes/own.txt'));
      expect(kept.map(([, entry]) => entry)).toEqual([file('mine', 0o640, { modified: NOW })]);
    }),
    { numRuns: 60 },
  );
});
