/** Tables as kubectl prints them: k8s.io/cli-runtime/pkg/printers, tabwriter.go and tableprinter.go. */
import { escapeControls } from '../../api/text/show.ts';
import { padTo, widthOf } from './width.ts';

export interface Column<Row> {
  /** In upper case. */
  readonly header: string;
  /** Whether only `-o wide` shows it. */
  readonly wide?: boolean;
  /** Raw text; it is made printable here. */
  cell(row: Row): string;
}

/** In cells: the least width of a column, and the spaces that end it, which count. */
interface Spacing {
  readonly least: number;
  readonly gap: number;
}

/** What `kubectl get` and `kubectl describe` use. */
export const OF_GET: Spacing = { least: 6, gap: 3 };
export const OF_DESCRIBE: Spacing = { least: 0, gap: 2 };

/** One line for the headers and one for each row, each ended by a newline and without spaces at its end. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return alignColumns([headersOf(columns), ...rows.map((row) => cellsOf(columns, row))], OF_GET)
    .map((line) => `${line}\n`)
    .join('');
}

export function headersOf(columns: readonly Column<never>[]): string[] {
  return columns.map(({ header }) => header);
}

export function cellsOf<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map((column) => escapeControls(column.cell(row)));
}

/** Lines of printable cells under each other. */
export function alignColumns(lines: readonly (readonly string[])[], spacing: Spacing): string[] {
  const widths = widthsOf(lines, spacing);
  return lines.map((cells) => layOut(cells, widths));
}

/** The width of each column, its gap included. */
export function widthsOf(lines: readonly (readonly string[])[], { least, gap }: Spacing): number[] {
  return (lines[0] ?? []).map((_, index) =>
    Math.max(least, ...lines.map((cells) => widthOf(cells[index] ?? '') + gap)),
  );
}

/** One line, without spaces at its end. */
export function layOut(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => padTo(cell, widths[index] ?? 0))
    .join('')
    .trimEnd();
}
