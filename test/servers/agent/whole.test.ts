import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join as joinPath } from 'node:path';
import { API_VERSION } from '../../../src/api/user.ts';
import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions } from '../../harness/servers/crds.ts';
import { kubectl, kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';
import { eventually, type RunningAgent } from '../../machine/agent/runner.ts';
import { apply, conditionOf, join, untilReady, userOf, type Joined } from './stage.ts';

const WORKSTATION = joinPath(import.meta.dirname, '../../../bin/workstation');

/** Nobody says which machine: the controller does. */
const emo = {
  apiVersion: API_VERSION,
  kind: 'WorkstationUser',
  metadata: { name: 'emo' },
  spec: { authentikUser: 'emo', k8sUser: 'emo', tier: 'power-user' },
};

describeServers('a cluster with a controller and an agent', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  let devvm: Joined;
  let agent: RunningAgent | undefined;
  let controller: ChildProcess;
  const output = (...args: string[]) => kubectlOutput(server.kubeconfig, args);

  beforeAll(async () => {
    server = await startApiserver();
    applyManifests(server, 'base');
    await applyDefinitions(server, { portColumns: ['t3'] });
    devvm = await join(server, 'devvm');
    agent = await devvm.start();
    controller = spawn(WORKSTATION, ['controller', '--kubeconfig', server.kubeconfig], { stdio: 'ignore' });
  });
  afterAll(async () => {
    controller.kill();
    await once(controller, 'close');
    await agent?.stop();
    await devvm.machine.destroy();
    await server.stop();
  });

  it('places, onboards and accepts whoever is applied', async () => {
    apply(server, emo);
    await untilReady(server, 'emo');
    await eventually(
      'the controller accepts',
      async () => conditionOf(await userOf(server, 'emo'), 'Accepted')?.status === 'True',
    );
    expect(output('get', 'wsu', 'emo', '-o', 'jsonpath={.spec.workstation}')).toBe('devvm');
  });

  it('says that it does not know how people stand when the agent is lost, and knows again when it is back', async () => {
    await agent?.kill();
    await eventually(
      'Ready is Unknown',
      async () => conditionOf(await userOf(server, 'emo'), 'Ready')?.status === 'Unknown',
    );
    agent = await devvm.start();
    await untilReady(server, 'emo');
  });

  it('lets go of whoever is deleted only when the machine has cut them off', async () => {
    await agent?.stop();
    output('delete', 'wsu', 'emo', '--wait=false');
    expect(kubectl(server.kubeconfig, ['get', 'wsu', 'emo']).code).toBe(0);
    agent = await devvm.start();
    await eventually('the object is gone', async () => (await userOf(server, 'emo')) === undefined);
    expect(await devvm.machine.output(['getent', 'shadow', 'emo'])).toMatch(/^emo:!.*:1:$/m);
  });
});
