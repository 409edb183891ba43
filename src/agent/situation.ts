/** What an agent works from at any moment: who is declared, who leaves, and what everybody is to have. */
import { osUserOf } from '../api/user.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { DeclaredState } from '../source/source.ts';
import { Desires } from './desires.ts';
import { leaversOf, type Leavers } from './leavers.ts';
import { Passes, type PassesOptions } from './passes.ts';
import { rollOf, type Roll } from './roll.ts';

export type SituationOptions = Omit<PassesOptions, 'desires'>;

export class Situation {
  readonly roll: Roll;
  readonly leavers: Leavers;
  readonly desires: Desires;
  readonly passes: Passes;
  readonly #options: SituationOptions;
  /** OS users of newcomers whose first pass is not through: no map names them yet. Shared by all situations in a row. */
  readonly #fresh: Set<string>;

  private constructor(options: SituationOptions, roll: Roll, before: Situation | undefined) {
    const { machine, keeper } = options;
    const state = keeper.load();
    this.#options = options;
    this.#fresh = before === undefined ? new Set() : before.#fresh;
    this.roll = roll;
    this.leavers = leaversOf(machine, roll, state);
    const wanted = {
      users: roll.users,
      policy: roll.workstation.spec,
      departed: state.cuts,
      known: state.users,
    };
    this.desires = before?.desires ?? new Desires(machine, (osUser) => this.isThere(osUser), wanted);
    this.desires.wanted = wanted;
    this.passes = before?.passes ?? new Passes({ ...options, desires: this.desires });
    for (const osUser of roll.users.map(osUserOf))
      if (machine.account(osUser) === undefined) this.#fresh.add(osUser);
  }

  static of(
    options: SituationOptions,
    declared: DeclaredState,
    issues: readonly TierIssue[],
    before?: Situation,
  ): Situation {
    return new Situation(options, rollOf(declared, options.keeper.load(), issues), before);
  }

  /** The same declaration, with what is known of leavers by now. */
  again(): Situation {
    return new Situation(this.#options, this.roll, this);
  }

  /** Whether maps may name the person: there is an account, and it has had its first pass. */
  isThere(osUser: string): boolean {
    return !this.#fresh.has(osUser) && this.#options.machine.account(osUser) !== undefined;
  }

  /** Whom passes are made for. */
  get served(): readonly { readonly name: string; readonly osUser: string }[] {
    return [...this.roll.served.values()].map((user) => ({
      name: user.metadata.name,
      osUser: osUserOf(user),
    }));
  }

  /** The first pass of a person is through, however it ended; true when it was the first. */
  arrived(osUser: string): boolean {
    return this.#fresh.delete(osUser);
  }

  /** Absent while there is no account. */
  uidOf(osUser: string): number | undefined {
    return this.#options.machine.account(osUser)?.uid;
  }
}
