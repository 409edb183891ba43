/** Whether a user that is being deleted may go: only once nothing of theirs works any more, or nobody could tell. */
import { ABANDON_MACHINE } from '../api/marks.ts';
import { annotation, type ClusterUser, type ClusterWorkstation } from './kinds.ts';
import type { Life } from './lifeline.ts';

export interface Remains {
  /** The user's machine, where there is one of that name. */
  readonly workstation: ClusterWorkstation | undefined;
  /** Its agent. */
  readonly life: Life;
  /** How many bindings of the user are still there. */
  readonly bindings: number;
}

export type Departure =
  | { readonly kind: 'go' }
  /** Goes though nobody has made the cut; why, in the words of whoever decided it. */
  | { readonly kind: 'abandon'; readonly because: string }
  | { readonly kind: 'wait'; readonly message: string };

/** The machine comes first: access to the cluster goes at once, and is only waited for. */
export function depart(user: ClusterUser, remains: Remains): Departure {
  const cut = cutOf(user, remains);
  if (cut.kind === 'wait' || remains.bindings === 0) return cut;
  const { name } = user.metadata;
  return {
    kind: 'wait',
    message: `let ${name} go: ${remains.bindings} bindings are still there: they are being deleted`,
  };
}

function cutOf(user: ClusterUser, { workstation, life }: Remains): Departure {
  const { metadata, spec } = user;
  if (!spec.workstation || isCut(user)) return { kind: 'go' };
  const machine = spec.workstation;
  const attempt = `let ${metadata.name} go`;
  if (life.kind !== 'lost') {
    return { kind: 'wait', message: `${attempt}: the agent of ${machine} has not reported the cut yet` };
  }
  const because =
    annotation(user, ABANDON_MACHINE) ?? (workstation && annotation(workstation, ABANDON_MACHINE));
  if (because?.trim()) return { kind: 'abandon', because: because.trim() };
  const remedy = `bring the machine back, or if it is gone for good: kubectl annotate workstationuser ${metadata.name} ${ABANDON_MACHINE}=REASON`;
  return {
    kind: 'wait',
    message: `${attempt}: the agent of ${machine} is lost and has not made the cut: ${remedy}`,
  };
}

/** Deleting an object with a finalizer counts as a change of it, so what was said before the deletion says nothing. */
function isCut({ metadata, status }: ClusterUser): boolean {
  const said = status?.conditions?.find(({ type }) => type === 'Offboarded');
  return said?.status === 'True' && said.observedGeneration === metadata.generation;
}
