import { readKubeconfig } from '../../../src/host/kubeconfig.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function read(cluster: object, user: object, files: Readonly<Record<string, string>> = {}) {
  const config = {
    'current-context': 'work',
    clusters: [
      { name: 'other', cluster: 'odd' },
      { name: 'c', cluster: { server: 'https://k8s.example.org', ...cluster } },
    ],
    contexts: [{ name: 'work', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user }],
  };
  const all: Readonly<Record<string, string>> = { '/etc/kube/config': JSON.stringify(config), ...files };
  return readKubeconfig('/etc/kube/config', (path) => {
    const text = all[path];
    if (text === undefined) throw new Error(`no file ${path}`);
    return text;
  });
}

describe('a kubeconfig', () => {
  it('names the server, its authority and a token', () => {
    expect(read({ 'certificate-authority-data': base64('CA') }, { token: 't' })).toEqual({
      server: new URL('https://k8s.example.org/'),
      tls: { ca: 'CA', cert: undefined, key: undefined },
      token: 't',
    });
  });

  it('names files beside itself or anywhere', () => {
    const user = {
      tokenFile: '/run/token',
      'client-certificate': 'me.crt',
      'client-key-data': base64('KEY'),
    };
    const files = { '/etc/kube/ca.crt': 'CA', '/etc/kube/me.crt': 'CERT', '/run/token': 'of-file\n' };
    expect(read({ 'certificate-authority': 'ca.crt' }, user, files)).toMatchObject({
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
      token: 'of-file',
    });
  });

  it.each<[string, () => unknown, string]>([
    [
      'its user logs in by a program',
      () => read({}, { exec: { command: 'oidc' } }),
      'its user logs in by a program, which is not run',
    ],
    ['its server is none', () => read({ server: 'k8s' }, {}), 'server is missing or wrong: correct it'],
    [
      'it has no current context',
      () => readKubeconfig('f', () => '{}'),
      'current-context is missing or wrong: correct it',
    ],
    [
      'its current context leads nowhere',
      () => readKubeconfig('f', () => 'current-context: x\nclusters: []\ncontexts: []\nusers: []\n'),
      'what its current context leads to is missing or wrong: correct it',
    ],
  ])('is refused when %s', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });

  it('that is no YAML shows nothing of itself in the error', () => {
    expect(() => readKubeconfig('f', () => 'token: secret: x\n\t- y')).toThrow(
      /^read the kubeconfig f: (?!.*secret)/,
    );
  });
});
