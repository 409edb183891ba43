import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine } from '../../harness/requirements.ts';

const ENTRY = '{authentik_user: x, k8s_user: x, tier: admin}';
const WORKSTATION =
  'apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: m}\nspec: {}\n';

let folder: string;
let program: ChildProcessByStdio<Writable, Readable, null>;
let told: string[];

/** Limits of the kernel hold for a user namespace of one's own: sysctl user.*, namespaces(7). */
function start(limit: string, count: number): void {
  const script = `echo ${count} >/proc/sys/user/${limit} && exec "$@"`;
  const driver = [process.execPath, join(import.meta.dirname, 'exhausted.ts'), folder];
  const unshare = [
    '--user',
    '--map-root-user',
    '--kill-child',
    '--fork',
    'sh',
    '-c',
    script,
    'sh',
    ...driver,
  ];
  program = spawn('unshare', unshare, { stdio: ['pipe', 'pipe', 'inherit'] });
  told = [];
  createInterface({ input: program.stdout }).on('line', (line) => told.push(line));
}

async function tells(line: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!told.includes(line)) {
    if (Date.now() > deadline) throw new Error(`waiting for ${line}: found ${told.join(' ')}`);
    await sleep(5);
  }
}

const ALL_LOST = {
  ENOSPC: ['no inotify watches are left (ENOSPC)', 'fs.inotify.max_user_watches'],
  EMFILE: [
    'no inotify instances or descriptors are left (EMFILE)',
    'fs.inotify.max_user_instances or LimitNOFILE',
  ],
} as const;

describeMachine('when the kernel', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'exhausted-'));
    for (const path of ['etc', 'home/ada']) mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, 'etc/passwd'), '');
    writeFileSync(join(folder, 'roster.yaml'), `users:\n  ana: ${ENTRY}\n`);
    writeFileSync(join(folder, 'workstation.yaml'), WORKSTATION);
  });
  afterEach(async () => {
    const ended = once(program, 'exit');
    program.stdin.end();
    expect(await ended).toEqual([0, null]);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['has no watches left', 'max_inotify_watches', ALL_LOST.ENOSPC],
    ['has no instances left', 'max_inotify_instances', ALL_LOST.EMFILE],
  ] as const)('%s, that is said once, and a roster is found by looking', async (_, limit, [what, remedy]) => {
    start(limit, 0);
    await tells('["ana"]');
    writeFileSync(join(folder, 'roster.yaml'), `users:\n  ana: ${ENTRY}\n  bob: ${ENTRY}\n`);
    await tells('["ana","bob"]');
    expect(told.filter((line) => line.includes(what))).toEqual([
      JSON.stringify(
        `watch the machine: ${what}, so some changes are found at the next resync: raise ${remedy} and reload`,
      ),
      JSON.stringify(
        `watch /roster.yaml, /workstation.yaml: ${what}, so changes are found by looking now and then: raise ${remedy} and reload`,
      ),
    ]);
  });

  it('has few watches left, homes go without first', async () => {
    // The root, /etc and /home: the home would be the fourth.
    start('max_inotify_watches', 3);
    await tells('{"kind":"accounts"}');
    expect(told.filter((line) => line.includes('watch the machine'))).toHaveLength(1);
    expect(told.filter((line) => line.includes('"home"'))).toEqual([]);
  });
});
