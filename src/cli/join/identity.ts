/** The identity of a machine in a cluster: made, kept as it is, or taken over from another machine. */
import { agentAccount, agentLease, JOINED_MACHINE, SYSTEM_NAMESPACE } from '../../api/marks.ts';
import { CLUSTER_ROLES } from '../../cluster/kinds.ts';
import type { Api } from '../../kubernetes/api.ts';
import { leasesOf, type Lease } from '../../kubernetes/leases.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { keyOf } from '../../kubernetes/paths.ts';
import { accountOf, ACCOUNTS, AGENT_ROLE, rightsOf, type Wanted } from './objects.ts';

export interface IdentityOptions {
  readonly api: Api;
  readonly machine: string;
  /** Of this installation of Linux: unlike that of every other one. */
  readonly installation: string;
  /** Whether another machine of this name loses its place. */
  readonly force: boolean;
  readonly now: Date;
  /** Hears of each thing that is there now, and how it came to be. */
  readonly tell: (line: string) => void;
}

const FIELD_MANAGER = 'workstation-join';

/** @throws Error with a sentence when the name is another's, or the cluster is not prepared; nothing is changed then */
export async function ensureIdentity(options: IdentityOptions): Promise<void> {
  const { api, machine, installation, tell } = options;
  if ((await api.get(CLUSTER_ROLES, AGENT_ROLE)) === undefined) {
    throw new Error(
      `join as ${machine}: the cluster has no ClusterRole ${AGENT_ROLE}: apply manifests/overlays/controller-only first`,
    );
  }
  const before = await api.get(ACCOUNTS, agentAccount(machine));
  const isOurs = before?.metadata.annotations?.[JOINED_MACHINE] === installation;
  if (!isOurs) await takePlace(options, before);
  if (before === undefined || !isOurs) {
    const { resource, object } = accountOf(machine, installation);
    // Of two machines that join at once, one fails here.
    await api.create(resource, object);
    tell(`made ServiceAccount ${keyOf(object)}`);
  } else {
    tell(`kept ServiceAccount ${SYSTEM_NAMESPACE}/${agentAccount(machine)}: this machine has joined before`);
  }
  for (const wanted of rightsOf(machine)) tell(await ensure(api, wanted));
}

/** The account goes, and with it whatever tokens of it there are: its agent is locked out at once. */
async function takePlace(
  { api, machine, force, now, tell }: IdentityOptions,
  account: KubernetesObject | undefined,
): Promise<void> {
  const refuse = (found: string): never => {
    throw new Error(
      `join as ${machine}: ${found}, and two of one name would fight: choose another name, or take its place with --force`,
    );
  };
  if (account === undefined) {
    const lease = await api.get<Lease>(leasesOf(SYSTEM_NAMESPACE), agentLease(machine));
    if (lease !== undefined && lives(lease, now) && !force) refuse('an agent of this name is at work');
    return;
  }
  const { uid, creationTimestamp } = account.metadata;
  if (!force) refuse(`another machine has joined by this name, at ${creationTimestamp}`);
  await api.delete(ACCOUNTS, agentAccount(machine), uid === undefined ? {} : { uid });
  tell(`removed ServiceAccount ${keyOf(account)}: the machine that had it is locked out`);
}

function lives({ spec = {} }: Lease, now: Date): boolean {
  const { renewTime, leaseDurationSeconds = 0 } = spec;
  return renewTime !== undefined && Date.parse(renewTime) + leaseDurationSeconds * 1000 > now.getTime();
}

async function ensure(api: Api, { resource, object }: Wanted): Promise<string> {
  const before = await api.get(resource, object.metadata.name);
  const after = await api.apply<KubernetesObject>(resource, object, {
    fieldManager: FIELD_MANAGER,
    force: true,
  });
  const isSame = before?.metadata.resourceVersion === after.metadata.resourceVersion;
  const done = before === undefined ? 'made' : isSame ? 'kept' : 'corrected';
  return `${done} ${resource.kind} ${keyOf(object)}`;
}
