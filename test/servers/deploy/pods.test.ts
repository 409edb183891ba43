import { describeServers } from '../../harness/requirements.ts';
import { SYSTEM } from '../../harness/servers/identities.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';

const LEVEL = 'pod-security.kubernetes.io/enforce';
const MERGE = 'application/merge-patch+json';

describeServers('a pod of ours', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  beforeAll(async () => {
    server = await startApiserver();
    applyManifests(server, 'overlays/daemonset');
  });
  afterAll(() => server.stop());

  /** What the API server answers to a pod made from a workload's template, where pods may do so much. */
  const admitted = async (workload: string, level: string): Promise<{ status: number; message: string }> => {
    const path = `/apis/apps/v1/namespaces/${SYSTEM}/${workload}`;
    const { body } = await server.request('GET', path);
    const { template } = (body as { spec: { template: { spec: object } } }).spec;
    const labels = { metadata: { labels: { [LEVEL]: level } } };
    await server.request('PATCH', `/api/v1/namespaces/${SYSTEM}`, labels, MERGE);
    const pod = { metadata: { generateName: 'test-' }, spec: template.spec };
    const answer = await server.request('POST', `/api/v1/namespaces/${SYSTEM}/pods?dryRun=All`, pod);
    return { status: answer.status, message: (answer.body as { message?: string }).message ?? '' };
  };

  it('of the controller may do no more than restricted pods may', async () => {
    expect(await admitted('deployments/workstation-controller', 'restricted')).toMatchObject({ status: 201 });
  });

  it('of an agent does what only privileged pods may, and that is all it does', async () => {
    const agent = 'daemonsets/workstation-agent';
    const { status, message } = await admitted(agent, 'baseline');
    expect(status).toBe(403);
    expect(message.replace(/^.*baseline:latest": /, '').split(/(?<=\)), /)).toEqual([
      'forbidden AppArmor profile (container "agent" must not set AppArmor profile type to "Unconfined")',
      'non-default capabilities (container "agent" must not include "SYS_ADMIN", "SYS_PTRACE" in securityContext.capabilities.add)',
      'host namespaces (hostPID=true)',
      'hostPath volumes (volume "machine")',
    ]);
    expect(await admitted(agent, 'privileged')).toMatchObject({ status: 201 });
  });

  it('is admitted by the namespace that its overlay makes', async () => {
    for (const [overlay, level] of [
      ['overlays/controller-only', 'restricted'],
      ['overlays/daemonset', 'privileged'],
    ] as const) {
      kubectlOutput(server.kubeconfig, ['label', 'namespace', SYSTEM, `${LEVEL}-`]);
      applyManifests(server, overlay);
      const { body } = await server.request('GET', `/api/v1/namespaces/${SYSTEM}`);
      expect(body).toMatchObject({ metadata: { labels: { [LEVEL]: level } } });
    }
  });
});
