import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Hint, Watched } from '../../../src/host/watch/hint.ts';
import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';

const TOOL = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n';
const WATCHED: Watched = {
  files: ['/etc/ttyd-user-map'],
  directories: ['/etc/tool'],
  units: ['tool@ada.service', 'tool@bob.service'],
  homes: [{ osUser: 'ada', home: '/home/ada', names: ['.bashrc'] }],
};

const DRIVER = [`${CHECKOUT}/node_modules/.bin/node`, `${CHECKOUT}/test/machine/watch/driver.ts`];

let machine: Machine;
let driver: ChildProcessByStdio<Writable, Readable, null>;
const hints: Hint[] = [];
const said: string[] = [];

/** From within the machine, or from a container that shares its processes and has its files mounted. */
const WAYS = {
  'from within': { root: '/', enter: () => [...machine.enter] },
  'from a container': {
    root: '/proc/1/root',
    enter: () => {
      const shared = [
        'nsenter',
        '--target',
        `${machine.leader}`,
        '--pid',
        '--mount',
        '--',
        'unshare',
        '--mount',
      ];
      return [...shared, 'sh', '-c', 'mount -t proc proc /proc && exec "$@"', 'sh'];
    },
  },
} as const;

async function begin(way: keyof typeof WAYS): Promise<void> {
  const { root, enter } = WAYS[way];
  const [program, ...args] = [...enter(), ...DRIVER, root, JSON.stringify(WATCHED)];
  driver = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  hints.length = 0;
  said.length = 0;
  createInterface({ input: driver.stdout }).on('line', (line) => {
    const told = JSON.parse(line) as Hint | string;
    if (typeof told === 'string') said.push(told);
    else hints.push(told);
  });
  await within(
    () => said.includes('watching'),
    () => 'the driver',
  );
}

/** Ends the watching; nothing may keep the process then. */
async function end(): Promise<void> {
  const ended = once(driver, 'exit');
  driver.stdin.end();
  expect(await ended).toEqual([0, null]);
}

async function within(holds: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waiting for ${what()}: ${JSON.stringify([hints, said])}`);
    await sleep(5);
  }
}

/** Does something in the machine and waits until all these hints have come. */
async function hears(argv: readonly string[], ...wanted: readonly Hint[]): Promise<void> {
  hints.length = 0;
  await machine.output(argv);
  const missing = () =>
    wanted.filter((hint) => !hints.some((came) => JSON.stringify(came) === JSON.stringify(hint)));
  await within(
    () => missing().length === 0,
    () => `${JSON.stringify(missing())} after ${argv.join(' ')}`,
  );
}

const ADA: Hint = { kind: 'unit', unit: 'tool@ada.service' };
const BOB: Hint = { kind: 'unit', unit: 'tool@bob.service' };
const ACCOUNTS: Hint = { kind: 'accounts' };

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s', (way) => {
  describeMachine('a running machine that is watched', () => {
    beforeAll(async () => {
      machine = await createMachine({ kind: 'booted' });
      await machine.write('/etc/systemd/system/tool@.service', TOOL);
      await machine.write('/etc/ttyd-user-map', 'a=b\n');
      await machine.output(['systemctl', 'enable', '--now', 'tool@ada.service']);
      await begin(way);
      // Whoever is connected is told what happens from then on.
      await hears(['systemctl', 'restart', 'tool@ada.service'], ADA);
    });
    afterAll(async () => {
      await end();
      await machine.destroy();
    });

    it.each<readonly [string, readonly string[], readonly Hint[]]>([
      ['a unit that is stopped', ['systemctl', 'stop', 'tool@ada.service'], [ADA]],
      ['a unit that is started', ['systemctl', 'start', 'tool@ada.service'], [ADA]],
      ['a unit whose process is killed', ['systemctl', 'kill', '-s', 'KILL', 'tool@ada.service'], [ADA]],
      ['a unit that is disabled', ['systemctl', 'disable', 'tool@ada.service'], [ADA]],
      ['a unit that is enabled', ['systemctl', 'enable', '--no-reload', 'tool@bob.service'], [BOB]],
      ['a template that is edited', ['touch', '/etc/systemd/system/tool@.service'], [ADA, BOB]],
      ['an account that is made, and its home', ['useradd', '-m', 'ada'], [ACCOUNTS, home('.bashrc')]],
      ['an account that is locked', ['usermod', '-L', 'ada'], [ACCOUNTS]],
      ['a group that is joined', ['gpasswd', '-a', 'ada', 'audio'], [ACCOUNTS]],
      ['a file in a home', ['sh', '-c', 'echo x >>/home/ada/.bashrc'], [home('.bashrc')]],
      ['a map that is edited', ['sed', '-i', 's/b/c/', '/etc/ttyd-user-map'], [file('/etc/ttyd-user-map')]],
      ['a map that is removed', ['rm', '/etc/ttyd-user-map'], [file('/etc/ttyd-user-map')]],
      ['a directory that is made', ['mkdir', '/etc/tool'], [file('/etc/tool')]],
      ['a file in it', ['touch', '/etc/tool/ada.env'], [file('/etc/tool/ada.env')]],
    ])('tells of %s', (_, argv, wanted) => hears(argv, ...wanted));

    it('tells of units again after systemd has executed itself anew, and of all that it may have missed', async () => {
      await hears(['systemctl', 'daemon-reexec'], ADA, BOB);
      await hears(['systemctl', 'restart', 'tool@ada.service'], ADA);
      expect(said).toEqual(['watching']);
    });

    it('tells of nothing when units change that nobody manages', async () => {
      await machine.write('/etc/systemd/system/other.service', TOOL);
      await machine.output(['systemctl', 'daemon-reload']);
      await hears(['systemctl', 'start', 'tool@bob.service'], BOB);
      await hears(['sh', '-c', 'systemctl start other.service && usermod -U ada'], ACCOUNTS);
      // Bob's unit may be told of once more: it becomes active after it has begun.
      expect(
        hints.filter((hint) => ![ACCOUNTS, BOB].some((known) => isDeepStrictEqual(hint, known))),
      ).toEqual([]);
    });

    it('costs next to nothing and has no process while nothing changes', async () => {
      const pid = lastChildOf(driver.pid ?? 0);
      expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toMatch(/^(node|MainThread)\n$/);
      const before = ticksOf(pid);
      await machine.output(['sleep', '3']);
      // Of three hundred.
      expect(ticksOf(pid) - before).toBeLessThan(5);
      expect(childrenOf(pid)).toEqual([]);
    });
  });
});

describeMachine('a machine without systemd that is watched', () => {
  it('tells of files and accounts, and says nothing of units', async () => {
    machine = await createMachine({ kind: 'chroot' });
    await begin('from within');
    await hears(['useradd', '-m', 'ada'], ACCOUNTS, home('.bashrc'));
    expect(said).toEqual(['watching']);
    await end();
    await machine.destroy();
  });
});

function file(path: string): Hint {
  return { kind: 'file', path };
}

function home(name: string): Hint {
  return { kind: 'home', osUser: 'ada', name };
}

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
}

/** The program that stands at the end of nsenter and its like. */
function lastChildOf(pid: number): number {
  const [child] = childrenOf(pid);
  return child === undefined ? pid : lastChildOf(child);
}

/** Clock ticks, a hundred a second, that a process has run for: proc_pid_stat(5). */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
