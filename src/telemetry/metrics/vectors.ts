/** Metrics with one series for each set of labels, which comes into being when it is first used. */
import { Histogram } from './histogram.ts';
import type { Collector, Labels, Metric } from './metric.ts';

interface Naming {
  readonly name: string;
  readonly help: string;
}

class Vector<T> {
  /** By the labels, printed; always with the same names, in the same order. */
  readonly #series = new Map<string, { readonly labels: Labels; value: T }>();
  readonly #initial: () => T;

  constructor(initial: () => T) {
    this.#initial = initial;
  }

  at(labels: Labels): { readonly labels: Labels; value: T } {
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, (series = { labels, value: this.#initial() }));
    return series;
  }

  values(): { readonly labels: Labels; readonly value: T }[] {
    return [...this.#series.values()];
  }
}

/** A count that only rises. */
export class Counter implements Collector {
  readonly #naming: Naming;
  readonly #counts = new Vector(() => 0);

  constructor(name: string, help: string) {
    this.#naming = { name, help };
  }

  /** @param labels the same names, in the same order, each time */
  add(labels: Labels, by = 1): void {
    this.#counts.at(labels).value += by;
  }

  collect(): Iterable<Metric> {
    return this.#counts.values().map((series) => ({ ...this.#naming, type: 'counter', ...series }));
  }
}

export class HistogramVector implements Collector {
  readonly #naming: Naming;
  readonly #histograms: Vector<Histogram>;

  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#naming = { name, help };
    this.#histograms = new Vector(() => new Histogram(bounds));
  }

  /** @param labels the same names, in the same order, each time */
  observe(labels: Labels, value: number): void {
    this.#histograms.at(labels).value.observe(value);
  }

  collect(): Iterable<Metric> {
    return this.#histograms
      .values()
      .map(({ labels, value }) => ({ ...this.#naming, type: 'histogram', labels, ...value.value() }));
  }
}
