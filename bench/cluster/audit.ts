/** What the API server was asked, by its own audit log: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */

export const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
});

/** By what was asked, `patch workstationusers/status` for instance, how often. */
export type Requests = ReadonlyMap<string, number>;

interface Event {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
  readonly requestReceivedTimestamp: string;
}

/** Those of our own agents and controllers. @param since milliseconds since 1970 */
export function requestsIn(log: string, since: number): Requests {
  const found = new Map<string, number>();
  for (const line of log.split('\n').filter(Boolean)) {
    const event = JSON.parse(line) as Event;
    if (!isOurs(event) || Date.parse(event.requestReceivedTimestamp) < since) continue;
    const { resource, subresource } = event.objectRef ?? {};
    const about = `${event.verb} ${[resource, subresource].filter(Boolean).join('/')}`;
    found.set(about, (found.get(about) ?? 0) + 1);
  }
  return found;
}

/** A watch is in the log once when it begins and once when it ends; only what begins counts. */
function isOurs({ user, verb, stage }: Event): boolean {
  const began = verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete';
  return user.username.startsWith('system:serviceaccount:workstation-system:') && stage === began;
}
