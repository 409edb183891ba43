/** The machine that a command line means, and where its state is kept. */
import { openMachine, type OpenMachine } from '../host/open.ts';
import type { Reach } from '../host/programs/reach.ts';
import type { TokenIssuer } from '../host/tokens.ts';
import { Store } from '../report/store.ts';

export interface MachineOptions {
  readonly root?: string;
  readonly host?: string;
  readonly stateDir: string;
}

export interface Opened {
  readonly machine: OpenMachine;
  readonly store: Store;
}

/** What a command knows of its work. */
export interface Opening {
  /** The directory of the declaring file: relative sources start there. */
  readonly directory?: () => string;
  readonly issuer?: TokenIssuer | undefined;
  /** Milliseconds that unit work of one person waits for that of others. */
  readonly unitPatience?: number;
  /** Told when nothing has been done in homes for a minute. */
  readonly onRest?: () => void;
}

export async function openFor(
  options: MachineOptions,
  { directory, issuer, unitPatience, onRest }: Opening = {},
): Promise<Opened> {
  let store: Store | undefined;
  const machine = await openMachine({
    reach: reachOf(options),
    reservedUids: () => Object.values(store?.load().cuts ?? {}).flatMap(({ uid }) => uid ?? []),
    ...(directory === undefined ? {} : { sources: directory }),
    ...(unitPatience === undefined ? {} : { unitPatience }),
    ...(issuer === undefined ? {} : { issuer }),
    onRest,
  });
  store = new Store(machine.stateFiles, options.stateDir);
  return { machine, store };
}

export function reachOf({ root, host }: Pick<MachineOptions, 'root' | 'host'>): Reach {
  if (root !== undefined) return { kind: 'image', root };
  return host === undefined ? { kind: 'live' } : { kind: 'mounted', root: host };
}
