/** Gives free what somebody who has left still holds: their environment files, and with them their ports, and the uid. */
import type { Machine } from '../host/machine.ts';
import { expand } from '../api/template.ts';
import { isSystemAccount } from '../api/user.ts';
import { performOne } from '../reconcile/perform.ts';
import type { Action } from '../sections/action.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import type { Book } from './book.ts';
import type { Roll } from './roll.ts';
import type { WitnessFor } from './witness.ts';

export type ReleaseResult =
  { readonly kind: 'released' } | { readonly kind: 'refused'; readonly message: string };

export interface ReleasingParts {
  readonly machine: Machine;
  readonly book: Pick<Book, 'state' | 'change'>;
  readonly witnessFor: WitnessFor;
}

/** The account and its home stay: who removes them decides over somebody's data. */
export async function release(
  { machine, book, witnessFor }: ReleasingParts,
  { osUsers, revision, workstation }: Roll,
  osUser: string,
  signal: AbortSignal,
): Promise<ReleaseResult> {
  const attempt = `release ${osUser}`;
  const { [osUser]: cut, ...cuts } = book.state.cuts;
  if (osUsers.has(osUser))
    return refused(`${attempt}: the person is declared: remove them from the roster first`);
  if (cut === undefined || isSystemAccount(osUser))
    return refused(`${attempt}: nobody by that account has left here: workstation status says who has`);
  const witness = witnessFor({ osUser, cause: 'Leave', revision });
  for (const action of removals(machine, workstation.spec, osUser)) {
    const done = await performOne({ machine, witness, signal }, osUser, 'release', action);
    if (done.kind === 'failed') return refused(`${attempt}: ${done.message}`);
  }
  book.change({ cuts });
  return { kind: 'released' };
}

function removals(machine: Machine, { services }: WorkstationSpec, osUser: string): Action[] {
  const paths = [...new Set(services.map(({ envFile }) => expand(envFile, { user: osUser })))];
  const found = machine.lookAtSystem(paths.map((path) => ({ path, read: 'stat' })));
  return paths
    .filter((path) => found.get(path)?.kind === 'file')
    .map((path) => ({ kind: 'remove-system-file', path }));
}

function refused(message: string): ReleaseResult {
  return { kind: 'refused', message };
}
