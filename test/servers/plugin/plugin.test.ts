import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joined } from 'node:path';
import { CHECKOUT } from '../../harness/machine/machine.ts';
import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { clientWith, made, tokenOf } from '../../harness/servers/identities.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { kubeconfigOf, startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';
import { eventually, type RunningAgent } from '../../machine/agent/runner.ts';
import { apply, join, untilReady, userOn, type Joined } from '../agent/stage.ts';
import { installPlugin, type Plugin } from './stage.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const PEOPLE = ['ann', 'bea', 'cid', 'dan', 'emo'];

describeServers('kubectl workstation', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  let devvm: Joined;
  let agent: RunningAgent;
  let plugin: Plugin;
  let directory: string;
  const workstation = (...args: string[]) => plugin.run(server.kubeconfig, args);
  const output = (...args: string[]) => kubectlOutput(server.kubeconfig, args);

  beforeAll(async () => {
    directory = mkdtempSync(joined(tmpdir(), 'workstation-admin-'));
    plugin = installPlugin();
    server = await startApiserver();
    applyManifests(server, 'base');
    await applyDefinitions(server);
    devvm = await join(server, 'devvm');
    agent = await devvm.start();
    apply(server, ...PEOPLE.map((name) => userOn('devvm', name)));
    for (const name of PEOPLE) await untilReady(server, name);
  });
  afterAll(async () => {
    await agent?.stop();
    await devvm?.machine.destroy();
    await server.stop();
    plugin.remove();
    rmSync(directory, { recursive: true });
  });

  /** A kubeconfig with two contexts: the server, and one where nothing answers. */
  function twoContexts(): string {
    const path = joined(directory, 'two.conf');
    const config = JSON.parse(kubeconfigOf(server.url, server.ca, server.adminToken)) as {
      clusters: object[];
      contexts: object[];
    };
    config.clusters.push({ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } });
    config.contexts.push({ name: 'nowhere', context: { cluster: 'nowhere', user: 'me' } });
    writeFileSync(path, JSON.stringify({ ...config, 'current-context': 'nowhere' }), { mode: 0o600 });
    return path;
  }

  it('shows a machine on one screen, from its objects, Lease and Events', async () => {
    await eventually('all is well', async () => workstation('status', 'devvm').code === 0);
    const { stdout, stderr } = workstation('status', 'devvm');
    expect(
      stdout
        .replace(/heard of [^\n]*/, 'heard of <when>')
        .replace(/workstation \d[^,]*/, 'workstation <version>'),
    ).toBe(
      `Machine:  devvm\nPeople:   5 of 5 ready\nAgent:    workstation <version>, heard of <when>\nServer:   ${server.url}\n`,
    );
    expect(stderr).toBe('');
  });

  it('shows whoever is on no machine, and is not well then', () => {
    apply(server, userOn('elsewhere', 'eve'));
    const { code, stdout } = workstation('status');
    expect(code).toBe(1);
    expect(stdout).toMatch(/\n\nMachine: {2}<none>\nPeople: {3}0 of 1 ready\n/);
    expect(stdout).toMatch(/\neve +New/);
    expect(JSON.parse(workstation('status', 'devvm', '-o', 'json').stdout)).toMatchObject({
      items: [{ workstation: { metadata: { name: 'devvm' } }, lease: { metadata: { name: 'devvm' } } }],
    });
    output('delete', 'wsu', 'eve');
  });

  it('asks the cluster that is named', () => {
    const two = twoContexts();
    expect(plugin.run(two, ['status', 'devvm']).stderr).toContain('reach https://127.0.0.1:1');
    expect(plugin.run(two, ['status', 'devvm', '--context', 'test']).stdout).toContain('Machine:  devvm');
    expect(plugin.run('/nowhere', ['status', 'devvm', '--kubeconfig', server.kubeconfig]).stdout).toContain(
      'devvm',
    );
    expect(workstation('status', 'other').stderr).toContain(
      'there is no Workstation other: name one of devvm',
    );
  });

  it('tells the story of a user, as it goes on, and where the agent’s own log is', async () => {
    const { code, stdout, stderr } = workstation('logs', 'emo');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}Normal {3}AccountCreated: /m);
    expect(stdout).not.toContain('ann');
    expect(stderr).toBe("the agent's log: on devvm, workstation logs\n");
    expect(workstation('logs', 'emo', '-n', '1').stdout.split('\n')).toHaveLength(2);
    expect(workstation('logs', 'emo', '--since', '2000-01-01').stdout).toBe(stdout);
    expect(workstation('logs', 'emo', '--since', '2100-01-01').stdout).toBe('');
    expect(workstation('logs', 'nobody').stderr).toContain('there is no WorkstationUser nobody');
    const following = plugin.start(server.kubeconfig, ['logs', 'emo', '-f']);
    await eventually('what there is is shown', async () => following.said().length >= stdout.length);
    const event = {
      metadata: { name: 'emo.by-hand', namespace: 'default' },
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      regarding: { apiVersion: 'workstation.dev/v1alpha1', kind: 'WorkstationUser', name: 'emo' },
      reportingController: 'test',
      reportingInstance: 'test',
      type: 'Warning',
      reason: 'Greeted',
      action: 'Greet',
      note: 'hello\u001b[31m',
    };
    await made(server, '/apis/events.k8s.io/v1/namespaces/default/events', event);
    await eventually('what comes is shown', async () => following.said().includes('Greeted: hello\\x1b[31m'));
    await following.end();
    expect(following.said().match(/AccountCreated/g)).toHaveLength(1);
  });

  it('says how to read the log of an agent that is a pod', async () => {
    const pod = {
      metadata: { name: 'workstation-agent-abc', labels: { 'app.kubernetes.io/component': 'agent' } },
      spec: { nodeName: 'devvm', serviceAccountName: 'weak', containers: [{ name: 'agent', image: 'none' }] },
    };
    const system = '/api/v1/namespaces/workstation-system';
    await made(server, `${system}/serviceaccounts`, { metadata: { name: 'weak' } });
    await made(server, '/api/v1/nodes', { metadata: { name: 'devvm' } });
    output(
      'label',
      'ns',
      'workstation-system',
      'pod-security.kubernetes.io/enforce=privileged',
      '--overwrite',
    );
    await made(server, `${system}/pods`, pod);
    expect(workstation('logs', 'emo').stderr).toBe(
      "the agent's log: kubectl logs -n workstation-system workstation-agent-abc\n",
    );
  });

  it('writes the roster of a cluster, which comes to the same objects again', () => {
    const { code, stdout } = workstation('roster', 'export');
    expect(code).toBe(0);
    expect(stdout).toContain('authentik_user: emo');
    const manifests = plugin.run(
      server.kubeconfig,
      ['roster', 'import', '-f', '-', '--workstation-name', 'devvm'],
      stdout,
    );
    const { stdout: diff } = {
      stdout: kubectlOutput(server.kubeconfig, ['diff', '-f', '-'], manifests.stdout),
    };
    expect(diff).toBe('');
    // A file that is named is what is meant, also by a plugin.
    const file = plugin.run(server.kubeconfig, ['roster', 'export', '-f', '-'], manifests.stdout);
    expect(file.stdout).toBe(stdout);
  });

  it('is told of in a guide whose first objects a server accepts', () => {
    const guide = readFileSync(joined(import.meta.dirname, '../../../docs/cluster.md'), 'utf8');
    const [, objects = ''] = /<<'END'\n([^]*?)\nEND\n/.exec(guide) ?? [];
    const applied = kubectlOutput(
      server.kubeconfig,
      ['apply', '--dry-run=server', '-f', '-'],
      objects.replaceAll('NODE', 'devvm-2').replaceAll('emo', 'zoe'),
    );
    expect(applied.match(/created/g)).toHaveLength(2);
  });

  it('plans nothing from afar, and says how; on the machine it plans what the cluster declares', async () => {
    const { code, stderr } = workstation('plan');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^workstation: plan over an API server: a plan is made from the machine itself/),
    ]);
    const planned = () =>
      devvm.machine.run([
        WORKSTATION,
        'plan',
        '--name',
        'devvm',
        '--kubeconfig',
        '/etc/workstation/kubeconfig',
      ]);
    expect((await planned()).stderr).toBe('');
    expect((await planned()).code).toBe(0);
    await agent.stop();
    apply(server, userOn('devvm', 'fay'));
    const { code: changes, stdout } = await planned();
    expect([changes, stdout]).toEqual([2, expect.stringContaining('fay')]);
    output('delete', 'wsu', 'fay');
    agent = await devvm.start();
  });

  it('lets removals go that are held, those that it has seen, for whoever may change the Workstation', async () => {
    expect(workstation('approve', 'devvm').stdout).toBe('no removals are held\n');
    const gone = PEOPLE.filter((name) => name !== 'emo');
    // In one step: kubectl deletes one after the other.
    await agent.stop();
    output('delete', 'wsu', ...gone);
    agent = await devvm.start();
    await eventually('they are held', async () =>
      workstation('status', 'devvm').stdout.includes('removals are held'),
    );
    expect((await devvm.machine.output(['getent', 'shadow', 'ann'])).split(':')[7]).toBe('');
    const agents = clientWith(server, await tokenOf(server, 'workstation-agent-devvm'));
    const annotated = { metadata: { annotations: { 'workstation.dev/approve-removals': gone.join(',') } } };
    const merge = 'application/merge-patch+json';
    expect((await agents('PATCH', `${WORKSTATIONS}/devvm`, annotated, merge)).status).toBe(403);
    await agents('PATCH', `${WORKSTATIONS}/devvm/status`, annotated, merge);
    expect((await server.request('GET', `${WORKSTATIONS}/devvm`)).body).toMatchObject({
      metadata: expect.not.objectContaining({ annotations: annotated.metadata.annotations }),
    });
    expect(workstation('approve').stderr).toContain('name the Workstation whose they are');
    expect(workstation('approve', 'devvm').stdout).toBe(
      `approved the removal of ${gone.join(', ')}: the agent of devvm lets them go\n`,
    );
    await eventually('they are cut off', async () =>
      (await devvm.machine.output(['getent', 'shadow', ...gone]))
        .split('\n')
        .slice(0, -1)
        .every((line) => /:!.*:1:$/.test(line)),
    );
    await eventually(
      'nothing is held',
      async () => workstation('approve', 'devvm').stdout === 'no removals are held\n',
    );
    expect((await server.request('GET', `${USERS}/emo`)).status).toBe(200);
  });
});
