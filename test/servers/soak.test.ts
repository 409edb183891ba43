/**
 * Machines with their agents, two controllers and an API server, while people come, go and change, and processes are
 * killed. WORKSTATION_SOAK_AGENTS, WORKSTATION_SOAK_SECONDS and WORKSTATION_SOAK_SEED say how many, how long, and which run.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { randomInt } from 'node:crypto';
import { Chance } from '../harness/chance.ts';
import { describeServers } from '../harness/requirements.ts';
import { eventually } from '../machine/agent/runner.ts';
import { usersOf } from './agent/stage.ts';
import { lookAt, untruths, type OnMachine } from './agent/truth.ts';
import { transitions, writesOfOthers } from './soak/audit.ts';
import { Edits, rosterOf, stayerOf } from './soak/edits.ts';
import { Fleet } from './soak/fleet.ts';

const setting = (name: string, otherwise: number) =>
  Number(process.env[`WORKSTATION_SOAK_${name}`] ?? otherwise);
const AGENTS = setting('AGENTS', 4);
const SECONDS = setting('SECONDS', 60);
const SEED = setting('SEED', randomInt(2 ** 32));
/** Milliseconds from the last edit until all is as declared: an agent that met trouble waits for up to a minute. */
const SETTLING = 180_000;
/** Milliseconds in which nothing is asked once nothing changes; an agent renews its Lease four times meanwhile. */
const QUIET = 15_000;
const BLOWS = ['agent', 'agent', 'leader', 'agent', 'server', 'leader'] as const;

describeServers('machines, controllers and an API server', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  const machines = Array.from({ length: AGENTS }, (_, index) => `m${index}`);
  const chance = new Chance(SEED);
  let fleet: Fleet;
  let edits: Edits;

  beforeAll(async () => {
    process.stderr.write(`WORKSTATION_SOAK_SEED=${SEED}\n`);
    fleet = await Fleet.open(machines, rosterOf([], 'power-user'));
    edits = new Edits(fleet.server, machines, chance);
    edits.declared.add('rudi');
    await edits.begin();
  }, SETTLING);
  afterAll(() => fleet.close(), SETTLING);

  /** One sentence for each thing that is not as it should be, and what is on the machines. */
  async function look(): Promise<{ wrong: string[]; found: Map<string, OnMachine> }> {
    const objects = await usersOf(fleet.server);
    const names = objects.map(({ metadata }) => metadata.name);
    const wrong = [
      ...names.filter((name) => !edits.declared.has(name)).map((name) => `${name}: still there`),
      ...[...edits.declared].filter((name) => !names.includes(name)).map((name) => `${name}: not there`),
      ...objects
        .filter(({ spec }) => !spec.workstation)
        .map(({ metadata }) => `${metadata.name}: not placed`),
    ];
    const found = new Map<string, OnMachine>();
    for (const [name, { machine }] of fleet.machines) {
      const onMachine = await lookAt(machine);
      found.set(name, onMachine);
      const here = objects.filter(({ spec }) => spec.workstation === name);
      wrong.push(...untruths(here, onMachine).map((sentence) => `${name}: ${sentence}`));
    }
    return { wrong, found };
  }

  it('write the status of somebody who comes twice at most, controller and agent once each', async () => {
    const stayers = machines.map((machine) => stayerOf(machine));
    await eventually('all is as declared', async () => (await look()).wrong.length === 0);
    const writes = (await fleet.audit.asked()).filter(
      ({ objectRef, verb }) => verb === 'patch' && objectRef?.subresource === 'status',
    );
    const tooMany = stayers
      .map((stayer) => writes.filter(({ objectRef }) => objectRef?.name === stayer))
      .filter((ofOne) => ofOne.length > 2);
    expect(tooMany).toEqual([]);
  });

  it(
    `end with every status true of its machine, after random edits and crashes (seed ${SEED})`,
    async () => {
      const end = Date.now() + SECONDS * 1000;
      const every = (SECONDS * 1000) / BLOWS.length;
      for (const blow of BLOWS) {
        const until = Math.min(end, Date.now() + every);
        while (Date.now() < until) {
          await edits.one();
          await pause(chance.below(200));
        }
        if (blow === 'agent') await fleet.killAgent(chance.one(machines));
        if (blow === 'leader') await fleet.killLeader();
        if (blow === 'server') await fleet.killServer();
      }
      let state = await look();
      await eventually('all is as declared', async () => (state = await look()).wrong.length === 0, {
        within: SETTLING,
      }).catch(async (error: Error) => {
        for (const sentence of state.wrong) {
          const [machine = '', person = ''] = sentence.split(': ');
          if (fleet.machines.has(machine)) process.stderr.write(await fleet.told(machine, person));
        }
        throw new Error(`${error.message} (seed ${SEED}): ${state.wrong.join('; ')}`, { cause: error });
      });
      const stayers = machines.map((machine) => stayerOf(machine));
      const cut = [...state.found.values()].flatMap(({ audit }) =>
        audit.filter(
          ({ cause, osUser }) => cause.kind === 'Leave' && [...stayers, 'rudi'].includes(osUser ?? ''),
        ),
      );
      expect(cut).toEqual([]);
      expect(fleet.crashes()).toEqual([]);
      process.stderr.write(
        `${JSON.stringify(edits.counts)}, ${transitions(await fleet.audit.asked())} changes of leader\n`,
      );
    },
    SECONDS * 1000 + 2 * SETTLING,
  );

  it('have had one leader at a time, which alone wrote', async () => {
    const asked = await fleet.audit.asked();
    expect(transitions(asked)).toBeGreaterThan(0);
    expect(writesOfOthers(asked)).toEqual([]);
  });

  it(
    'ask for nothing but Leases once nothing changes',
    async () => {
      const others = async () => {
        const from = new Date(Date.now() - QUIET).toISOString();
        const since = (await fleet.audit.asked()).filter(({ stageTimestamp }) => stageTimestamp > from);
        expect(since.length).toBeGreaterThan(0);
        return since.filter(({ objectRef, verb }) => objectRef?.resource !== 'leases' && verb !== 'watch');
      };
      await eventually('nothing else is asked', async () => (await others()).length === 0, {
        within: SETTLING / 3,
      });
    },
    SETTLING,
  );
});
