import { runProcess } from './process.ts';
import type { Store } from './store.ts';

/** A network namespace of its own, which outlives the machines in it: as a cable stays plugged in over a reboot. */
export interface Network {
  /** File that stands for it, inside the store. */
  readonly file: string;
  /** The same file, reachable from this process. */
  readonly path: string;
  /** Goes before an argv that is to run in it, with the files of the outer machine. */
  readonly enter: readonly string[];
}

/** It goes with the store, and with it every interface in it. */
export async function makeNetwork(store: Store): Promise<Network> {
  const name = `${store.name()}.net`;
  const file = store.inside(name);
  const script = 'touch "$1"; unshare --net="$1" ip link set lo up';
  const { code, stderr } = await runProcess([...store.enter, 'sh', '-ec', script, 'sh', file]);
  if (code !== 0) throw new Error(`making a network namespace: ${stderr.trim()}`);
  const path = store.outside(name);
  return { file, path, enter: ['nsenter', `--net=${path}`, '--'] };
}
