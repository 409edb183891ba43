/** What a command line declares: people and policy from files, checked; or every problem, printed. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WorkstationUser } from '../api/user.ts';
import { loadInput, type Input, type LoadedWorkstation } from '../source/files/load.ts';
import type { TokenIssuer } from '../host/tokens.ts';
import type { Io } from './io.ts';
import type { Opening } from './machine.ts';
import { hasTrouble } from './trouble.ts';

export interface DeclaringOptions {
  readonly roster: readonly string[];
  readonly workstation?: string;
}

export interface DeclaredInput {
  readonly users: readonly WorkstationUser[];
  readonly workstation: Pick<LoadedWorkstation, 'object' | 'directory'>;
}

const DEFAULT_WORKSTATION = '/etc/workstation/workstation.yaml';

/** Undefined when there was a problem, which is printed then. Warnings are printed in any case. */
export async function loadDeclared(io: Io, options: DeclaringOptions): Promise<DeclaredInput | undefined> {
  const input = await loadBoth(options);
  if (hasTrouble(io, input)) return undefined;
  if (input.workstation === undefined) {
    io.err('workstation: found no Workstation: say where it is with --workstation\n');
    return undefined;
  }
  return { users: input.users.map(({ object }) => object), workstation: input.workstation };
}

/** A Workstation among what is given as roster needs no second file. */
async function loadBoth({ roster, workstation }: DeclaringOptions): Promise<Input> {
  if (workstation !== undefined) return loadInput([...roster, workstation]);
  const input = await loadInput(roster);
  if (input.workstation !== undefined || input.problems.length > 0) return input;
  const found = candidates(roster).find((path) => existsSync(path));
  if (found === undefined) return input;
  const policy = await loadInput([found]);
  return {
    ...input,
    ...(policy.workstation === undefined ? {} : { workstation: policy.workstation }),
    problems: [...input.problems, ...policy.problems],
    warnings: [...input.warnings, ...policy.warnings],
    texts: new Map([...input.texts, ...policy.texts]),
  };
}

function candidates(roster: readonly string[]): string[] {
  const beside = roster.filter((path) => path !== '-').map((path) => join(dirname(path), 'workstation.yaml'));
  return [...beside, DEFAULT_WORKSTATION];
}

/** How the machine is opened for what is declared. */
export function openingOf({ workstation }: DeclaredInput, issuer?: TokenIssuer): Opening {
  return { directory: () => workstation.directory, issuer };
}
