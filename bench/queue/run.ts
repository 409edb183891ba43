/**
 * Our work queue against client-go's: one script, a program for each, run in turns so that what else the
 * machine does falls on both. Prints for each step the median of the operations per second and the spread
 * over the runs, and ours over theirs. Needs Go, which fetches client-go on the first run.
 *
 *     node bench/queue/run.ts [runs]
 *
 * Each program takes the script as JSON and prints one line of JSON a step: {step, operations, seconds}.
 * `addAfter+drain` cannot be shorter than its longest delay, in either program.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How much each step does. */
export interface Script {
  /** Keys added once each, then taken and done. */
  readonly Keys: number;
  /** Keys already queued that are added again, and how often each. */
  readonly Hot: number;
  readonly Rounds: number;
  /** Keys added for later, by 1 to LongestDelay milliseconds, and then taken as they come due. */
  readonly Delayed: number;
  readonly LongestDelay: number;
}

type Rates = Map<string, number[]>;

if (import.meta.main) main(Number(process.argv[2] ?? 5));

function main(runs: number): void {
  const script: Script = { Keys: 1_000_000, Hot: 1000, Rounds: 20_000, Delayed: 100_000, LongestDelay: 50 };
  const directory = mkdtempSync(join(tmpdir(), 'bench-queue-'));
  try {
    const program = join(directory, 'client-go');
    execFileSync('go', ['build', '-o', program, '.'], {
      cwd: join(import.meta.dirname, 'go'),
      stdio: 'inherit',
    });
    const ours: Rates = new Map();
    const theirs: Rates = new Map();
    for (let run = 0; run < runs; run++) {
      collect(ours, process.execPath, [join(import.meta.dirname, 'node.ts'), JSON.stringify(script)]);
      collect(theirs, program, [JSON.stringify(script)]);
    }
    print(ours, theirs);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function collect(rates: Rates, program: string, args: readonly string[]): void {
  for (const line of execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n')) {
    const { step, operations, seconds } = JSON.parse(line) as Record<'operations' | 'seconds', number> & {
      step: string;
    };
    rates.set(step, [...(rates.get(step) ?? []), operations / seconds]);
  }
}

function print(ours: Rates, theirs: Rates): void {
  console.log('million operations a second: median (slowest to fastest run)\n');
  console.log(row('step', 'ours', 'client-go', 'ours / client-go'));
  for (const [step, rates] of ours) {
    const others = theirs.get(step) ?? [];
    const ratios = rates.map((rate, run) => rate / others[run]!);
    console.log(row(step, summary(rates, 1e6), summary(others, 1e6), summary(ratios, 1)));
  }
}

function summary(values: readonly number[], unit: number): string {
  const sorted = values.map((value) => value / unit).sort((a, b) => a - b);
  const [median, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)!];
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

function row(...cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(index === 0 ? 16 : 26))
    .join('')
    .trimEnd();
}
