/** The files that make a directory the image of a machine: account databases, a shell, and one service that people get. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The unit of the service. */
export const EDITOR = {
  path: 'etc/systemd/system/editor@.service',
  text: `[Unit]
Description=Editor of %i

[Service]
User=%i
EnvironmentFile=/etc/editor/%i.env
ExecStart=/usr/bin/editor-server --port \${EDITOR_PORT}

[Install]
WantedBy=multi-user.target
`,
};

const FILES: Readonly<Record<string, string>> = {
  'bin/sh': '',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/group': 'root:x:0:\nsudo:x:27:\n',
  'etc/login.defs': 'UID_MIN 1000\nUID_MAX 60000\nGID_MIN 1000\nGID_MAX 60000\nUSERGROUPS_ENAB yes\n',
  'etc/skel/.profile': 'PATH="$HOME/.local/bin:$PATH"\n',
  [EDITOR.path]: EDITOR.text,
};

/** Readable by root alone. */
const SECRETS: Readonly<Record<string, string>> = {
  'etc/shadow': 'root:*:20000:0:99999:7:::\n',
  'etc/gshadow': 'root:*::\nsudo:*::\n',
};

export function makeMachine(root: string): void {
  for (const [path, text] of Object.entries(FILES)) write(join(root, path), text, 0o644);
  for (const [path, text] of Object.entries(SECRETS)) write(join(root, path), text, 0o600);
  mkdirSync(join(root, 'home'), { mode: 0o755 });
}

function write(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, text, { mode });
}
