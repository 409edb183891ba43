/** Whether whoever lets a machine in may do all that takes, asked before anything is made. */
import { agentAccount } from '../../api/marks.ts';
import { pathOf } from '../../kubernetes/paths.ts';
import type { Resource } from '../../kubernetes/objects.ts';
import type { Transport } from '../../kubernetes/transport.ts';
import { WORKSTATIONS } from '../../source/cluster/resources.ts';
import { ACCOUNTS, rightsOf } from './objects.ts';

interface Right {
  readonly verb: string;
  readonly resource: Resource;
  readonly name?: string;
  readonly subresource?: string;
}

const REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
};

/** Whether a role may be bound that grants more than one has, only the server's answer to that tells. */
export async function missingRights(
  transport: Transport,
  machine: string,
  does: { readonly replace: boolean; readonly declare: boolean },
): Promise<string[]> {
  const asked = await Promise.all(
    rightsFor(machine, does).map(async (right) =>
      (await isAllowed(transport, right)) ? [] : [worded(right)],
    ),
  );
  return [...new Set(asked.flat())];
}

function rightsFor(machine: string, { replace, declare }: { replace: boolean; declare: boolean }): Right[] {
  const name = agentAccount(machine);
  const written = [{ resource: ACCOUNTS }, ...rightsOf(machine)].map(({ resource }) => resource);
  return [
    ...written.flatMap((resource) => ['get', 'create', 'patch'].map((verb) => ({ verb, resource }))),
    { verb: 'create', resource: ACCOUNTS, name, subresource: 'token' },
    ...(replace ? [{ verb: 'delete', resource: ACCOUNTS, name }] : []),
    { verb: 'get', resource: WORKSTATIONS, name: machine },
    ...(declare ? [{ verb: 'create', resource: WORKSTATIONS }] : []),
  ];
}

async function isAllowed(transport: Transport, { verb, resource, ...more }: Right): Promise<boolean> {
  const { group, plural, namespace } = resource;
  const answer = await transport.request({
    attempt: `ask whether this identity may ${verb} ${plural}`,
    method: 'POST',
    path: pathOf(REVIEWS),
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: REVIEWS.kind,
      spec: { resourceAttributes: { verb, group, resource: plural, namespace, ...more } },
    },
  });
  return (answer as { readonly status: { readonly allowed: boolean } }).status.allowed;
}

function worded({ verb, resource, subresource }: Right): string {
  const { plural, namespace } = resource;
  const what = subresource === undefined ? plural : `${plural}/${subresource}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
