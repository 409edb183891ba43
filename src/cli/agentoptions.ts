import type { Level } from '../telemetry/logger.ts';
import type { ClusterOptions } from './cluster.ts';
import type { DeclaringOptions } from './declared.ts';
import type { MachineOptions } from './machine.ts';

/** What `workstation agent` takes. */
export interface AgentOptions extends DeclaringOptions, Omit<MachineOptions, 'root'>, ClusterOptions {
  /** The machine, in a cluster; files declare everything without it. */
  readonly name?: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly resync: string;
  readonly logLevel: Level;
  readonly metricsAddress?: string;
  readonly pageAddress?: string;
  readonly allowRemote?: boolean;
}
