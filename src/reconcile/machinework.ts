/** Does what belongs to the machine as a whole, and remembers how it went. */
import type { Finding } from '../api/conditions.ts';
import type { Action } from '../sections/action.ts';
import type { SectionPlan } from '../sections/section.ts';
import { performOne } from './perform.ts';

/** What the machine's own actions carry where a person's carry the OS user and the section. */
export const MACHINE = 'machine';

type Around = Parameters<typeof performOne>[0];

export class MachineWork {
  done = 0;
  readonly #problems: string[] = [];
  readonly #notes: string[] = [];
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  async perform(plan: SectionPlan): Promise<void> {
    this.#problems.push(...plan.troubles.map(({ message }) => message));
    this.#notes.push(...plan.notes);
    await Promise.all(plan.actions.map((action) => this.#one(action)));
  }

  async #one(action: Action): Promise<void> {
    const done = await performOne(this.#around, MACHINE, MACHINE, action);
    if (done.kind === 'failed') this.#problems.push(done.message);
    else this.done += 1;
  }

  finding(notes: readonly string[]): Finding {
    const isReady = this.#problems.length === 0;
    const said = [...this.#problems, ...this.#notes, ...notes];
    return {
      type: 'MachineReady',
      status: isReady ? 'True' : 'False',
      reason: isReady ? (said.length > 0 ? 'ReadyWithNotes' : 'Ready') : 'MachineNotReady',
      message: said.join('; '),
    };
  }
}
