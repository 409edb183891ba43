/** Does a person's plan: section by section, in order; unit work last, in one batch with everybody else's. */
import type { ConditionType, Finding } from '../api/conditions.ts';
import { escapeControls } from '../api/text/show.ts';
import type { Done, Machine } from '../host/machine.ts';
import type { Action } from '../sections/action.ts';
import type { Crowd } from './crowd.ts';
import type { Failure } from './findings.ts';
import type { PlannedSection } from './plan.ts';

/** What watches a pass: progress on a terminal, the log, the audit. */
export interface Witness {
  began(user: string, action: Action): void;
  /**
   * @param duration milliseconds
   * @param section what asked for it: a section, `machine`, or a stage of a cut
   */
  ended(user: string, action: Action, done: Done, duration: number, section: string): void;
  /** One person is through; `done` actions succeeded. */
  finished(user: string, findings: readonly Finding[], done: number): void;
}

/** Several, told of everything in this order. */
export function together(...witnesses: readonly Witness[]): Witness {
  return {
    began: (...heard) => witnesses.forEach((witness) => witness.began(...heard)),
    ended: (...heard) => witnesses.forEach((witness) => witness.ended(...heard)),
    finished: (...heard) => witnesses.forEach((witness) => witness.finished(...heard)),
  };
}

export interface Performance {
  readonly machine: Machine;
  readonly crowd: Crowd;
  readonly witness: Witness;
  /** Once aborted, what runs is ended. */
  readonly signal: AbortSignal;
  /** Once aborted, what runs goes on, and nothing else begins. */
  readonly draining?: AbortSignal;
}

export interface Performed {
  readonly failures: readonly Failure[];
  readonly notes: ReadonlyMap<ConditionType, readonly string[]>;
  /** How many actions succeeded. */
  readonly done: number;
}

type Task = Pick<PlannedSection, 'section' | 'condition'> & { readonly action: Action };

export async function perform(
  around: Performance,
  osUser: string,
  plan: readonly PlannedSection[],
): Promise<Performed> {
  const tally = new Tally();
  const units: Task[] = [];
  for (const planned of plan) {
    const hasFailed = !(await performSection(around, osUser, planned, units, tally));
    // Without an account there is nobody to do the rest for.
    if (hasFailed && planned.section === 'account') return tally;
  }
  await performUnits(around, osUser, units, tally);
  return tally;
}

/** False when an action failed; the ones after it, unit work included, are then left. */
async function performSection(
  around: Performance,
  osUser: string,
  { section, condition, actions }: PlannedSection,
  units: Task[],
  tally: Tally,
): Promise<boolean> {
  const waiting: Task[] = [];
  for (const action of actions) {
    if (isUnitAction(action)) waiting.push({ section, condition, action });
    else if (!tally.add(condition, await performOne(around, osUser, section, action))) return false;
  }
  units.push(...waiting);
  return true;
}

async function performUnits(
  around: Performance,
  osUser: string,
  tasks: readonly Task[],
  tally: Tally,
): Promise<void> {
  if (tasks.length === 0) return;
  const batch = tasks.map(({ section, action }) => performOne(around, osUser, section, action));
  around.crowd.arrive();
  const results = await Promise.all(batch);
  around.crowd.setOut();
  tasks.forEach(({ condition }, index) => {
    const done = results[index];
    if (done) tally.add(condition, done);
  });
}

/** Never rejects: what the machine throws is a failure of this action. */
export async function performOne(
  { machine, witness, signal, draining }: Omit<Performance, 'crowd'>,
  user: string,
  section: string,
  action: Action,
): Promise<Done> {
  if (draining?.aborted) return STOPPING;
  witness.began(user, action);
  const start = performance.now();
  const done = await attempt(machine, user, action, signal);
  witness.ended(user, action, done, performance.now() - start, section);
  return done;
}

const STOPPING: Done = {
  kind: 'failed',
  reason: 'Stopping',
  message: 'not begun: the program is stopping',
};

async function attempt(machine: Machine, user: string, action: Action, signal: AbortSignal): Promise<Done> {
  try {
    return await machine.do(user, action, signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason: 'ActionFailed', message: escapeControls(message) };
  }
}

export function isUnitAction(action: Action): boolean {
  return action.kind === 'enable-unit' || action.kind === 'start-unit' || action.kind === 'disable-unit';
}

class Tally implements Performed {
  readonly failures: Failure[] = [];
  readonly notes = new Map<ConditionType, string[]>();
  done = 0;

  /** Whether it went well. */
  add(condition: ConditionType, done: Done): boolean {
    if (done.kind === 'failed') {
      this.failures.push({ condition, reason: done.reason, message: done.message });
      return false;
    }
    this.done += 1;
    if (done.note !== undefined) this.notes.set(condition, [...(this.notes.get(condition) ?? []), done.note]);
    return true;
  }
}
