import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describeServers } from '../../harness/requirements.ts';
import { serverProgram } from '../../harness/servers/build.ts';
import { DEFINITIONS } from '../../harness/servers/crds.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { MANIFESTS } from '../../harness/servers/manifests.ts';

const CHART = join(MANIFESTS, '../charts/workstation');
const NAMESPACE = ['--namespace', 'workstation-system'];

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: object };
}

/** What stands in a rendered text, by kind, namespace and name. */
function objectsIn(text: string): Map<string, KubernetesObject> {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null);
  return new Map(
    objects
      .filter((object) => object !== null)
      .map((object) => [
        [object.kind, object.metadata.namespace ?? '', object.metadata.name].join(' '),
        object,
      ]),
  );
}

/** Helm makes the namespace it installs into by itself, and a note that keeps the kinds is a note to Helm. */
function comparable(objects: Map<string, KubernetesObject>): object {
  const without = [...objects].filter(([key]) => key !== 'Namespace  workstation-system');
  return Object.fromEntries(
    without.map(([key, { metadata, ...object }]) => {
      const { annotations, ...rest } = metadata;
      const { 'helm.sh/resource-policy': _, ...others } = { 'helm.sh/resource-policy': '', ...annotations };
      return [key, { ...object, metadata: { ...rest, annotations: others } }];
    }),
  );
}

const helm = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(serverProgram('helm'), args, { encoding: 'utf8' });
  return { code: status, stdout, stderr };
};
const rendered = (...sets: string[]) => {
  const args = ['template', 'workstation', CHART, ...NAMESPACE, ...sets.flatMap((set) => ['--set', set])];
  return objectsIn(execFileSync(serverProgram('helm'), args, { encoding: 'utf8' }));
};
const kustomized = (directory: string) =>
  objectsIn(execFileSync(serverProgram('kubectl'), ['kustomize', directory], { encoding: 'utf8' }));

describeServers('the chart and the manifests', ['kubectl', 'helm'], () => {
  it.each([
    ['overlays/daemonset', []],
    ['overlays/controller-only', ['agent.daemonSet=false']],
    [
      '../test/servers/deploy/chosen',
      [
        'image=registry.example/workstation:9',
        'controller.replicas=3',
        'agent.nodeSelector.pool=people',
        'clusterAccess.clusterRoles={developer,reader}',
        'clusterTiers.configMap=tiers',
        'clusterTiers.namespace=elsewhere',
      ],
    ],
  ])('make the same objects of %s and %j', (directory, sets) => {
    const [chart, kustomize] = [rendered(...sets), kustomized(join(MANIFESTS, directory))];
    expect(chart.size).toBeGreaterThan(10);
    expect(comparable(chart)).toEqual(comparable(kustomize));
  });

  it.each([
    [
      'another namespace',
      ['--namespace', 'default'],
      /found the namespace default, must be workstation-system/,
    ],
    ['a value that nobody knows', [...NAMESPACE, '--set', 'controler.replicas=3'], /controler/],
    [
      'a ConfigMap in no namespace',
      [...NAMESPACE, '--set', 'clusterTiers.configMap=x'],
      /clusterTiers\.namespace: say where clusterTiers\.configMap is/,
    ],
  ])('refuse %s', (_, args, message) => {
    const { code, stderr } = helm('template', 'workstation', CHART, ...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});

describeServers('the chart on a cluster', ['etcd', 'kube-apiserver', 'kubectl', 'helm'], () => {
  let server: Apiserver;
  beforeAll(async () => {
    server = await startApiserver();
  });
  afterAll(() => server.stop());
  const run = (...args: string[]) => helm(...args, '--kubeconfig', server.kubeconfig, ...NAMESPACE);

  it('is installed, upgraded, and uninstalled without taking the users along', async () => {
    expect(run('install', 'workstation', CHART, '--create-namespace')).toMatchObject({ code: 0, stderr: '' });
    const images = ['-o', 'jsonpath={.items[*].spec.template.spec.containers[*].image}'];
    const workloads = ['get', 'deployment,daemonset', ...NAMESPACE, ...images];
    expect(kubectlOutput(server.kubeconfig, workloads)).toBe('workstation:0.1.0 workstation:0.1.0');
    expect(run('upgrade', 'workstation', CHART, '--set', 'image=workstation:2')).toMatchObject({ code: 0 });
    expect(kubectlOutput(server.kubeconfig, workloads)).toBe('workstation:2 workstation:2');
    expect(run('uninstall', 'workstation')).toMatchObject({ code: 0 });
    expect(kubectlOutput(server.kubeconfig, workloads)).toBe('');
    const { body } = await server.request('GET', DEFINITIONS);
    expect((body as { items: unknown[] }).items).toHaveLength(2);
  });
});
