/** Names that the controller and the agents know objects, and each other, by. */

/** Keeps a user's object until the agent has made the cut: https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/ */
export const OFFBOARD_FINALIZER = 'workstation.dev/offboard';

/** On a user or a Workstation whose machine is gone for good: why. Lets users go whose cut nobody can make any more. */
export const ABANDON_MACHINE = 'workstation.dev/abandon-machine';

/** On users that are mirrored from a roster: NAMESPACE/NAME of its ConfigMap. */
export const ROSTER_ORIGIN = 'workstation.dev/roster';

/** On the ConfigMap of a roster: the digest of the text whose removals may go on though they are many. */
export const CONFIRM_REMOVALS = 'workstation.dev/confirm-removals';

/** Where agents and the controller keep their Leases. */
export const SYSTEM_NAMESPACE = 'workstation-system';

/** An agent renews a Lease of this name in the system namespace, as a kubelet does one of its node's name. */
export function agentLease(workstation: string): string {
  return workstation;
}

/** The service account, in the system namespace, of a machine whose agent is no pod. The policies take its name apart. */
export function agentAccount(workstation: string): string {
  return `workstation-agent-${workstation}`;
}

/** On such an account: which installation of Linux has joined as it, as a digest. */
export const JOINED_MACHINE = 'workstation.dev/joined-machine';

/** On everything that was made for a machine to join: its name. */
export const JOINED_AS = 'workstation.dev/joined-as';

/** The Lease that controllers elect their leader by. A Workstation must not have this name. */
export const CONTROLLER_LEASE = 'workstation-controller';
