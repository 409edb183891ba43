/** An agent that runs on a test machine, as a process that a test holds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT, type Machine } from '../../harness/machine/machine.ts';

export interface RunningAgent {
  /** Everything it has said on standard error. */
  readonly said: () => string;
  /** As the machine sees it. */
  readonly pid: () => Promise<number>;
  signal(name: NodeJS.Signals): Promise<void>;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to the agent alone: what it has started goes on. */
  kill(): Promise<void>;
  readonly ended: Promise<number | null>;
}

export interface AgentOptions {
  readonly args?: readonly string[];
  /** Begins the argv that enters the machine, as for a cgroup of the outer machine. */
  readonly outside?: readonly string[];
  /** Begins the argv in the machine. */
  readonly inside?: readonly string[];
}

/** Milliseconds within which whatever a test waits for happens, on a busy computer too. */
export const DEADLINE = 60_000;

export function startAgent(machine: Machine, ...args: string[]): Promise<RunningAgent> {
  return launchAgent(machine, { args });
}

export async function launchAgent(
  machine: Machine,
  { args = [], outside = [], inside = [] }: AgentOptions,
): Promise<RunningAgent> {
  const agent = [...inside, `${CHECKOUT}/bin/workstation`, 'agent', ...args];
  const [program = '', ...rest] = [...outside, ...machine.enter, ...agent];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const pid = async (): Promise<number> => {
    const lock = await machine.output(['fuser', '/var/lib/workstation/lock']);
    return Number(lock.trim().split(/\s+/)[0]);
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    const isSent = async () =>
      (await machine.run(['pkill', `-${name}`, '-f', 'dist/main.js agent'])).code === 0;
    // Before it is the agent it is a shell, and before that nsenter.
    while (child.exitCode === null && child.signalCode === null && !(await isSent())) await pause(20);
    // nsenter stops when its child does.
    if (name === 'SIGCONT') child.kill(name);
  };
  return {
    said: () => said,
    pid,
    signal,
    ended,
    stop: async () => {
      await signal('SIGTERM');
      return ended;
    },
    kill: async () => {
      await signal('SIGKILL');
      await ended;
    },
  };
}

export interface Patience {
  /** Milliseconds. */
  readonly within?: number;
  /** What is shown when it does not come to that. */
  readonly seen?: () => string;
}

/** Waits until `isSo` gives something other than undefined or false. @throws Error with what was last seen */
export async function eventually<T>(
  what: string,
  isSo: () => Promise<T | undefined | false>,
  { within = DEADLINE, seen = () => '' }: Patience = {},
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await isSo();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline)
      throw new Error(`waiting until ${what}: not so after ${within} ms ${seen()}`.trim());
    await pause(20);
  }
}
