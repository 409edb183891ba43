/** What is remembered of a look never changes a plan, only who is planned for. */
import * as fc from '../../property.ts';
import type { WorkstationUser } from '../../../src/api/user.ts';
import type { PassInput } from '../../../src/reconcile/pass.ts';
import type { PlannedSection } from '../../../src/reconcile/plan.ts';
import type { Probe } from '../../../src/sections/facts.ts';
import { file } from '../sections/tree.ts';
import { NOW } from './memory-files.ts';
import { MemoryMachine } from './memory-machine.ts';
import { apply, converged, plan, user } from './passes.ts';
import { lay, machineOf, usersOf, world } from './worlds.ts';

type More = Partial<PassInput>;

const emo = user('emo');
const admin = user('emo', { tier: 'admin' });
const suspended = user('emo', { suspended: true });

async function planOf(machine: MemoryMachine, users: readonly WorkstationUser[], more: More = {}) {
  const { people } = await plan(machine, users, more);
  return people.map(({ plan }): readonly PlannedSection[] => plan);
}

/** As somebody plans who has never looked before. */
function planAnew(machine: MemoryMachine, users: readonly WorkstationUser[], more: More) {
  return planOf(machine, structuredClone(users), more);
}

interface Change {
  readonly who?: WorkstationUser;
  /** Before the first look. */
  readonly given?: (machine: MemoryMachine) => void;
  readonly before?: More;
  readonly change?: (machine: MemoryMachine) => void;
  readonly after?: More;
}

const HOUR = 3_600_000;
const TOKEN = '/home/emo/.config/claude-auth-sync/vault-token';
const expired = (machine: MemoryMachine) => {
  const account = machine.accounts.get('emo');
  if (account !== undefined) machine.accounts.set('emo', { ...account, expires: 1 });
};

const changes: Readonly<Record<string, Change>> = {
  'a file in the home': {
    change: ({ tree }) => tree.set('/home/emo/.claude/hooks/auto-learn.py', file('mine')),
  },
  'a file that is gone from the home': { change: ({ tree }) => tree.delete(TOKEN) },
  'a file of the machine': { change: ({ tree }) => tree.set('/etc/t3-serve/emo.env', file('T3_PORT=3773')) },
  'a source': { change: ({ tree }) => tree.set('/opt/workstation/claude-hooks/auto-learn.py', file('new')) },
  'a source of which only the content is another': {
    given: ({ tree }) => tree.set('/opt/workstation/claude-hooks/auto-learn.py', file('one')),
    change: ({ tree }) => tree.set('/opt/workstation/claude-hooks/auto-learn.py', file('two')),
  },
  'a group that the account has lost': {
    who: admin,
    change: ({ accounts }) =>
      accounts.forEach((account) => accounts.set('emo', { ...account, groups: ['emo'] })),
  },
  'a group that the machine has lost': {
    who: admin,
    change: ({ groupNames }) => groupNames.delete('docker'),
  },
  'a group that an earlier cut took': {
    given: ({ groupNames }) => groupNames.add('own'),
    after: { departed: { emo: { osUser: 'emo', groups: ['own'] } } as never },
  },
  'a lock that is known to be ours': { given: expired, after: { cut: new Set(['emo']) } },
  'a process of somebody suspended': { who: suspended, change: ({ busy }) => busy.add(1001) },
  'a unit that stopped': {
    change: ({ unitFacts }) =>
      unitFacts.forEach((facts, unit) => unitFacts.set(unit, { ...facts, active: 'failed' })),
  },
  'a right to mint': {
    given: ({ tree }) => tree.delete(TOKEN),
    before: { canMint: false },
    after: { canMint: true },
  },
  'a machine that runs no more': { change: (machine) => void (machine.isLive = false) },
  'time, until a clone is due': { after: { now: () => NOW + 2 * HOUR } },
  'a clock that was set back': { after: { now: () => NOW - 48 * HOUR } },
};

it.each(Object.entries(changes))(
  'is not held against %s',
  async (_what, { who = emo, given, before = {}, change, after = {} }) => {
    const machine = await converged([who]);
    given?.(machine);
    if (given !== undefined) await apply(machine, [who], before);
    const first = await planOf(machine, [who], before);
    expect(first.flat().flatMap(({ actions }) => actions)).toEqual([]);
    change?.(machine);
    const second = await planOf(machine, [who], { ...before, ...after });
    expect(second).toEqual(await planAnew(machine, [who], { ...before, ...after }));
    expect(second).not.toEqual(first);
  },
);

it('makes no difference, whatever changes', async () => {
  const changed = fc.record({
    with: world,
    groups: fc.subarray(['code-shared', 'docker', 'sudo']),
    now: fc.constantFrom(NOW, NOW + 60_000, NOW + 2 * HOUR, NOW - 2 * HOUR),
  });
  await fc.assert(
    fc.asyncProperty(world, fc.array(changed, { minLength: 1, maxLength: 3 }), async (found, changes) => {
      const machine = machineOf(found);
      const users = usersOf(found);
      const more = { cut: new Set(found.cut ? ['emo'] : []), canMint: found.canMint };
      await apply(machine, users, more);
      await apply(machine, users, more);
      await planOf(machine, users, more);
      for (const { with: other, groups, now } of changes) {
        lay(machine, { ...other, home: other.home.slice(0, 1), system: other.system.slice(0, 1) });
        for (const group of ['code-shared', 'docker', 'sudo']) machine.groupNames.delete(group);
        for (const group of groups) machine.groupNames.add(group);
        const then = { cut: new Set(other.cut ? ['emo'] : []), canMint: other.canMint, now: () => now };
        const planned = await planOf(machine, users, then);
        expect(planned).toEqual(await planAnew(machine, users, then));
        expect(await planOf(machine, users, then)).toEqual(planned);
      }
    }),
    { numRuns: 150 },
  );
});

class WatchedMachine extends MemoryMachine {
  /** By look at a home, whether it was as known. */
  readonly same: boolean[] = [];

  asked = 0;

  override async lookAtHome(osUser: string, home: string, probes: readonly Probe[], known?: string) {
    this.asked += 1;
    const look = await super.lookAtHome(osUser, home, probes, known);
    this.same.push(look === undefined);
    return look;
  }
}

describe('who had nothing to do', () => {
  it('is asked only whether the home is as it was', async () => {
    const machine = new WatchedMachine();
    await apply(machine, [emo]);
    machine.same.length = 0;
    await apply(machine, [emo]);
    await plan(machine, [emo]);
    expect(machine.same).toEqual([true, true]);
  });

  it('is looked at whole again once the home has changed, and then no more', async () => {
    const machine = new WatchedMachine();
    await apply(machine, [emo]);
    machine.tree.set('/home/emo/.claude/settings.json', file('{"own": 1, "hooks": {}}'));
    await apply(machine, [emo]);
    machine.same.length = 0;
    await apply(machine, [emo]);
    expect(machine.same).toEqual([true]);
  });

  it('is looked at whole while there is something to do', async () => {
    const machine = new WatchedMachine();
    await apply(machine, [emo]);
    machine.tree.delete('/home/emo/.claude/hooks/auto-learn.py');
    machine.same.length = 0;
    await plan(machine, [emo]);
    await plan(machine, [emo]);
    expect(machine.same).toEqual([false, false]);
  });

  it('is looked at before the units are, and once', async () => {
    const machine = new WatchedMachine();
    await apply(machine, [emo]);
    let askedBefore = 0;
    machine.asked = 0;
    machine.lookAtUnits = () => {
      askedBefore = machine.asked;
      return Promise.resolve();
    };
    await apply(machine, [emo]);
    expect([askedBefore, machine.asked]).toEqual([1, 1]);
  });

  it.each(['and looked at no more', 'though something else has changed'])(
    'cannot be looked at, which is said: %s',
    async (what) => {
      const machine = await converged([emo]);
      if (what.startsWith('though')) machine.tree.delete('/etc/t3-serve/emo.env');
      machine.beforeLook = () => {
        throw new Error('the disk is away');
      };
      const { people } = await apply(machine, [emo]);
      expect(people[0]?.findings[0]?.message).toContain('the disk is away');
    },
  );

  it('keeps what was told: troubles, and when there is more to do', async () => {
    const machine = new WatchedMachine();
    machine.groupNames.delete('docker');
    const first = await apply(machine, [emo], { canMint: false });
    const second = await apply(machine, [emo], { canMint: false });
    machine.same.length = 0;
    const third = await apply(machine, [emo], { canMint: false });
    expect(machine.same).toEqual([true]);
    expect(third.people[0]?.findings).toEqual(second.people[0]?.findings);
    expect(first.people[0]?.findings.map(({ reason }) => reason)).toContain('NoVaultToken');
  });
});
