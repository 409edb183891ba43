import { existsSync, rmSync } from 'node:fs';
import fc from '../../property.ts';
import { namesIn, roster, Stage, until, WORKSTATION } from './stage.ts';

const NAMES = ['ana', 'bob', 'cyd', 'dan'];
const people = fc.subarray(NAMES).map((names) => [...names].sort());

/** Things that happen to a roster, with no pause between them. */
const step = fc.oneof(
  people.map((names) => ({ kind: 'write' as const, text: roster(...names) })),
  people.map((names) => ({ kind: 'replace' as const, text: roster(...names) })),
  fc
    .tuple(people, fc.nat(100))
    .map(([names, length]) => ({ kind: 'write' as const, text: roster(...names).slice(0, length) })),
  fc.constantFrom({ kind: 'remove' as const }, { kind: 'remove-parent' as const }, { kind: 'wait' as const }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What stands there in the end, and what must be known then; not so before: nothing else has an eva in it. */
const last = people.map((names) => [...names, 'eva']);
const end = fc.oneof(
  last.map((names) => ({ step: { kind: 'write' as const, text: roster(...names) }, names })),
  last.map((names) => ({ step: { kind: 'replace' as const, text: roster(...names) }, names })),
);

describe('whatever happens to a roster', () => {
  const harm = fc.constantFrom('', '# nobody\n', 'users: [\n', undefined);

  it.each([
    ['with events', { pollMs: 200 }],
    ['without', { pollMs: 5, hasEvents: false }],
  ] as const)(
    '%s, the last sound content is what is known in the end',
    async (_, means) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), end, harm, async (steps, last, harm) => {
          const stage = new Stage();
          try {
            stage.write('deep/roster.yaml', roster('ana'));
            stage.write('workstation.yaml', WORKSTATION);
            const source = await stage.start({ ...means, paths: pathsOf(stage) });
            for (const one of steps) await make(stage, one);
            await make(stage, last.step);
            const known = () => namesIn(source).sort().join();
            await until(
              () => known() === last.names.join() && source.trouble === undefined,
              () => `${known()} is known, ${JSON.stringify(source.trouble)}`,
            );
            if (harm === undefined) rmSync(stage.path('deep'), { recursive: true });
            else stage.write('deep/roster.yaml', harm);
            await until(() => source.trouble !== undefined);
            expect(known()).toBe(last.names.join());
          } finally {
            await stage.end();
          }
        }),
        { numRuns: 25 },
      );
    },
    120_000,
  );
});

function pathsOf(stage: Stage) {
  return { roster: [stage.path('deep/roster.yaml')], workstation: stage.path('workstation.yaml') };
}

async function make(stage: Stage, step: Step): Promise<void> {
  const path = stage.path('deep/roster.yaml');
  switch (step.kind) {
    case 'write':
      return stage.write('deep/roster.yaml', step.text);
    case 'replace':
      return stage.replace('deep/roster.yaml', step.text);
    case 'remove':
      return rmSync(path, { force: true });
    case 'remove-parent':
      return rmSync(stage.path('deep'), { recursive: true, force: true });
    case 'wait': {
      const ticks = { left: 10 };
      return until(() => ticks.left-- === 0 || !existsSync(path));
    }
  }
}
