import { readFile } from 'node:fs/promises';
import { createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { clientWith, made, tokenOf } from '../../harness/servers/identities.ts';
import { kubectl, kubectlOutput } from '../../harness/servers/kubectl.ts';
import { kubeconfigOf, startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';
import { sitePolicy } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { eventually } from '../../machine/agent/runner.ts';
import { apply, untilReady, userOn } from '../agent/stage.ts';
import { ADMIN, agedToken, ageOf, joinAs, TOKEN, WORKSTATION } from './stage.ts';

const KUBECONFIG = '/etc/workstation/kubeconfig';
const POLICY = '/root/workstation.yaml';
const ACCOUNT = '/api/v1/namespaces/workstation-system/serviceaccounts/workstation-agent-devvm';

describeServers('a machine that joins', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  let machine: Machine;
  let other: Machine;

  beforeAll(async () => {
    server = await startApiserver();
    machine = await newMachine('booted');
    other = await newMachine('chroot');
    await other.write('/etc/machine-id', `${'2'.repeat(32)}\n`);
  });
  afterAll(async () => {
    await Promise.all([machine?.destroy(), other?.destroy()]);
    await server.stop();
  });

  async function newMachine(kind: 'booted' | 'chroot'): Promise<Machine> {
    const made = await createMachine({ kind, base: await siteBase(), network: 'host' });
    await made.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
    await made.write(ADMIN, await readFile(server.kubeconfig, 'utf8'), 0o600);
    const policy = (await sitePolicy()).replace(/^ {2}clusterTiers:\n(?: {4}.*\n)+/m, '');
    await made.write(POLICY, policy);
    return made;
  }

  const service = (verb: string) => machine.output(['systemctl', verb, 'workstation-agent.service']);
  const asAgent = async (token?: string) => clientWith(server, (token ?? (await machine.read(TOKEN))).trim());

  it('is told what the cluster lacks before anything is made', async () => {
    await applyDefinitions(server);
    const { code, stderr } = await joinAs(machine, 'devvm');
    expect([code, stderr]).toEqual([
      1,
      'workstation: join as devvm: the cluster has no ClusterRole workstation-agent: apply manifests/overlays/controller-only first\n',
    ]);
    expect((await machine.run(['test', '-e', KUBECONFIG])).code).toBe(1);
  });

  it('is told all that its kubeconfig may not do', async () => {
    applyManifests(server, 'overlays/controller-only');
    await made(server, ACCOUNT.replace(/\/[^/]+$/, ''), { metadata: { name: 'weak' } });
    const weak = await tokenOf(server, 'weak');
    await machine.write('/root/weak.conf', kubeconfigOf(server.url, server.ca, weak), 0o600);
    const { code, stderr } = await machine.run([
      WORKSTATION,
      'join',
      '--kubeconfig',
      '/root/weak.conf',
      '--name',
      'devvm',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^workstation: join as devvm: this identity may not get serviceaccounts in workstation-system, .*create clusterrolebindings.*: use the kubeconfig of an administrator\n$/,
    );
  });

  it('gets an identity, a kubeconfig, a Workstation and a service, and is told of each', async () => {
    const { code, stdout, stderr } = await joinAs(machine, 'devvm', '-w', POLICY);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'made ServiceAccount workstation-system/workstation-agent-devvm',
        'made ClusterRoleBinding workstation-agent-devvm',
        'made RoleBinding workstation-system/workstation-agent-devvm',
        'made RoleBinding default/workstation-agent-devvm',
        'made Role workstation-system/workstation-agent-devvm-renews-its-token',
        'made Workstation devvm',
        `wrote ${KUBECONFIG} and ${TOKEN}, which only root reads`,
        'laid down /etc/systemd/system/workstation-agent.service',
      ]),
    );
    const token = (await machine.read(TOKEN)).trim();
    const config = await machine.read(KUBECONFIG);
    expect([stdout + stderr, config].filter((text) => text.includes(token))).toEqual([]);
    expect(config).not.toContain(server.adminToken);
    expect(await machine.output(['stat', '-c', '%a %U', TOKEN, KUBECONFIG])).toBe('600 root\n600 root\n');
    expect(await machine.read('/etc/systemd/system/workstation-agent.service')).toContain(
      `agent --name devvm --kubeconfig ${KUBECONFIG}\n`,
    );
    expect((await server.request('GET', `${WORKSTATIONS}/devvm`)).status).toBe(200);
  });

  it('works with what it got, without the administrator’s kubeconfig', async () => {
    await machine.output(['rm', ADMIN]);
    apply(server, userOn('devvm', 'emo'));
    await untilReady(server, 'emo');
    await machine.write(ADMIN, await readFile(server.kubeconfig, 'utf8'), 0o600);
  });

  it('may renew its own token, and get no other one', async () => {
    const ask = await asAgent();
    const tokenOf = (name: string) =>
      ask('POST', `${ACCOUNT.replace(/[^/]+$/, name)}/token`, { spec: { audiences: [] } });
    expect((await tokenOf('workstation-agent-devvm')).status).toBe(201);
    expect((await tokenOf('workstation-controller')).status).toBe(403);
    expect((await ask('GET', ACCOUNT)).status).toBe(403);
    expect((await ask('GET', '/api/v1/namespaces/workstation-system/secrets')).status).toBe(403);
  });

  it('renews its token when that is a day old, and goes on with the new one', async () => {
    await service('stop');
    await machine.write(TOKEN, await agedToken(server, 'devvm', 2), 0o600);
    expect(await ageOf(machine)).toBeGreaterThan(47);
    await service('start');
    await eventually('it is renewed', async () => (await ageOf(machine)) < 1);
    expect(await machine.output(['stat', '-c', '%a %U', TOKEN])).toBe('600 root\n');
    expect((await (await asAgent())('GET', `${WORKSTATIONS}/devvm`)).status).toBe(200);
    const said = await machine.output(['journalctl', '-u', 'workstation-agent.service']);
    expect(said).not.toContain((await machine.read(TOKEN)).trim());
  });

  it('says where everybody looks that it may not renew it, and works on', async () => {
    await service('stop');
    const role = 'workstation-agent-devvm-renews-its-token';
    kubectlOutput(server.kubeconfig, ['delete', '-n', 'workstation-system', 'rolebinding', role]);
    await machine.write(TOKEN, await agedToken(server, 'devvm', 6), 0o600);
    await service('start');
    const condition = () =>
      kubectlOutput(server.kubeconfig, [
        'get',
        'ws/devvm',
        '-o',
        'jsonpath={.status.conditions[?(@.type=="CredentialsReady")].message}',
      ]);
    await eventually('the condition is there', async () => condition().includes(TOKEN));
    expect(condition()).toMatch(/the API server answered 403, .*; it ends at \d{4}-/);
    apply(server, userOn('devvm', 'ann'));
    await untilReady(server, 'ann');
    // Joining again gives back what is missing, and the agent takes it up.
    expect((await joinAs(machine, 'devvm', '--no-start')).stdout).toContain(
      `made RoleBinding workstation-system/${role}`,
    );
    await eventually('the condition goes', async () => condition() === '');
  });

  it('changes nothing when it joins once more', async () => {
    const before = await machine.read(KUBECONFIG);
    const { code, stdout } = await joinAs(machine, 'devvm', '-w', POLICY, '--no-start');
    expect(code).toBe(0);
    const changed = stdout.split('\n').filter((line) => /^(made|corrected|removed|laid down)/.test(line));
    expect(changed).toEqual([]);
    expect(stdout).toContain('kept Workstation devvm');
    expect(await machine.read(KUBECONFIG)).toBe(before);
  });

  it('does not take the name of another machine, unless it is told to, which locks that one out', async () => {
    const refused = await joinAs(other, 'devvm', '--no-start');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^workstation: join as devvm: another machine has joined by this name, at .*: choose another name, or take its place with --force\n$/,
      ),
    ]);
    expect((await other.run(['test', '-e', KUBECONFIG])).code).toBe(1);
    const old = await asAgent();
    const taken = await joinAs(other, 'devvm', '--no-start', '--force');
    expect(taken.stdout).toContain(
      'removed ServiceAccount workstation-system/workstation-agent-devvm: the machine that had it is locked out\nmade ServiceAccount',
    );
    await eventually(
      'the old token is worth nothing',
      async () => (await old('GET', `${WORKSTATIONS}/devvm`)).status === 401,
    );
    expect((await (await asAgent(await other.read(TOKEN)))('GET', `${WORKSTATIONS}/devvm`)).status).toBe(200);
  });

  it('does not take the name of an agent that is at work as a pod', async () => {
    await server.request('POST', '/apis/coordination.k8s.io/v1/namespaces/workstation-system/leases', {
      metadata: { name: 'node-1' },
      spec: {
        holderIdentity: 'node-1',
        leaseDurationSeconds: 40,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    });
    const { code, stderr } = await joinAs(other, 'node-1', '--no-start');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('join as node-1: an agent of this name is at work'),
    ]);
  });

  it.each([
    ['a name that is none', ['--name', 'Dev_VM'], 'a Workstation cannot be called so'],
    ['a server without TLS', ['--name', 'x', '--server', 'http://10.0.0.1'], 'is no https:// address'],
    ['a lifetime that the server refuses', ['--name', 'x', '--token-lifetime', '1m'], 'give 10m or more'],
    ['its own kubeconfig', ['--name', 'x', '--kubeconfig', KUBECONFIG], 'give an administrator’s kubeconfig'],
    ['the policy of another machine', ['--name', 'x', '-w', POLICY], 'let them be the same'],
    ['a context that is not there', ['--name', 'x', '--context', 'y'], 'it has no context y, but test'],
  ])('is refused %s', async (_what, args, sentence) => {
    const { code, stderr } = await other.run([WORKSTATION, 'join', '--kubeconfig', ADMIN, ...args]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
  });

  it('goes by one command on each side', async () => {
    await service('stop');
    kubectlOutput(server.kubeconfig, [
      'delete',
      'serviceaccounts,roles,rolebindings,clusterrolebindings',
      '-A',
      '-l',
      'workstation.dev/joined-as=devvm',
    ]);
    expect(kubectl(server.kubeconfig, ['get', 'clusterrolebinding', 'workstation-agent-devvm']).code).toBe(1);
    const { stdout } = await machine.run([WORKSTATION, 'uninstall', '--purge']);
    expect(stdout).toContain(`took away ${KUBECONFIG}\ntook away ${TOKEN}\n`);
    expect((await machine.run(['test', '-e', '/etc/systemd/system/workstation-agent.service'])).code).toBe(1);
  });
});
