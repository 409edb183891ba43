import { parse } from 'yaml';
import { kubeconfigText } from '../../../src/cli/join/files.ts';
import { rightsOf } from '../../../src/cli/join/objects.ts';
import type { Access } from '../../../src/kubernetes/credentials.ts';

const SECURE: Access = {
  server: new URL('https://10.0.0.1:6443'),
  headers: { Authorization: 'Bearer of-the-administrator' },
  tls: { ca: Buffer.from('PEM'), cert: 'a certificate', key: 'a private key' },
  proxy: undefined,
};

function clusterOf(access: Partial<Access>, server?: string): unknown {
  const text = kubeconfigText('devvm', { ...SECURE, ...access }, server);
  return (parse(text) as { clusters: { cluster: unknown }[] }).clusters[0]?.cluster;
}

describe('the kubeconfig of a machine that joins', () => {
  it('says where the server is and how it is known, and nothing of the administrator', () => {
    const text = kubeconfigText('devvm', SECURE);
    expect(clusterOf({})).toEqual({
      server: 'https://10.0.0.1:6443',
      'certificate-authority-data': Buffer.from('PEM').toString('base64'),
    });
    for (const secret of ['of-the-administrator', 'a certificate', 'a private key'])
      expect(text).not.toContain(secret);
    expect((parse(text) as { users: unknown }).users).toEqual([
      { name: 'workstation-agent-devvm', user: { tokenFile: '/etc/workstation/token' } },
    ]);
  });

  it.each([
    ['another way to the server', {}, 'https://lb.example/api', { server: 'https://lb.example/api' }],
    [
      'a name that the certificate has',
      { tls: { servername: 'kubernetes' } },
      undefined,
      { 'tls-server-name': 'kubernetes' },
    ],
    ['a proxy', { proxyUrl: 'http://proxy:3128' }, undefined, { 'proxy-url': 'http://proxy:3128' }],
    ['several authorities', { tls: { ca: ['A', 'B'] } }, undefined, { 'certificate-authority-data': 'QUI=' }],
  ])('takes over %s', (_what, access, server, cluster) => {
    expect(clusterOf(access, server)).toMatchObject(cluster);
  });

  it.each([
    [
      'that nobody checks',
      { tls: { rejectUnauthorized: false } },
      undefined,
      'does not check whose server it is',
    ],
    ['that would be told the token in the clear', {}, 'http://10.0.0.1', 'is no https:// address'],
    ['that is none', {}, '10.0.0.1:6443', 'is no https:// address'],
  ])('is not made for a server %s', (_what, access, server, sentence) => {
    expect(() => clusterOf(access, server)).toThrow(sentence);
  });
});

it('a machine that joins gets rights of agents, and one that names itself alone', () => {
  const rules = rightsOf('devvm').flatMap(({ object }) => (object as { rules?: unknown[] }).rules ?? []);
  expect(rules).toEqual([
    {
      apiGroups: [''],
      resources: ['serviceaccounts/token'],
      resourceNames: ['workstation-agent-devvm'],
      verbs: ['create'],
    },
  ]);
});
