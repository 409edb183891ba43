import type { HistogramValue } from './metric.ts';

/** Counts observations by size. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** Observations at or below each bound and above the bound before it; those above all bounds come last. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds rising */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index++;
    this.#counts[index]!++;
    this.#sum += value;
  }

  value(): HistogramValue {
    let count = 0;
    const buckets = this.#bounds.map((le, index) => ({ le, count: (count += this.#counts[index]!) }));
    return { buckets, sum: this.#sum, count: count + this.#counts.at(-1)! };
  }
}
