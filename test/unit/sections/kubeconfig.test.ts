import { parse } from 'yaml';
import { kubeconfig } from '../../../src/sections/kubeconfig.ts';
import { goldenHomeFile, planOf, plans } from './build.ts';
import { binary, directory, fifo, link } from './tree.ts';

const SOURCE = '/home/wizard/.kube/config';
const path = '/home/emo/.kube/config';
const write = {
  kind: 'write-file',
  path,
  content: goldenHomeFile(path),
  mode: 0o600,
  directoryMode: 0o700,
  before: { kind: 'absent' },
  sensitive: false,
};
const unknown = {
  troubles: [
    `Waiting ClusterUnknown: read the cluster: ${SOURCE} has no current context with a server and certificate-authority-data: complete it`,
  ],
};
const config = (more: string) => `
contexts: [{name: c, context: {cluster: k}}, null]
clusters: [{name: k, cluster: {server: "https://h", certificate-authority-data: Q0E=}}]
${more}`;

describe('the kubeconfig', () => {
  plans(kubeconfig, {
    'is that of the program before, to the byte, where there is none': { actions: [write] },
    'is the person’s own once it is there, whatever it holds': { found: { home: { '.kube/config': '' } } },
    'is made before the account is': { found: { account: null }, actions: [write] },
    'is not written through a link': {
      found: { home: { '.kube/config': link('/etc/cron.d/x') } },
      troubles: [
        `Refused SymbolicLink: write kubeconfig: ${path} is a symbolic link to /etc/cron.d/x, which is never followed: remove it`,
      ],
    },
    'is not written below a link': {
      found: { home: { '.kube': link('/etc/cron.d') } },
      troubles: [
        'Refused SymbolicLink: write kubeconfig: /home/emo/.kube is a symbolic link to /etc/cron.d, which is never followed: remove it',
      ],
    },
    'is not written over a FIFO': {
      found: { home: { '.kube/config': fifo } },
      troubles: [`Refused SpecialFile: write kubeconfig: ${path} is a fifo: remove it`],
    },
    'is not written over a directory': {
      found: { home: { '.kube/config': directory() } },
      troubles: [`Refused IsDirectory: write kubeconfig: ${path} is a directory: move it away`],
    },
    'waits for a source that is there': {
      found: { sources: { [SOURCE]: { kind: 'absent' } } },
      troubles: [`Waiting Missing: read the cluster: ${SOURCE} does not exist: create it`],
    },
    'waits for a source that is text': {
      found: { sources: { [SOURCE]: binary() } },
      troubles: [`Waiting NotText: read the cluster: ${SOURCE} is not UTF-8 text: correct it`],
    },
    'waits for a source with a current context': {
      found: { sources: { [SOURCE]: config('') } },
      ...unknown,
    },
    'waits for a source whose current context is there': {
      found: { sources: { [SOURCE]: config('current-context: other') } },
      ...unknown,
    },
    'waits for a source with a CA': {
      found: { sources: { [SOURCE]: config('current-context: c').replace('Q0E=', '""') } },
      ...unknown,
    },
    'waits for a source that is YAML': { found: { sources: { [SOURCE]: 'a: [' } }, ...unknown },
    'waits for a source that is more than a word': { found: { sources: { [SOURCE]: 'word' } }, ...unknown },
    'waits for a source that does not multiply itself': {
      found: { sources: { [SOURCE]: `a: &a [1]\nb: *a\n${config('current-context: c')}` } },
      ...unknown,
    },
    'takes the current context of a source': {
      found: { sources: { [SOURCE]: config('current-context: c') } },
      actions: [
        {
          content: write.content
            .replace('https://192.0.2.10:6443', 'https://h')
            .replace('Q0EtREFUQQ==', 'Q0E='),
        },
      ],
    },
  });

  it.each([
    'true', 'NO', 'null', '~', '12', '1e3', '0x1', '- a', 'a: b', 'a:', 'a #b', '#a', '"', "'", '{a}', '[a', '*a', '&a',
    '!a', '|', '>', '%a', '@a', '`a', 'a\\b', 'ä', 'a\u0085b', 'a\u2028b', 'a\ufeffb', '2001-01-01', '---', '<<', ' a ',
  ])('quotes the cluster name %j where YAML could take it for something else', (name) => {
    const declared = {
      cluster: { name, server: 'https://h:6443', certificateAuthorityData: 'MTIz' },
      oidc: { issuerURL: 'https://i', clientID: name, extraScopes: [name] },
    };
    const [action] = planOf(kubeconfig, { policy: { kubeconfig: declared } }).actions;
    const content = action?.kind === 'write-file' ? action.content : '';
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(content, { version })).toMatchObject({
        clusters: [{ name, cluster: { server: 'https://h:6443', 'certificate-authority-data': 'MTIz' } }],
        contexts: [{ name: `oidc@${name}`, context: { cluster: name, user: 'oidc' } }],
        'current-context': `oidc@${name}`,
        users: [{ user: { exec: { args: expect.arrayContaining([`--oidc-extra-scope=${name}`]) } } }],
      });
    }
    expect(content).not.toMatch(/[\u0085\u2028\ufeff]/);
  }); // prettier-ignore

  it('is nothing for an admin, who has one', () => {
    expect(() => planOf(kubeconfig, { spec: { tier: 'admin' } })).toThrow('nothing for this person');
  });
});
