/** An agent on a machine in memory, with a source that declares whatever a test says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Agent } from '../../../src/agent/agent.ts';
import type { AgentParts } from '../../../src/agent/parts.ts';
import { Book } from '../../../src/agent/book.ts';
import { Diary } from '../../../src/agent/diary.ts';
import type { Hint } from '../../../src/host/watch/hint.ts';
import type { About } from '../../../src/agent/witness.ts';
import { API_VERSION, type WorkstationUser } from '../../../src/api/user.ts';
import { ItemExponentialFailureLimiter } from '../../../src/controller/limiter.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { RETRY } from '../../../src/agent/schedule.ts';
import { EMPTY_STATE, type State } from '../../../src/report/record.ts';
import type { AgentEvent, Report } from '../../../src/report/report.ts';
import type { DeclaredState, Source, SourceTrouble } from '../../../src/source/source.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { NOW } from '../reconcile/memory-files.ts';
import { MemoryMachine } from '../reconcile/memory-machine.ts';
import { policy } from '../sections/build.ts';

export class SourceInMemory implements Source {
  current: DeclaredState | undefined;
  trouble: SourceTrouble | undefined;
  #onChange: () => void = () => {};
  #revision = 0;
  #policy = policy();

  start(onChange: () => void): Promise<void> {
    this.#onChange = onChange;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  declare(users: readonly WorkstationUser[], more: Partial<DeclaredState> = {}): void {
    this.#revision += 1;
    this.current = {
      users,
      unsound: [],
      workstation: {
        object: {
          apiVersion: API_VERSION,
          kind: 'Workstation',
          metadata: { name: 'devvm' },
          spec: this.#policy,
        },
        directory: '/etc/workstation',
      },
      revision: String(this.#revision),
      ...more,
    };
    this.#onChange();
  }

  fail(trouble: SourceTrouble): void {
    this.trouble = trouble;
    this.#onChange();
  }

  with(changes: object): void {
    this.#policy = policy(changes);
  }
}

interface Extra {
  canMint: boolean;
  lookUp(): Promise<void>;
  removeLeftovers(osUser: string, directories: readonly string[]): Promise<void>;
}

export interface Stage {
  readonly agent: Agent;
  readonly machine: MemoryMachine & Extra;
  readonly source: SourceInMemory;
  readonly clock: FakeClock;
  readonly queue: WorkQueue;
  readonly events: AgentEvent[];
  readonly offboarded: string[];
  /** Every pass that began, as `WHO CAUSE`. */
  readonly passes: string[];
  /** What was written last, and how often. */
  readonly saved: { state: State; times: number };
  readonly book: Book;
  readonly diary: Diary;
  hint(hint: Hint): void;
  /** `TYPE=STATUS REASON` of one condition. */
  said(name: string, type: string): string | undefined;
  machineSaid(type: string): string | undefined;
  /** Waits until `isSo`, letting passes run; a deadline ends it. */
  until(isSo: () => boolean, what?: string): Promise<void>;
  /** Waits until no key can be taken and no pass runs. */
  idle(): Promise<void>;
}

export function stage(
  more: {
    readonly state?: State;
    readonly machine?: MemoryMachine;
    readonly parts?: Partial<AgentParts>;
  } = {},
): Stage {
  const machine = Object.assign(more.machine ?? new MemoryMachine(), {
    canMint: true,
    lookUp: () => Promise.resolve(),
    removeLeftovers: () => Promise.resolve(),
  });
  const clock = new FakeClock();
  const source = new SourceInMemory();
  const events: AgentEvent[] = [];
  const offboarded: string[] = [];
  const passes: string[] = [];
  const saved = { state: more.state ?? EMPTY_STATE, times: 0 };
  const report: Report = {
    user: () => {},
    workstation: () => {},
    event: (event) => void events.push(event),
    offboarded: (name) => void offboarded.push(name),
    close: () => Promise.resolve(),
  };
  const now = (): Date => new Date(NOW + clock.now());
  const store = {
    load: () => saved.state,
    save(state: State) {
      saved.state = state;
      saved.times += 1;
    },
  };
  const book = new Book({ store, report, clock, now, onTrouble: (message) => void passes.push(message) });
  let running = 0;
  let onHint: (hint: Hint) => void = () => {};
  const queue = new WorkQueue({ clock, limiter: new ItemExponentialFailureLimiter(RETRY.base, RETRY.most) });
  const diary = new Diary();
  const agent = new Agent({
    machine,
    source,
    book,
    diary,
    report,
    queue,
    clock,
    log: SILENT,
    witnessFor: ({ name, osUser, cause }: About) => {
      passes.push(`${name ?? osUser ?? 'machine'} ${cause}`);
      return { began: () => (running += 1), ended: () => (running -= 1), finished() {} };
    },
    watch: (_watched, hear) => {
      onHint = hear;
      return { update() {}, close: () => Promise.resolve() };
    },
    now,
    random: () => 0.5,
    facts: {},
    resync: 600_000,
    workers: 64,
    ...more.parts,
  });
  const conditionOf = (
    conditions: readonly { type: string; status: string; reason: string }[],
    type: string,
  ) => {
    const found = conditions.find((condition) => condition.type === type);
    return found && `${found.status} ${found.reason}`;
  };
  const until = async (isSo: () => boolean, what = isSo.toString()) => {
    const deadline = Date.now() + 5000;
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`waiting until ${what}: not so after five seconds`);
      await nextTurn();
    }
  };
  return {
    agent,
    machine,
    source,
    clock,
    queue,
    events,
    offboarded,
    passes,
    saved,
    book,
    diary,
    hint: (hint) => onHint(hint),
    said: (name, type) => conditionOf(book.state.users[name]?.status.conditions ?? [], type),
    machineSaid: (type) => conditionOf(book.state.workstation?.status.conditions ?? [], type),
    until,
    async idle() {
      // The machine's pass follows people's after a moment.
      clock.advance(100);
      let quiet = 0;
      await until(() => {
        quiet = running === 0 && queue.length === 0 && queue.running === 0 ? quiet + 1 : 0;
        // So does the writing of what is known.
        if (quiet === 1) clock.advance(250);
        return quiet > 20;
      }, 'nothing runs');
    },
  };
}

const SILENT = { log() {}, with: () => SILENT };

/** An agent that has brought these people onto a machine. */
export async function running(users: Parameters<Stage['source']['declare']>[0]): Promise<Stage> {
  const it = stage();
  it.source.declare(users);
  await it.agent.start(new AbortController().signal);
  await it.idle();
  return it;
}
