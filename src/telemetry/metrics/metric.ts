/** One series of a metric, in the terms of the Prometheus text format. Series of one name have one type and one help. */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly labels: Labels;
} & (
  | { readonly type: 'counter' | 'gauge'; readonly value: number }
  | ({ readonly type: 'histogram' } & HistogramValue)
);

export type Labels = Readonly<Record<string, string>>;

/** Observations up to and including each bound, and all of them, in the unit of the name. */
export interface HistogramValue {
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

/** Whoever has something to tell, and works it out when asked. */
export interface Collector {
  collect(): Iterable<Metric>;
}
