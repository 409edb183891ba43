/** What both kinds of machine start from: an overlay of their layers, mounted where only they see it. */
import { join } from 'node:path';
import type { Network } from './network.ts';
import type { Store } from './store.ts';

export interface Started {
  /** PID of the machine's PID 1, as this process sees it. Another one after a reboot. */
  readonly leader: number;
  /** The namespaces of the machine, as options of nsenter. */
  readonly namespaces: readonly string[];
  /** Ends when it is up again. Rejects where nothing could boot. */
  reboot(): Promise<void>;
  /** Kills every process of the machine; with the last one its mounts and its network go. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly store: Store;
  readonly name: string;
  /** Directories inside the store, top first, ending in `/`. */
  readonly layers: readonly string[];
  readonly network: 'private' | 'host' | Network;
  /** Directories that are more than an overlay, by their paths in the machine; what is in them survives a reboot. */
  readonly volumes: readonly string[];
}

/** The checkout that is tested, as every machine sees it. */
export const CHECKOUT = '/opt/workstation-under-test';
export const REPOSITORY = join(import.meta.dirname, '../../..');

/**
 * Beginning of a script whose arguments are the machine's directory in the store, its layers joined by `:`, and its
 * name.
 */
export const MOUNT_LAYERS = `
  cd "$1"
  mkdir -p upper work root
  mount -t overlay -o "lowerdir=$2,upperdir=upper,workdir=work" overlay root
  mkdir -p root${CHECKOUT}
  echo "$3" >root/etc/hostname
`;
