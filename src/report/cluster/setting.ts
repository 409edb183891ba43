/** What a report to a cluster stands on. */
import type { Condition } from '../../api/conditions.ts';
import type { Clock } from '../../controller/clock.ts';
import type { Api } from '../../kubernetes/api.ts';
import type { KubernetesObject, Resource } from '../../kubernetes/objects.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { AgentEvent } from '../report.ts';

export interface ClusterReportSetting {
  /** The machine. */
  readonly name: string;
  readonly api: Api;
  readonly users: Resource;
  readonly workstations: Resource;
  /** As the server has it, as far as is known. */
  readonly seen: (kind: 'user' | 'workstation', name: string) => SeenObject | undefined;
  readonly recorder: { record(happening: Told): void; close(signal: AbortSignal): Promise<void> };
  readonly logger: Logger;
  readonly clock: Clock;
  readonly now: () => Date;
}

export interface SeenObject extends KubernetesObject {
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
}

/** An Event, as the recorder takes it. */
export interface Told {
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid?: string;
  };
  readonly type: AgentEvent['type'];
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly at: number;
}
