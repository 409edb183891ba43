/** `get users -w`: what `kubectl get -w` prints, a row for everybody who is known and then one for every change. */
import type { WatchEvent } from '../../agent/view.ts';
import type { RecordedUser } from '../../report/record.ts';
import type { OutputFormat } from './resources.ts';
import { printStructured } from './structured.ts';
import { cellsOf, headersOf, layOut, OF_GET, widthsOf, type Column } from './table.ts';
import { userColumns, USER_RESOURCE } from './users.ts';

export interface WatchSetting {
  readonly format: OutputFormat;
  /** The names of the declared services, in their order. */
  readonly services: readonly string[];
  /** Whether rows tell what happened, and objects are wrapped in their events: kubectl's --output-watch-events. */
  readonly events: boolean;
  /** Whoever is known at the beginning: columns are as wide as their rows need. */
  readonly known: readonly RecordedUser[];
  now(): Date;
}

/** The widest that cells of these columns mostly become, gap included: rows to come are not known yet. */
const LEAST: Readonly<Record<string, number>> = { EVENT: 11, READY: 10, REASON: 20, AGE: 9, UID: 8 };

export class UserWatch {
  readonly #setting: WatchSetting;
  /** Of the columns, once the header is printed; a column only ever grows. */
  #widths: number[] | undefined;

  constructor(setting: WatchSetting) {
    this.#setting = setting;
  }

  /** What is to be printed for this event, ended by a newline. */
  next({ type, object }: WatchEvent): string {
    const { format, events } = this.#setting;
    switch (format) {
      case 'name':
        return `${USER_RESOURCE}/${object.metadata.name}\n`;
      case 'json':
        return printStructured(events ? { type, object } : object, 'json');
      case 'yaml':
        return `---\n${printStructured(events ? { type, object } : object, 'yaml')}`;
      case 'table':
      case 'wide':
        return this.#row({ type, object });
    }
  }

  #row(event: WatchEvent): string {
    const columns = this.#columns();
    const headers = headersOf(columns);
    const cells = cellsOf(columns, event);
    const before = this.#widths;
    const known =
      before === undefined ? this.#setting.known.map((object) => cellsOf(columns, knownNow(object))) : [];
    const needed = widthsOf([headers, ...known, cells], OF_GET);
    const widths = needed.map((width, index) =>
      Math.max(width, before?.[index] ?? LEAST[headers[index] ?? ''] ?? 0),
    );
    this.#widths = widths;
    const lines = before === undefined ? [headers, cells] : [cells];
    return lines.map((line) => `${layOut(line, widths)}\n`).join('');
  }

  #columns(): Column<WatchEvent>[] {
    const { services, format, events } = this.#setting;
    const shown = userColumns(services, this.#setting.now()).filter(
      ({ wide }) => format === 'wide' || wide !== true,
    );
    const ofUser = shown.map((column): Column<WatchEvent> => ({
      header: column.header,
      cell: ({ object }) => column.cell(object),
    }));
    return events ? [{ header: 'EVENT', cell: ({ type }) => type }, ...ofUser] : ofUser;
  }
}

function knownNow(object: RecordedUser): WatchEvent {
  return { type: 'ADDED', object };
}
