import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isBuilt, serverProgram } from './build.ts';
import type { ServerProgram } from './build.ts';

/** A server that runs until it is stopped, or until this process ends, however it ends. */
export interface ServerProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly args: readonly string[];
  /** Goes before the program, to run it in namespaces of its own. */
  readonly enter?: readonly string[];
  /** The whole environment; secrets go here rather than into argv. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the log and whatever the server writes to its home goes. */
  readonly directory: string;
  readonly ready: () => Promise<boolean>;
}

/** Starts a server and waits until it is ready. Throws with the end of its log when it is not within a minute. */
export async function launchServer(program: ServerProgram, options: LaunchOptions): Promise<ServerProcess> {
  const { args, enter = [], env, directory, ready } = options;
  if (!isBuilt(program)) throw new Error(`starting ${program}: it is not built, run test/prepare.ts`);
  const log = join(directory, `${program}.log`);
  const output = await open(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...enter, serverProgram(program), ...args], {
    cwd: directory,
    // Ctrl-C at a terminal reaches it only through us.
    detached: true,
    env: { PATH: '/usr/bin:/bin', HOME: directory, ...env },
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  const ended = once(child, 'exit');
  const stop = async () => {
    child.ref();
    child.kill('SIGKILL');
    await ended;
  };
  const deadline = Date.now() + 60_000;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
      await setTimeout(50);
    } else {
      await stop();
      const lines = (await readFile(log, 'utf8')).trim().split('\n');
      throw new Error(
        `starting ${program}: not ready after a minute, or ended; its log:\n${lines.slice(-20).join('\n')}`,
      );
    }
  }
  child.unref();
  return { pid: child.pid ?? 0, stop };
}

/** A directory for one server's data. */
export async function serverDirectory(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `workstation-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Each worker of jest has ports of its own, below those that the kernel gives to connections (ip_local_port_range). */
const FIRST_PORT = 12_000;
const PORTS_EACH = 1000;
const WORKERS = 16;
const worker = Number(process.env['JEST_WORKER_ID'] ?? process.pid) % WORKERS;
let asked = process.pid % PORTS_EACH;

/** Loopback ports that were free a moment ago, all different, and given to nobody else for a long time. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    asked = (asked + 1) % PORTS_EACH;
    const port = FIRST_PORT + worker * PORTS_EACH + asked;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await once(server.close(), 'close');
    return true;
  } catch {
    return false;
  }
}
