/** What a cluster declares for one machine, read once: for a plan of what its agent would do. */
import { osUserOf } from '../../api/user.ts';
import type { TierIssue } from '../../roster/tiers.ts';
import { USERS, type AnyObject } from '../../source/cluster/resources.ts';
import { interpret } from '../../source/cluster/state.ts';
import type { DeclaredInput } from '../declared.ts';
import type { Io } from '../io.ts';
import { asking, workstationOf } from './cluster.ts';
import type { RemoteOptions } from './detect.ts';

/** Where relative sources of a policy from a cluster start, as for the agent. */
const DIRECTORY = '/etc/workstation';

export interface DeclaredThere extends DeclaredInput {
  /** Whom the controller does not accept: they stay on the maps, and nothing is done for them. */
  readonly issues: readonly TierIssue[];
}

/** @throws Error with a sentence when there is no such Workstation, or one that cannot be carried out */
export function declaredThere(
  io: Io,
  { name, ...options }: RemoteOptions & { readonly name: string },
): Promise<DeclaredThere> {
  return asking(io, options, async (connection) => {
    const workstation = await workstationOf(connection, 'plan', name);
    const users = await connection.api.list<AnyObject>(USERS, { fieldSelector: `spec.workstation=${name}` });
    const found = interpret({ users, workstation }, DIRECTORY);
    if (found.kind === 'invalid') throw new Error(found.message);
    const { state } = found;
    const [unsound] = state.unsound;
    if (unsound !== undefined) throw new Error(unsound.message);
    const accounts = new Map(state.users.map((user) => [user.metadata.name, osUserOf(user)]));
    const issues = (state.barred ?? []).map(({ name: user, message }): TierIssue => {
      return { osUser: accounts.get(user) ?? user, severity: 'error', message };
    });
    return { users: state.users, workstation: state.workstation, issues };
  });
}

/** A plan needs the machine, of which an API server knows nothing. */
export function planIsMadeThere(): Error {
  return new Error(
    'plan over an API server: a plan is made from the machine itself: run there "workstation plan --name NAME --kubeconfig /etc/workstation/kubeconfig", or in the pod of its agent: kubectl exec -n workstation-system POD -- workstation plan --host /host --name NAME',
  );
}
