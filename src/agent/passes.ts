/** One pass over one thing: a person, the machine, or somebody who leaves. */
import type { Finding } from '../api/conditions.ts';
import { Coalescer } from '../host/coalescer.ts';
import { Limiter } from '../host/limiter.ts';
import type { Machine } from '../host/machine.ts';
import { Crowd } from '../reconcile/crowd.ts';
import { cutOff, type StateKeeper } from '../reconcile/cutoff.ts';
import type { PassFacts } from '../reconcile/facts.ts';
import type { CutResult } from '../reconcile/leave.ts';
import { MachineWork } from '../reconcile/machinework.ts';
import type { Witness } from '../reconcile/perform.ts';
import { reconcilePerson, type Reconciled } from '../reconcile/person.ts';
import { probesOf } from '../reconcile/plan.ts';
import { lockedByUs } from '../report/update.ts';
import { onlyTrouble, refused } from '../sections/common.ts';
import { machineProbes, planMachineFiles, planMachineUnits, planMaps } from '../sections/machine.ts';
import type { Person } from '../sections/section.ts';
import type { Desires } from './desires.ts';
import type { Leavers } from './leavers.ts';

export interface PassesOptions {
  readonly machine: Machine & {
    readonly canMint: boolean;
    /** Removes what a crash has left unfinished in these directories of somebody's home. */
    removeLeftovers(osUser: string, directories: readonly string[], signal: AbortSignal): Promise<void>;
  };
  readonly desires: Desires;
  readonly keeper: StateKeeper;
  readonly now: () => Date;
  /** Once aborted no action begins. */
  readonly draining: AbortSignal;
}

/** Milliseconds that a look at units waits for those of others while there are any: systemd is asked once for all of them. */
const LOOK_WAIT = 5;

/** Milliseconds for what unfinished work has left in a home. */
const SWEEP_LIMIT = 5000;

export interface MachinePass {
  readonly finding: Finding;
  readonly done: number;
  /** Whether files changed that people's may be made from. */
  readonly filesChanged: boolean;
}

export class Passes {
  readonly #options: PassesOptions;
  readonly #crowd: Crowd;
  readonly #looks: Coalescer<readonly string[], PassFacts['sources']>;
  /** Of people, that are on the way. */
  #passes = 0;
  /** OS users in whose homes nothing unfinished is left of an agent before this one. */
  readonly #swept = new Set<string>();
  /** Whatever writes what belongs to everybody: what one plans must still hold when it is done. */
  readonly #oneAtATime = new Limiter(1);

  constructor(options: PassesOptions) {
    const { machine } = options;
    this.#options = options;
    this.#crowd = new Crowd(() => machine.flush());
    this.#looks = new Coalescer({
      maxWait: LOOK_WAIT,
      async run(requests) {
        await machine.lookAtUnits([...new Set(requests.flat())]);
        const sources: PassFacts['sources'] = new Map();
        return requests.map(() => sources);
      },
    });
  }

  async user(person: Person, witness: Witness, signal: AbortSignal): Promise<Reconciled> {
    const { machine, draining } = this.#options;
    const crowd = this.#crowd;
    const { osUser } = person;
    let isClean = false;
    crowd.setOut();
    this.#passes += 1;
    try {
      if (!this.#swept.has(osUser)) await this.#sweep(osUser, signal);
      const sources = await this.lookAtUnits(probesOf(person).units);
      const around = { machine, crowd, witness, signal, draining };
      const reconciled = await reconcilePerson(around, this.#facts(sources), person);
      isClean = reconciled.failures.length === 0;
      return reconciled;
    } finally {
      // What ended halfway may not have been able to tidy up either.
      if (!isClean) this.#swept.delete(osUser);
      this.#passes -= 1;
      crowd.arrive();
    }
  }

  /** A clone that was not finished is removed by the next one beside it; who is to have none any more would keep it. */
  async #sweep(osUser: string, signal: AbortSignal): Promise<void> {
    const { machine, desires } = this.#options;
    const account = machine.account(osUser);
    if (account === undefined || account.refusal !== undefined) return;
    // Whoever goes on making what is swept would hold up their own suspension.
    const limited = AbortSignal.any([signal, AbortSignal.timeout(SWEEP_LIMIT)]);
    const { code } = desires.wanted.policy;
    const clones = code === undefined ? [] : [`${account.home}/${code.path}`];
    try {
      await machine.removeLeftovers(osUser, [account.home, ...clones], limited);
      this.#swept.add(osUser);
    } catch {
      // What is in the way is for the pass to find; the next one tries again.
    }
  }

  /** What is found at sources from now on, for all who have looked at units together. */
  async lookAtUnits(units: readonly string[]): Promise<PassFacts['sources']> {
    if (units.length === 0) return new Map();
    const seen = this.#looks.add(units);
    if (this.#passes <= 1) this.#looks.idle();
    return seen;
  }

  /** @param keepMaps why the published maps must stay as they are */
  machine(keepMaps: string | undefined, witness: Witness, signal: AbortSignal): Promise<MachinePass> {
    return this.#oneAtATime.run(() => this.#machine(keepMaps, witness, signal));
  }

  async #machine(keepMaps: string | undefined, witness: Witness, signal: AbortSignal): Promise<MachinePass> {
    const { machine, desires, draining } = this.#options;
    const { policy } = desires.wanted;
    const probes = machineProbes(policy);
    await this.lookAtUnits(probes.units);
    const facts = {
      system: machine.lookAtSystem(probes.system),
      sources: machine.lookAtSources(probes.sources),
      units: machine.units,
    };
    const work = new MachineWork({ machine, witness, signal, draining });
    await work.perform(planMachineFiles(policy, facts));
    const filesChanged = work.done > 0;
    // Among the files may have been units.
    if (filesChanged) await this.lookAtUnits(probes.units);
    const units = work.perform(planMachineUnits(policy, facts));
    machine.flush();
    await units;
    const desired = desires.workOut();
    const reason = keepMaps ?? desired.keepMaps;
    await work.perform(
      reason === undefined
        ? planMaps(policy, desired.maps, facts)
        : onlyTrouble(refused('MapsKept', `publish the maps: ${reason}`)),
    );
    return { finding: work.finding(desired.notes), done: work.done, filesChanged };
  }

  /** @returns undefined where the person is among the leavers no more once it is their turn */
  leave(
    osUser: string,
    leavers: () => Leavers,
    witness: Witness,
    signal: AbortSignal,
  ): Promise<CutResult | undefined> {
    const { machine, desires, keeper, now, draining } = this.#options;
    return this.#oneAtATime.run(async () => {
      // Once it is cut off nobody comes back for what lies there.
      await this.#sweep(osUser, signal);
      this.#swept.delete(osUser);
      const { go, held } = leavers();
      if (!go.includes(osUser)) return undefined;
      const { policy, users } = desires.wanted;
      const { knowledge } = desires;
      const input = { machine, policy, staying: users, knowledge, keepMaps: held?.message, draining };
      return cutOff(input, keeper, osUser, now(), witness, signal);
    });
  }

  #facts(sources: PassFacts['sources']): PassFacts {
    const { machine, keeper, now } = this.#options;
    const state = keeper.load();
    return {
      canMint: machine.canMint,
      cut: lockedByUs(state),
      departed: state.cuts,
      planned: new Map(),
      sources,
      ahead: new Map(),
      now: () => now().getTime(),
    };
  }
}
