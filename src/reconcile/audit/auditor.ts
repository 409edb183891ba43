/** Writes down what a pass changes on the machine; what it found as it should be leaves no trace. */
import type { Done, Machine } from '../../host/machine.ts';
import type { AuditRecord } from '../../report/auditrecord.ts';
import type { Action } from '../../sections/action.ts';
import type { UnitFacts } from '../../sections/facts.ts';
import { MACHINE } from '../machinework.ts';
import type { Witness } from '../perform.ts';
import type { KindOf } from './cause.ts';
import { recordOf } from './record.ts';

export interface AuditorSetting {
  readonly machine: Pick<Machine, 'units'>;
  /** Of the source that the pass works from. */
  readonly revision: string;
  readonly kindOf: KindOf;
  /** metadata.name of whoever has the account; undefined where nobody is known by it. */
  nameOf(osUser: string): string | undefined;
  now(): Date;
  write(record: AuditRecord): void;
}

export class Auditor implements Witness {
  readonly #setting: AuditorSetting;
  /** As the units were when work on them began. */
  readonly #units = new Map<Action, UnitFacts>();

  constructor(setting: AuditorSetting) {
    this.#setting = setting;
  }

  began(_user: string, action: Action): void {
    const unit = 'unit' in action ? this.#setting.machine.units.get(action.unit) : undefined;
    if (unit !== undefined) this.#units.set(action, unit);
  }

  ended(osUser: string, action: Action, done: Done, duration: number, section: string): void {
    const unit = this.#units.get(action);
    this.#units.delete(action);
    if (done.kind === 'done' && done.unchanged) return;
    const setting = this.#setting;
    const person = section === MACHINE ? undefined : { name: setting.nameOf(osUser) ?? osUser, osUser };
    const kind = setting.kindOf(osUser, section);
    setting.write(
      recordOf({
        ...(person === undefined ? {} : { person }),
        ...(unit === undefined ? {} : { unit }),
        action,
        done,
        duration,
        at: setting.now(),
        cause: { section, kind, revision: setting.revision },
      }),
    );
  }

  finished(): void {}
}
