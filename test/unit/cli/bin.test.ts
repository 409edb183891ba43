/** `bin/workstation` with a program in place of Node that tells how it was started. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describePrograms } from '../../harness/requirements.ts';
import { openReceiver, type Receiver } from '../telemetry/receiver.ts';

const ROOT = join(import.meta.dirname, '../../..');
const TELL = '#!/bin/sh\nprintf "%s\\n" "$$" "fd=$WORKSTATION_NOTIFY_FD" "$@"\n';

function install(): string {
  const root = join(mkdtempSync(join(tmpdir(), 'bin-')), 'an installation');
  cpSync(join(ROOT, 'bin'), join(root, 'bin'), { recursive: true });
  const node = join(root, 'node_modules/.bin/node');
  mkdirSync(join(node, '..'), { recursive: true });
  writeFileSync(node, TELL);
  chmodSync(node, 0o755);
  return root;
}

async function start(root: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(join(root, 'bin/workstation'), args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  const [pid, fd, ...rest] = (await text(child.stdout)).trim().split('\n');
  return { isSame: pid === String(child.pid), fd, rest };
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  agent: ['--max-semi-space-size=1', '--expose-gc'],
  controller: ['--max-semi-space-size=4'],
};

/** What keeps running is to be small. */
const flagsOf = (command = '') => FLAGS[command] ?? [];

describePrograms('the program, as it is installed', ['perl', 'readlink'], () => {
  let receiver: Receiver;
  let root = '';
  beforeEach(async () => {
    receiver = await openReceiver();
    root = install();
  });
  afterEach(() => receiver.close());

  it.each(['agent', 'controller'])(
    'has its sockets opened where systemd started it as %s',
    async (command) => {
      const { isSame, fd, rest } = await start(root, [command, '--a b', ''], {
        NOTIFY_SOCKET: receiver.path,
      });
      expect(isSame).toBe(true);
      expect(fd).toMatch(/^fd=\d+$/);
      expect(rest).toEqual([...flagsOf(command), join(root, 'dist/main.js'), command, '--a b']);
    },
  );

  it.each([
    ['for a command that ends', ['plan', 'agent'], true],
    ['for none', [], true],
    ['where systemd did not start it', ['agent'], false],
  ])('is started without %s', async (_, args, isUnderSystemd) => {
    const env: Record<string, string> = isUnderSystemd ? { NOTIFY_SOCKET: receiver.path } : {};
    const { isSame, fd, rest } = await start(root, args, env);
    expect([isSame, fd]).toEqual([true, 'fd=']);
    expect(rest).toEqual([...flagsOf(args[0]), join(root, 'dist/main.js'), ...args]);
  });
});
