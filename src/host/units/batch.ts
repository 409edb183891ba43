/**
 * What many people want of units, done together: one `enable`, one `disable`, one reload at most, one `stop`, one
 * `start`. What is wrong with one unit fails that unit alone.
 */
import type { SystemAction } from '../../sections/action.ts';
import type { UnitFacts } from '../../sections/facts.ts';
import type { Done } from '../machine.ts';
import { printable } from '../programs/output.ts';
import { hasRun, whyFailed, whyInactive, type Properties } from './explain.ts';
import type { UnitFiles } from './files.ts';
import type { Settled } from './settling.ts';
import type { Change, Systemctl } from './systemctl.ts';

export type UnitAction = Extract<SystemAction, { readonly unit: string }>;
/** `reload`: unit files have changed. */
export type Request = UnitAction | { readonly kind: 'reload' };

/** The machine as a batch needs it. */
export interface BatchMachine {
  readonly systemctl: Systemctl;
  readonly change: Change;
  /** Why nothing can be started or stopped, as the end of a sentence; undefined where systemd runs. */
  readonly absence: string | undefined;
  /** The unit files as they are now. */
  readFiles(): UnitFiles;
  /** Waits until systemd has done what it was asked for, within a limit. */
  settle(unit: string): Promise<Settled>;
  properties(unit: string): Promise<Properties>;
  /** Keeps what is found out about a unit on the way. */
  remember(unit: string, facts: Partial<UnitFacts>): void;
}

/** Answers each request, in their order. Those that systemd is still working on are left open. */
export async function runBatch(
  machine: BatchMachine,
  requests: readonly Request[],
): Promise<(Done | Promise<Done>)[]> {
  const actions = requests.filter((request) => request.kind !== 'reload');
  const mustReload = actions.length < requests.length;
  const batch = new Batch(machine, actions);
  batch.refuse();
  const changes = [await batch.change('enable'), await batch.change('disable')];
  if (machine.absence === undefined) {
    if (mustReload || changes.includes(true)) await machine.systemctl.reload();
    await batch.request('stop');
    await batch.request('start');
  }
  return requests.map((request) => (request.kind === 'reload' ? DONE : batch.answer(request)));
}

type Failed = Extract<Done, { kind: 'failed' }>;
type Verb = 'enable' | 'disable' | 'start' | 'stop';

const DONE: Done = { kind: 'done' };
const VERBS: Readonly<Record<UnitAction['kind'], readonly Verb[]>> = {
  'enable-unit': ['enable'],
  'start-unit': ['start'],
  'disable-unit': ['disable', 'stop'],
};

class Batch {
  readonly #machine: BatchMachine;
  readonly #before: UnitFiles;
  /** What is to be done to which units: one that was refused is left out. */
  readonly #units: Readonly<Record<Verb, Set<string>>>;
  readonly #failures = new Map<string, Failed>();

  constructor(machine: BatchMachine, actions: readonly UnitAction[]) {
    const unitsFor = (verb: Verb) =>
      new Set(actions.filter(({ kind }) => VERBS[kind].includes(verb)).map(({ unit }) => unit));
    this.#machine = machine;
    this.#before = machine.readFiles();
    this.#units = {
      enable: unitsFor('enable'),
      disable: unitsFor('disable'),
      start: unitsFor('start'),
      stop: unitsFor('stop'),
    };
  }

  /** One unit that systemd would refuse makes it enable none of them. */
  refuse(): void {
    for (const verb of ['enable', 'start'] as const) {
      for (const unit of this.#units[verb]) {
        const { exists, masked } = this.#before.facts(unit);
        if (!exists) this.#fail(verb, unit, 'UnitMissing', 'this machine has no such unit: install it');
        if (masked) this.#fail(verb, unit, 'UnitMasked', `it is masked: run systemctl unmask ${unit}`);
      }
    }
  }

  /** Whether anything was changed. */
  async change(verb: 'enable' | 'disable'): Promise<boolean> {
    const units = [...this.#units[verb]].filter((unit) => isToChange(verb, unit, this.#before));
    if (units.length === 0) return false;
    const refusals = await this.#changeEach(verb, units);
    const after = this.#machine.readFiles();
    for (const unit of units) {
      this.#machine.remember(unit, after.facts(unit));
      if (!isToChange(verb, unit, after)) continue;
      const found = refusals.get(unit) ?? 'nothing reported a failure, and nothing changed';
      this.#fail(verb, unit, 'UnitUnchanged', `${found}: see systemctl status ${unit}`);
    }
    return true;
  }

  /** All at once; one by one where systemd refused them for the sake of one. Returns why, by unit. */
  async #changeEach(verb: 'enable' | 'disable', units: readonly string[]): Promise<Map<string, string>> {
    const refusals = new Map<string, string>();
    const { failure } = await this.#machine.change(verb, units);
    if (failure === undefined) return refusals;
    for (const unit of units) {
      const { failure } = await this.#machine.change(verb, [unit]);
      if (failure !== undefined) refusals.set(unit, failure);
    }
    return refusals;
  }

  /** That a unit cannot be stopped is seen when it goes on running; one that is not loaded complains too. */
  async request(verb: 'start' | 'stop'): Promise<void> {
    const units = [...this.#units[verb]];
    if (units.length === 0) return;
    const { complaints, failure } = await this.#machine.systemctl.request(verb, units);
    for (const unit of verb === 'start' ? units : []) {
      const complaint = complaints.get(unit) ?? failure;
      if (complaint !== undefined)
        this.#fail(verb, unit, 'StartRefused', `${complaint}: see systemctl status ${unit}`);
    }
  }

  answer({ kind, unit }: UnitAction): Done | Promise<Done> {
    const failure = VERBS[kind].map((verb) => this.#failures.get(`${verb} ${unit}`)).find((found) => found);
    const { absence } = this.#machine;
    if (failure !== undefined) return failure;
    if (kind === 'enable-unit') return DONE;
    if (kind === 'disable-unit') return absence === undefined ? this.#stopped(unit) : DONE;
    return absence === undefined
      ? this.#started(unit)
      : { kind: 'done', note: `start ${unit}: ${absence}`, unchanged: true };
  }

  async #started(unit: string): Promise<Done> {
    const { kind, active } = await this.#settle(unit);
    if (kind === 'late') return failed('StillStarting', `start ${unit}: ${tooLong(unit)}`);
    if (active === 'active') return DONE;
    const properties = await this.#machine.properties(unit);
    if (active === 'failed') return failed('StartFailed', whyFailed(unit, properties));
    return hasRun(properties) ? DONE : failed('NotActive', whyInactive(unit));
  }

  /** A unit that failed on its way out counts as failed until systemd is told to forget it. */
  async #stopped(unit: string): Promise<Done> {
    const { kind, active } = await this.#settle(unit);
    if (kind === 'late') return failed('StillStopping', `stop ${unit}: ${tooLong(unit)}`);
    if (active === 'active')
      return failed('StillRunning', `stop ${unit}: it goes on: see systemctl status ${unit}`);
    if (active === 'failed') {
      await this.#machine.systemctl.forgetFailure(unit);
      this.#machine.remember(unit, { active: 'inactive' });
    }
    return DONE;
  }

  async #settle(unit: string): Promise<Settled> {
    const settled = await this.#machine.settle(unit);
    this.#machine.remember(unit, { active: settled.active });
    return settled;
  }

  #fail(verb: Verb, unit: string, reason: string, found: string): void {
    this.#units[verb].delete(unit);
    this.#failures.set(`${verb} ${unit}`, failed(reason, `${verb} ${unit}: ${found}`));
  }
}

function isToChange(verb: 'enable' | 'disable', unit: string, files: UnitFiles): boolean {
  return verb === 'enable' ? !files.facts(unit).enabled : files.linksTo(unit).length > 0;
}

function failed(reason: string, message: string): Failed {
  return { kind: 'failed', reason, message: printable(message) };
}

function tooLong(unit: string): string {
  return `it has not finished in time, systemd goes on with it: see systemctl status ${unit}`;
}
