/** A machine whose agent takes its people from a real API server, with the rights that the manifests give it. */
import { parse } from 'yaml';
import type { Condition } from '../../../src/api/conditions.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import { createMachine, type Machine } from '../../harness/machine/machine.ts';
import { USERS } from '../../harness/servers/crds.ts';
import { tokenOf } from '../../harness/servers/identities.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { joinMachine } from '../../harness/servers/manifests.ts';
import { sitePolicy } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { eventually, startAgent, type RunningAgent } from '../../machine/agent/runner.ts';

export interface UserObject {
  readonly metadata: { readonly name: string; readonly generation: number; readonly resourceVersion: string };
  readonly status?: { readonly ports?: Record<string, number>; readonly conditions?: readonly Condition[] };
}

export interface Joined {
  readonly machine: Machine;
  start(): Promise<RunningAgent>;
}

const KUBECONFIG = '/etc/workstation/kubeconfig';

/** A machine that may be an agent's of this name, and its Workstation. */
export async function join(server: Apiserver, name: string): Promise<Joined> {
  const machine = await createMachine({ kind: 'chroot', base: await siteBase(), network: 'host' });
  // Nobody mints here: as if each had got a token earlier.
  await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
  const token = await tokenOf(server, await joinMachine(server, name));
  await machine.write(KUBECONFIG, kubeconfigOf(server, token), 0o600);
  const policy = parse(await sitePolicy()) as { spec: { clusterTiers?: unknown } };
  delete policy.spec.clusterTiers;
  apply(server, { ...policy, metadata: { name } });
  return { machine, start: () => startAgent(machine, '--name', name, '--kubeconfig', KUBECONFIG) };
}

export function kubeconfigOf(server: Apiserver, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: server.url,
          'certificate-authority-data': Buffer.from(server.ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'agent', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'agent' } }],
    'current-context': 'test',
  });
}

export function userOn(workstation: string, name: string, spec: object = {}): object {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name },
    spec: { workstation, authentikUser: name, k8sUser: name, tier: 'power-user', ...spec },
  };
}

export function apply(server: Apiserver, ...objects: readonly object[]): void {
  for (const object of objects)
    kubectlOutput(server.kubeconfig, ['apply', '-f', '-'], JSON.stringify(object));
}

export async function userOf(server: Apiserver, name: string): Promise<UserObject | undefined> {
  const { status, body } = await server.request('GET', `${USERS}/${name}`);
  return status === 200 ? (body as UserObject) : undefined;
}

export function conditionOf(user: UserObject | undefined, type: string): Condition | undefined {
  return user?.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(server: Apiserver, name: string): Promise<boolean> {
  return userOf(server, name).then((user) => conditionOf(user, 'Ready')?.status === 'True');
}

export function untilReady(server: Apiserver, name: string): Promise<boolean> {
  return eventually(`${name} is Ready`, () => isReady(server, name));
}
