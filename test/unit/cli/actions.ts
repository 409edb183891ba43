import type { Action, CloneSpec } from '../../../src/sections/action.ts';

const clone: CloneSpec = {
  url: 'https://ci:s3cret@code.example.org/infra.git',
  path: '/home/emo/code/infra',
  branch: 'main',
  config: ['filter.lock.smudge=cat'],
  upstream: { remote: 'canonical', url: 'https://token:s3cret@git.example.org/infra.git' },
  timeout: 600_000,
};
const plain: CloneSpec = { url: 'git@git.example.org:tour', path: '/home/emo/tour', config: [], timeout: 1 };
const tree = { directoryMode: 0o755, sensitive: false };

/** Every action there is, by its kind, each in the forms in which it is worded differently. */
export const ACTIONS: { readonly [Kind in Action['kind']]: readonly Extract<Action, { kind: Kind }>[] } = {
  'create-account': [
    {
      kind: 'create-account',
      shell: '/bin/zsh',
      home: '/home/emo',
      homeMode: 0o700,
      groups: ['docker', 'sudo'],
    },
    { kind: 'create-account', shell: '/bin/sh', home: '/home/emo', homeMode: 0o755, groups: [] },
  ],
  'complete-account': [
    { kind: 'complete-account', missing: ['shadow', 'home'], home: '/home/emo', homeMode: 0o700 },
  ],
  'add-to-group': [{ kind: 'add-to-group', group: 'docker' }],
  'remove-from-group': [{ kind: 'remove-from-group', group: 'docker' }],
  'lock-account': [{ kind: 'lock-account' }],
  'unlock-account': [{ kind: 'unlock-account' }],
  'end-processes': [{ kind: 'end-processes' }],
  'make-directory': [{ kind: 'make-directory', path: '/home/emo/.config', mode: 0o700 }],
  'write-file': [
    {
      ...tree,
      kind: 'write-file',
      path: '/home/emo/.kube/config',
      content: 'apiVersion: v1\nkind: Config\n',
      mode: 0o600,
      before: { kind: 'absent' },
    },
    {
      ...tree,
      kind: 'write-file',
      path: '/home/emo/.token',
      content: 'top-secret-new\n',
      mode: 0o600,
      before: { kind: 'text', text: 'top-secret-old\n' },
      sensitive: true,
    },
  ],
  'set-mode': [{ kind: 'set-mode', path: '/home/emo/.token', mode: 0o600 }],
  'give-directory': [{ kind: 'give-directory', path: '/home/emo/.config' }],
  'remove-tree': [{ kind: 'remove-tree', path: '/home/emo/.cache/old' }],
  move: [{ kind: 'move', from: '/home/emo/a', to: '/home/emo/b' }],
  clone: [
    { kind: 'clone', clone },
    { kind: 'clone', clone: plain },
  ],
  'finish-clone': [{ kind: 'finish-clone', clone: plain }],
  'hoist-clone': [
    { kind: 'hoist-clone', outer: '/home/emo/code', from: '/home/emo/code/tour', clone: plain },
  ],
  'set-upstream': [true, false].map((add) => ({
    kind: 'set-upstream',
    path: '/home/emo/code',
    branch: 'main',
    upstream: { remote: 'canonical', url: 'https://s3cret@git.example.org/infra.git' },
    add,
    timeout: 1,
  })),
  'refresh-clone': [
    { kind: 'refresh-clone', path: '/home/emo/code', branch: 'main', remotes: ['origin'], timeout: 1 },
  ],
  'run-command': [
    {
      kind: 'run-command',
      name: 'install',
      argv: ['sh', '-c', "echo 'x' > \x1b]0;title\x07"],
      env: { TOKEN: 's3cret', LANG: 'C' },
      timeout: 1,
    },
    { kind: 'run-command', name: 'wire', argv: ['tool', 'add'], env: {}, timeout: 1 },
  ],
  'mint-token': [
    {
      kind: 'mint-token',
      path: '/home/emo/.vault-token',
      policies: ['read', 'sync'],
      period: '768h',
      displayName: 'emo',
    },
  ],
  'write-system-file': [
    {
      kind: 'write-system-file',
      path: '/etc/motd',
      content: 'one\ntwo changed\nthree\tx\r\nfour\nfive\nsix\nseven\n',
      mode: 0o644,
      before: { kind: 'text', text: 'one\ntwo\nthree\tx\nfour\nfive\nsix\nseven\neight' },
      sensitive: false,
    },
  ],
  'remove-system-file': [{ kind: 'remove-system-file', path: '/etc/serve/emo.env' }],
  'enable-unit': [{ kind: 'enable-unit', unit: 'editor@emo.service' }],
  'start-unit': [{ kind: 'start-unit', unit: 'editor@emo.service' }],
  'disable-unit': [{ kind: 'disable-unit', unit: 'editor@emo.service' }],
};
