/** The machine that a command line means, and where its state is kept. */
import type { LoadedWorkstation } from '../source/files/load.ts';
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

export async function openFor(
  options: MachineOptions,
  workstation?: LoadedWorkstation,
  issuer?: TokenIssuer,
): Promise<Opened> {
  const machine = await openMachine({
    reach: reachOf(options),
    ...(workstation === undefined ? {} : { sources: workstation.directory }),
    ...(issuer === undefined ? {} : { issuer }),
  });
  return { machine, store: new Store(machine.stateFiles, options.stateDir) };
}

function reachOf({ root, host }: MachineOptions): Reach {
  if (root !== undefined) return { kind: 'image', root };
  return host === undefined ? { kind: 'live' } : { kind: 'mounted', root: host };
}
