/** Durations as kubectl prints them: HumanDuration of k8s.io/apimachinery/pkg/util/duration. */

const SECOND = 1000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Step {
  /** In seconds: the step serves durations below it. */
  readonly below: number;
  readonly unit: readonly [letter: string, seconds: number];
  readonly rest?: readonly [letter: string, seconds: number];
}

/** Two or three figures, ever coarser. */
const STEPS: readonly Step[] = [
  { below: 2 * MINUTE, unit: ['s', 1] },
  { below: 10 * MINUTE, unit: ['m', MINUTE], rest: ['s', 1] },
  { below: 3 * HOUR, unit: ['m', MINUTE] },
  { below: 8 * HOUR, unit: ['h', HOUR], rest: ['m', MINUTE] },
  { below: 2 * DAY, unit: ['h', HOUR] },
  { below: 8 * DAY, unit: ['d', DAY], rest: ['h', HOUR] },
  { below: 2 * YEAR, unit: ['d', DAY] },
  { below: 8 * YEAR, unit: ['y', YEAR], rest: ['d', DAY] },
  { below: Infinity, unit: ['y', YEAR] },
];

/** `45s`, `5m12s`, `3h`, `2d4h`; clocks may differ by less than two seconds before it is `<invalid>`. */
export function printDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const step = STEPS.find(({ below }) => seconds < below);
  if (step === undefined) return '<invalid>';
  const [letter, size] = step.unit;
  const whole = `${Math.floor(seconds / size)}${letter}`;
  if (step.rest === undefined) return whole;
  const rest = Math.floor((seconds % size) / step.rest[1]);
  return rest === 0 ? whole : `${whole}${rest}${step.rest[0]}`;
}

/** How long ago an RFC 3339 time was; `<unknown>` when it is none. */
export function printAge(timestamp: string | undefined, now: Date): string {
  const then = Date.parse(timestamp ?? '');
  return Number.isNaN(then) ? '<unknown>' : printDuration(now.getTime() - then);
}

/** How long something took, as Go prints durations, in three figures at most: `0s`, `4ms`, `1.23s`, `45.1s`, `2m5s`. */
export function printTook(milliseconds: number): string {
  if (milliseconds < 1) return '0s';
  if (milliseconds < SECOND) return `${Math.round(milliseconds)}ms`;
  const seconds = milliseconds / SECOND;
  if (seconds < 100) return `${Number(seconds.toPrecision(3))}s`;
  return printDuration(milliseconds);
}

/** `5m12s ago`, `in 40s`, `now`; `<unknown>` where it is no RFC 3339 time. */
export function printDistance(timestamp: string, now: Date): string {
  const distance = Date.parse(timestamp) - now.getTime();
  if (Number.isNaN(distance)) return '<unknown>';
  if (Math.abs(distance) < SECOND) return 'now';
  return distance < 0 ? `${printDuration(-distance)} ago` : `in ${printDuration(distance)}`;
}
