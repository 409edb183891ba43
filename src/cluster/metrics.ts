/** What the controller tells of itself in numbers, beside its queue and its passes. */
import type { Exchange } from '../kubernetes/transport.ts';
import type { Collector, Metric } from '../telemetry/metrics/metric.ts';
import { Counter } from '../telemetry/metrics/vectors.ts';

/** Under client-go's names: what was asked of the API server, and whether this one of several leads. */
export class ClusterMetrics implements Collector {
  readonly #lease: string;
  readonly #requests = new Counter(
    'rest_client_requests_total',
    'Requests to the API server, by status and method; <error> is no answer.',
  );
  isLeader = false;

  /** @param lease the name of the Lease that is held by whoever leads */
  constructor(lease: string) {
    this.#lease = lease;
  }

  asked({ status, method }: Exchange): void {
    this.#requests.add({ code: status === 0 ? '<error>' : String(status), method });
  }

  *collect(): Iterable<Metric> {
    yield* this.#requests.collect();
    yield {
      name: 'leader_election_master_status',
      help: 'Whether this one of several leads.',
      labels: { name: this.#lease },
      type: 'gauge',
      value: this.isLeader ? 1 : 0,
    };
  }
}
