import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeServers } from '../../harness/requirements.ts';
import { SYSTEM } from '../../harness/servers/identities.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests, joinMachine } from '../../harness/servers/manifests.ts';

describeServers(
  'what kubectl says that service accounts may do',
  ['etcd', 'kube-apiserver', 'kubectl'],
  () => {
    let server: Apiserver;
    let everybody: Set<string>;
    /** One line for each right that not everybody has. */
    const rights = (account: string, namespace: string): string[] =>
      linesOf(account, namespace).filter((line) => !everybody.has(line));
    const linesOf = (account: string, namespace: string): string[] =>
      kubectlOutput(server.kubeconfig, [
        'auth',
        'can-i',
        '--list',
        '--no-headers',
        '-n',
        namespace,
        `--as=system:serviceaccount:${SYSTEM}:${account}`,
      ])
        .split('\n')
        .map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
        .map((line) =>
          line.replace(/\[([a-z ]+)\]$/, (_, verbs: string) => `[${verbs.split(' ').sort().join(' ')}]`),
        )
        .filter((line) => line !== '')
        .sort();

    beforeAll(async () => {
      server = await startApiserver();
      applyManifests(server, 'overlays/daemonset');
      await joinMachine(server, 'devvm');
      everybody = new Set(linesOf('nobody', 'default'));
    });
    afterAll(() => server.stop());

    it.each([
      ['workstation-agent', 'agent.txt'],
      ['workstation-agent-devvm', 'agent.txt'],
      ['workstation-controller', 'controller.txt'],
    ])('%s: what stands in expected/%s', (account, file) => {
      const found = [SYSTEM, 'default', 'kube-system'].map(
        (namespace) => `in ${namespace}:\n${rights(account, namespace).join('\n')}\n`,
      );
      expect(found.join('\n')).toBe(readFileSync(join(import.meta.dirname, 'expected', file), 'utf8'));
    });

    it('workstation-controller, where it gives access to the cluster: what stands in expected/access.txt', () => {
      const before = new Set(rights('workstation-controller', 'platform'));
      applyManifests(server, '../test/servers/rights/access');
      const more = rights('workstation-controller', 'platform').filter((line) => !before.has(line));
      expect(`${more.join('\n')}\n`).toBe(
        readFileSync(join(import.meta.dirname, 'expected', 'access.txt'), 'utf8'),
      );
    });
  },
);
