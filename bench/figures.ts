/** Many runs of one thing in three numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, median, max] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  return min === undefined || median === undefined || max === undefined ? undefined : { min, median, max };
}

/** The least value that a share of all, from 0 to 1, does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Of two things done in the same runs, by which factor the first took longer; runs that lack one are left out. */
export function ratios(ones: readonly Run[], others: readonly Run[]): Spread | undefined {
  return spread(
    ones.flatMap((value, run) => {
      const other = others[run];
      return value === undefined || other === undefined ? [] : [value / other];
    }),
  );
}

/** Seconds; undefined where the run has nothing to show. */
export type Run = number | undefined;

/** Three digits, whatever the size. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function printSpread(found: Spread | undefined): string {
  if (found === undefined) return '–';
  const { min, median, max } = found;
  return `${digits(median)} (${digits(min)} to ${digits(max)})`;
}

/** A table as Markdown has it, aligned for who reads it on a terminal. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = '', ...others] = rows.map(line);
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others].join('\n');
}
