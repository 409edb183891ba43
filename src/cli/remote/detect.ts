/** Whether a command asks an API server instead of the agent of this machine: as a plugin of kubectl, or told so. */
import type { Io } from '../io.ts';

export interface RemoteOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** kubectl cannot pass its own options on to a plugin, so a plugin has them itself. */
export function isRemote({ env }: Io, { kubeconfig, context }: RemoteOptions): boolean {
  return env.WORKSTATION_CALLED_AS !== undefined || kubeconfig !== undefined || context !== undefined;
}
