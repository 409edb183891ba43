import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { describeMachine, describeServers } from '../harness/requirements.ts';
import { createMachine } from '../harness/machine/machine.ts';
import { serverProgram } from '../harness/servers/build.ts';
import { startEtcd } from '../harness/servers/etcd.ts';
import { startApiserver } from '../harness/servers/kubernetes.ts';
import type { Apiserver } from '../harness/servers/kubernetes.ts';
import { startVault } from '../harness/servers/vault.ts';
import type { Vault } from '../harness/servers/vault.ts';

describeServers('etcd', ['etcd'], () => {
  it('keeps a value, and leaves no process when it is stopped', async () => {
    const etcd = await startEtcd();
    const call = (what: string, body: object) =>
      fetch(`${etcd.url}/v3/kv/${what}`, { method: 'POST', body: JSON.stringify(body) }).then((answer) =>
        answer.json(),
      );
    await call('put', { key: btoa('a'), value: btoa('b') });
    expect(await call('range', { key: btoa('a') })).toMatchObject({ kvs: [{ value: btoa('b') }] });
    await etcd.stop();
    expect(await processesOf(etcd.url)).toEqual([]);
  });
});

describeServers('kube-apiserver', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  beforeAll(async () => {
    server = await startApiserver();
  });
  afterAll(async () => {
    await server.stop();
    expect(await processesOf(new URL(server.url).port)).toEqual([]);
    expect(existsSync(server.kubeconfig)).toBe(false);
  });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'proof' }, data: { a: 'b' } };

  it('keeps a ConfigMap, also over an outage', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    expect(await server.request('POST', path, configMap)).toMatchObject({ status: 201 });
    await server.outage(async () => {
      await expect(server.request('GET', path)).rejects.toThrow('ECONNREFUSED');
    });
    expect(await server.request('GET', `${path}/proof`)).toMatchObject({
      status: 200,
      body: { data: { a: 'b' } },
    });
  });

  it('answers the kubectl of its own version', () => {
    const args = ['--kubeconfig', server.kubeconfig, 'version', '-o', 'json'];
    const { clientVersion, serverVersion } = JSON.parse(
      execFileSync(serverProgram('kubectl'), args, { encoding: 'utf8' }),
    );
    expect(serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
    expect(clientVersion.gitVersion).toBe(serverVersion.gitVersion);
  });

  it('authorizes by RBAC: a service account may do nothing until it is bound', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await server.request('POST', accounts, { metadata: { name: 'guest' } });
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'system:serviceaccount:default:guest',
        resourceAttributes: { verb: 'list', resource: 'secrets' },
      },
    };
    const answer = await server.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
    expect(answer).toMatchObject({ status: 201, body: { status: { allowed: false } } });
  });

  describeMachine('seen from a machine that shares the network', () => {
    it('is reached at its loopback address', async () => {
      const machine = await createMachine({ kind: 'chroot', network: 'host' });
      await machine.write('/srv/kubeconfig', await readFile(server.kubeconfig, 'utf8'), 0o600);
      const kubectl = serverProgram('kubectl');
      await machine.write('/usr/local/bin/kubectl', await readFile(kubectl), 0o755);
      const ready = await machine.output([
        'kubectl',
        '--kubeconfig=/srv/kubeconfig',
        'get',
        '--raw',
        '/readyz',
      ]);
      expect(ready).toBe('ok');
      await machine.destroy();
    });
  });
});

describeServers('vault', ['vault'], () => {
  let vault: Vault;
  beforeAll(async () => {
    vault = await startVault();
  });
  afterAll(async () => {
    await vault.stop();
    expect(await processesOf(serverProgram('vault'))).toEqual([]);
  });

  it('keeps a secret in KV version 2', async () => {
    expect(await vault.request('POST', 'secret/data/proof', { data: { a: 'b' } })).toMatchObject({
      status: 200,
    });
    const { body } = await vault.request('GET', 'secret/data/proof');
    expect(body).toMatchObject({ data: { data: { a: 'b' }, metadata: { version: 1 } } });
  });

  it('makes an orphan periodic token which may do what its policy says and no more', async () => {
    await vault.request('PUT', 'sys/policies/acl/reader', {
      policy: 'path "secret/data/proof" { capabilities = ["read"] }',
    });
    const made = await vault.request('POST', 'auth/token/create-orphan', {
      period: '768h',
      policies: ['reader'],
    });
    expect(made).toMatchObject({
      body: { auth: { orphan: true, policies: ['default', 'reader'], lease_duration: 768 * 3600 } },
    });
    const { client_token: token } = (made.body as { auth: { client_token: string } }).auth;
    expect((await vault.request('GET', 'secret/data/proof', undefined, token)).status).toBe(200);
    expect((await vault.request('GET', 'secret/data/other', undefined, token)).status).toBe(403);
  });
});

/** Command lines of the running processes that mention a text. */
async function processesOf(mark: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(mark));
}
