/**
 * Throw-away real Linux machines: an overlay of the outer machine's files in namespaces of their own.
 *
 * - Whatever happens inside, accounts and files of the outer machine stay as they are.
 * - Two kinds: `chroot` has no init and is up in a fraction of a second; `booted` runs a real systemd.
 * - What is made on one machine can be the base of many.
 * - A machine ends with `destroy`, at the end of the test file, or with the test process, whichever comes first.
 */
import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { startBooted } from './booted.ts';
import { startChroot } from './chroot.ts';
import { makeFreshLayer } from './fresh.ts';
import { makeNetwork } from './network.ts';
import type { Network } from './network.ts';
import type { Started, StartOptions } from './overlay.ts';
import { runProcess } from './process.ts';
import type { Result, RunOptions } from './process.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

export type { Result, RunOptions } from './process.ts';
export type { Network } from './network.ts';
export { CHECKOUT } from './overlay.ts';

export interface MachineOptions {
  readonly kind: 'chroot' | 'booted';
  /** Default: a fresh machine. */
  readonly base?: Base;
  /**
   * `host` shares the outer network, so that servers on the outer loopback answer; a booted machine may be put in a
   * network of its own making. Default: `private`.
   */
  readonly network?: 'private' | 'host' | Network;
  /** Directories of a booted machine that are more than an overlay; what is in them survives a reboot. */
  readonly volumes?: readonly string[];
}

/** Layers, top first, that machines can be started on. */
export interface Base {
  readonly layers: readonly string[];
}

export interface Machine {
  /** Unique on the outer machine, and its host name. */
  readonly name: string;
  /** Host pid of the machine's PID 1. This, and what stands on it, is another one after a reboot. */
  readonly leader: number;
  /**
   * The machine's root directory as seen from outside. For looking only: an absolute symbolic link below it leads to
   * the outer machine's file.
   */
  readonly root: string;
  /** Goes before an argv to run it in the machine, for a process that a test spawns and keeps hold of. */
  readonly enter: readonly string[];
  /** Runs a program in the machine, as root with a clean environment, or as one of the machine's accounts. */
  run(argv: readonly string[], options?: RunOptions & { readonly user?: string }): Promise<Result>;
  /** As `run`, but returns stdout, and throws when the exit code is not 0. */
  output(argv: readonly string[], options?: RunOptions & { readonly user?: string }): Promise<string>;
  /** Writes a file as root, with its missing parents. Mode: default 0644. */
  write(path: string, content: string | Buffer, mode?: number): Promise<void>;
  read(path: string): Promise<string>;
  /** Shuts a booted machine down and boots it again. */
  reboot(): Promise<void>;
  /** Kills its processes, and removes its mounts and files. Safe to repeat. */
  destroy(): Promise<void>;
}

let opened: Promise<Store> | undefined;
let freshLayer: Promise<string> | undefined;
const running = new Set<Machine>();

export async function createMachine(options: MachineOptions): Promise<Machine> {
  const { kind, base, network = 'private', volumes = [] } = options;
  const { store, name, start } = await plan(base, network, volumes);
  const started = await (kind === 'chroot' ? startChroot : startBooted)(start);
  let destroyed: Promise<void> | undefined;
  const destroy = async () => {
    running.delete(machine);
    await started.stop();
    await store.remove(name);
  };
  const machine = machineOf(name, started, () => (destroyed ??= destroy()));
  running.add(machine);
  return machine;
}

/** Runs `build` on a chroot machine and keeps what it changed, for machines to come. */
export async function buildBase(build: (machine: Machine) => Promise<void>, on?: Base): Promise<Base> {
  const { store, name, start } = await plan(on, 'private', []);
  const started = await startChroot(start);
  try {
    await build(machineOf(name, started, () => started.stop()));
  } finally {
    await started.stop();
  }
  return { layers: [posix.join(store.inside(name), 'upper'), ...start.layers] };
}

/** Its machines, and the outer one, join it by name. */
export async function createNetwork(): Promise<Network> {
  return makeNetwork(await (opened ??= openStore()));
}

/** Destroys all machines and bases of this process. */
export async function destroyMachines(): Promise<void> {
  await Promise.all([...running].map((machine) => machine.destroy()));
  const store = await opened;
  opened = undefined;
  freshLayer = undefined;
  await store?.close();
}

async function plan(base: Base | undefined, network: StartOptions['network'], volumes: readonly string[]) {
  const store = await (opened ??= openStore());
  const fresh = await (freshLayer ??= makeFreshLayer(store));
  const name = store.name();
  await mkdir(store.outside(name));
  return { store, name, start: { store, name, network, volumes, layers: base?.layers ?? [fresh, '/'] } };
}

function machineOf(name: string, started: Started, destroy: () => Promise<void>): Machine {
  const enter = () => ['nsenter', '--target', `${started.leader}`, ...started.namespaces, '--'];
  const run: Machine['run'] = async (argv, { user, ...options } = {}) => {
    if (user === undefined) return runProcess([...enter(), ...argv], options);
    const { ids, env } = await identity(user);
    return runProcess([...enter(), 'setpriv', ...ids, ...argv], {
      ...options,
      env: { ...env, ...options.env },
    });
  };
  const output: Machine['output'] = async (argv, options) => {
    const { code, stdout, stderr } = await run(argv, options);
    if (code !== 0)
      throw new Error(`running ${argv.join(' ')} in a machine: exit code ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  const identity = async (user: string) => {
    const entry = (await output(['getent', 'passwd', user])).trim().split(':');
    const [, , uid, gid, , HOME = '/', SHELL = '/bin/sh'] = entry;
    const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'];
    return { ids, env: { HOME, SHELL, USER: user, LOGNAME: user } };
  };
  return {
    name,
    get leader() {
      return started.leader;
    },
    get root() {
      return `/proc/${started.leader}/root`;
    },
    get enter() {
      return enter();
    },
    run,
    output,
    write: async (path, input, mode = 0o644) => {
      const script = 'mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1"';
      await output(['sh', '-c', script, 'sh', path, mode.toString(8)], { input });
    },
    read: (path) => output(['cat', '--', path]),
    reboot: () => started.reboot(),
    destroy,
  };
}

/** A test that fails before it destroys its machine leaves nothing to the next test file. */
if (typeof afterAll === 'function') afterAll(destroyMachines);
