/** What two controllers take for the same work on one API server, in turns. */
import { setTimeout as pause } from 'node:timers/promises';
import { SYSTEM_NAMESPACE } from '../../src/api/marks.ts';
import type { Connection } from '../../src/kubernetes/connect.ts';
import { leasesOf } from '../../src/kubernetes/leases.ts';
import { Reflector } from '../../src/kubernetes/reflector.ts';
import { USERS, type AnyObject } from '../../src/source/cluster/resources.ts';
import { until } from '../agent/daemon.ts';
import { usageOf } from '../agent/usage.ts';
import type { Contestant, Replica, Setting } from './contestants.ts';
import { CREW, machineName, userName } from './population.ts';

/** One for each round. */
export interface Figures {
  /** Milliseconds from the start of the program to a complete copy. */
  readonly sync: number[];
  /** Seconds of processor time for that. */
  readonly syncCpu: number[];
  /** MiB resident after a pass for everybody. */
  readonly resident: number[];
  /** Milliseconds from leading to a pass for everybody, in which nothing was to do. */
  readonly noop: number[];
  /** Milliseconds from a change of a spec to the status that answers it, one for each change. */
  readonly change: number[];
  /** Milliseconds from kill -9 of the leader to the answer of the other to a change. */
  readonly takeover: number[];
}

export interface Rounds {
  readonly connection: Connection;
  readonly setting: Setting;
  readonly users: number;
  readonly rounds: number;
  readonly changes: number;
}

export async function compare(contestants: readonly Contestant[], rounds: Rounds): Promise<Figures[]> {
  const results = contestants.map((): Figures => ({
    sync: [],
    syncCpu: [],
    resident: [],
    noop: [],
    change: [],
    takeover: [],
  }));
  const spectator = await Spectator.begin(rounds.connection);
  try {
    for (let round = 0; round < rounds.rounds; round++)
      for (const [index, contestant] of contestants.entries())
        await compete(contestant, rounds, spectator, results[index]!);
  } finally {
    spectator.end();
  }
  return results;
}

/** Milliseconds after which nothing follows any more from what was done. */
const REST = 2000;

async function compete(
  contestant: Contestant,
  { connection, setting, users, changes }: Rounds,
  spectator: Spectator,
  figures: Figures,
): Promise<void> {
  const first = await contestant.start(setting);
  figures.sync.push(await first.synced());
  figures.syncCpu.push(usageOf(first.pid).cpu);
  figures.noop.push(await passForEverybody(first, users));
  await pause(REST);
  figures.resident.push(usageOf(first.pid).resident);
  for (let change = 0; change < changes; change++) figures.change.push(await spectator.change());
  const second = await contestant.start(setting);
  await second.synced();
  // The second has to have seen who leads.
  await pause(REST + setting.election[2] * 2200);
  const killed = performance.now();
  await first.kill('SIGKILL');
  await spectator.change();
  figures.takeover.push(performance.now() - killed);
  await second.kill('SIGKILL');
  await connection.api.delete(leasesOf(SYSTEM_NAMESPACE), contestant.lease);
}

async function passForEverybody(replica: Replica, users: number): Promise<number> {
  await replica.leads();
  const start = performance.now();
  const isThrough = async () => (await replica.reconciled()) >= users || undefined;
  await until('everybody had a pass', isThrough, 20);
  return performance.now() - start;
}

/** Changes users of one machine, and sees what is said of them. */
class Spectator {
  readonly #connection: Connection;
  readonly #users: Reflector<AnyObject>;
  readonly #stop = new AbortController();
  #waiting: (() => void) | undefined;
  #count = 0;

  private constructor(connection: Connection) {
    this.#connection = connection;
    this.#users = new Reflector<AnyObject>({
      transport: connection.transport,
      resource: USERS,
      selectors: { fieldSelector: `spec.workstation=${machineName(0)}` },
      onChange: () => this.#waiting?.(),
    });
  }

  static async begin(connection: Connection): Promise<Spectator> {
    const spectator = new Spectator(connection);
    void spectator.#users.run(spectator.#stop.signal);
    await spectator.#users.synced(spectator.#stop.signal);
    return spectator;
  }

  end(): void {
    this.#stop.abort();
  }

  /** Milliseconds from a change of a spec to the status that answers it. */
  async change(): Promise<number> {
    const name = userName(this.#count++ % CREW);
    const start = performance.now();
    const spec = { k8sUser: `${name}-${this.#count}` };
    const { metadata } = await this.#connection.api.merge(USERS, name, { spec });
    await new Promise<void>((resolve) => {
      this.#waiting = () => this.#isAnswered(name, metadata.generation) && resolve();
      this.#waiting();
    });
    return performance.now() - start;
  }

  #isAnswered(name: string, generation: number | undefined): boolean {
    const conditions = this.#users.get(name)?.status?.conditions ?? [];
    return conditions.some(
      ({ type, observedGeneration }) => type === 'Accepted' && observedGeneration === generation,
    );
  }
}
