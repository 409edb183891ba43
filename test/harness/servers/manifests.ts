import { join } from 'node:path';
import { until, WORKSTATIONS } from './crds.ts';
import { made, SYSTEM } from './identities.ts';
import { kubectlOutput } from './kubectl.ts';
import type { Apiserver } from './kubernetes.ts';

export const MANIFESTS = join(import.meta.dirname, '../../../manifests');

/** Applies a directory of ours with the real kubectl, as README tells people to. */
export function applyManifests(server: Apiserver, directory: string): void {
  kubectlOutput(server.kubeconfig, ['apply', '--server-side', '-k', join(MANIFESTS, directory)]);
}

/** The same for an overlay that defines our kinds; they are served then. */
export async function applyOverlay(server: Apiserver, overlay: string): Promise<void> {
  applyManifests(server, `overlays/${overlay}`);
  await until('the kinds are served', async () => (await server.request('GET', WORKSTATIONS)).status === 200);
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** The service account of a machine whose agent is a systemd unit, bound as agents are. Gives its name. */
export async function joinMachine(server: Apiserver, machine: string): Promise<string> {
  const name = `workstation-agent-${machine}`;
  await made(server, `/api/v1/namespaces/${SYSTEM}/serviceaccounts`, { metadata: { name } });
  const subjects = [{ kind: 'ServiceAccount', name, namespace: SYSTEM }];
  const role = (kind: string) => ({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'workstation-agent' },
  });
  const binding = (kind: string) => ({ metadata: { name }, subjects, ...role(kind) });
  await made(server, `${RBAC}/clusterrolebindings`, binding('ClusterRole'));
  await made(server, `${RBAC}/namespaces/${SYSTEM}/rolebindings`, binding('Role'));
  await made(server, `${RBAC}/namespaces/default/rolebindings`, binding('Role'));
  return name;
}
