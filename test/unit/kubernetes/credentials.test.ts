import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { Credentials } from '../../../src/kubernetes/credentials.ts';
import { locate } from '../../../src/kubernetes/kubeconfig.ts';
import { FakeClock } from '../controller/fake-clock.ts';

let directory: string;
let clock: FakeClock;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'workstation-kubeconfig-'));
  clock = new FakeClock();
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = (name: string) => join(directory, name);
const NOWHERE = { env: {}, serviceAccount: '/nonexistent' };

/** Writes a kubeconfig whose user is like this. */
function declare(user: object, cluster: object = {}): void {
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(path('config'), JSON.stringify(config));
}

const credentials = () => new Credentials(KubeConfig, locate(path('config'), NOWHERE), NOWHERE, clock);
const FRESH = 10_000;

describe('credentials', () => {
  it('are an address, a token, and what TLS needs', async () => {
    writeFileSync(path('ca.crt'), 'authority');
    declare({ token: 't' }, { 'certificate-authority': 'ca.crt', 'tls-server-name': 'api' });
    const { server, headers, tls } = await credentials().current();
    expect(server.href).toBe('https://10.0.0.1:6443/');
    expect(headers).toEqual({ Authorization: 'Bearer t' });
    expect(tls).toMatchObject({ ca: Buffer.from('authority'), servername: 'api' });
  });

  it('may be of a client certificate, which is read again when it is replaced', async () => {
    writeFileSync(path('cert'), 'first');
    declare({ 'client-certificate': 'cert', 'client-key-data': btoa('key') });
    const read = credentials();
    expect((await read.current()).tls).toMatchObject({ cert: Buffer.from('first'), key: Buffer.from('key') });
    writeFileSync(path('cert'), 'second');
    expect((await read.current()).tls).toMatchObject({ cert: Buffer.from('first') });
    clock.advance(FRESH);
    expect((await read.current()).tls).toMatchObject({ cert: Buffer.from('second') });
  });

  it('prefer a token file to a token, as kubectl does, and read it again', async () => {
    declare({ token: 'old', tokenFile: 'token' });
    writeFileSync(path('token'), 'one\n');
    const read = credentials();
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer one' });
    writeFileSync(path('token'), 'two');
    clock.advance(FRESH);
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer two' });
  });

  it('stay what they were while they cannot be read', async () => {
    declare({ token: 'one' });
    const read = credentials();
    await read.current();
    writeFileSync(path('config'), '{"clusters": [');
    clock.advance(FRESH);
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer one' });
    declare({ token: 'two' });
    clock.advance(FRESH);
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer two' });
  });

  it.each([
    ['is missing', () => undefined, /^read the credentials in \S+config: ENOENT.*: correct them$/],
    ['names no context', () => writeFileSync(path('config'), '{}'), 'it names no current context'],
  ])('of a file that %s are an error with a sentence', async (_, prepare, message) => {
    prepare();
    await expect(credentials().current()).rejects.toThrow(message);
  });

  it('of a plugin are asked for once, and again when they are refused', async () => {
    const said = '{"kind":"ExecCredential","status":{"token":"t-\'"$(wc -l < count | tr -d " ")"\'"}}';
    const script = `#!/bin/sh\ncd "${directory}"\necho "$KUBERNETES_EXEC_INFO" >> count\necho '${said}'\n`;
    writeFileSync(path('plugin'), script);
    chmodSync(path('plugin'), 0o755);
    declare({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', args: [] } });
    const read = credentials();
    const [first] = await Promise.all([read.current(), read.current()]);
    clock.advance(FRESH);
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer t-1' });
    const now = await read.current();
    read.refused(first);
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer t-1' });
    read.refused(now);
    expect((await read.current()).headers).toEqual({ Authorization: 'Bearer t-2' });
    const [told = ''] = readFileSync(path('count'), 'utf8').split('\n');
    expect(JSON.parse(told)).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false },
    });
  });
});

describe('what to connect with', () => {
  it.each([
    ['the path that is given', '/a/config', { KUBECONFIG: '/b' }, ['/a/config']],
    ['$KUBECONFIG', undefined, { KUBECONFIG: '/b::/c', KUBERNETES_SERVICE_HOST: 'x' }, ['/b', '/c']],
  ])('is %s', (_, given, env, paths) => {
    expect(locate(given, { env, serviceAccount: '/nonexistent' })).toEqual({ kind: 'kubeconfig', paths });
  });

  it('is the service account of a pod, where nothing is named', () => {
    writeFileSync(path('token'), 't');
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(locate(undefined, { env, serviceAccount: directory })).toEqual({ kind: 'in-cluster' });
  });

  it('is said where there is nothing', () => {
    expect(() => locate(undefined, NOWHERE)).toThrow(
      /^connect to an API server: found neither .*: give one of them$/,
    );
  });
});
