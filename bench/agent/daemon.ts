/** Programs that keep running on a test machine while they are measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentClient } from '../../src/cli/agentclient.ts';
import { CHECKOUT, type Machine } from '../../test/harness/machine/machine.ts';
import { childrenOf } from './usage.ts';

export interface Daemon {
  /** As this process sees it. */
  readonly pid: number;
  /** What it has said on standard output, and on standard error. */
  said(): string;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
}

export interface Agent extends Daemon {
  readonly client: AgentClient;
  /** The process that works in homes for it; undefined while there is none. */
  helper(): number | undefined;
}

export async function startDaemon(machine: Machine, argv: readonly string[]): Promise<Daemon> {
  const [program = '', ...args] = [...machine.enter, ...argv];
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
  });
  let said = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  const pid = await until(`${argv[0]} runs`, () => childrenOf(child.pid ?? 0)[0]);
  const stop = async () => {
    if (child.exitCode === null) process.kill(pid, 'SIGTERM');
    await ended;
  };
  return { pid, said: () => said, stop };
}

/** Resolves when everybody has had a pass. */
export async function startAgent(machine: Machine, ...args: string[]): Promise<Agent> {
  const daemon = await startDaemon(machine, [`${CHECKOUT}/bin/workstation`, 'agent', ...args]);
  const socket = `${machine.root}/run/workstation/agent.sock`;
  const client = new AgentClient(socket, (code) => `the connection failed (${code})`);
  await until('the agent is ready', () =>
    client.probe('readyz').then(
      () => true,
      () => undefined,
    ),
  ).catch((error: Error) => {
    throw new Error(`${error.message}; it said: ${daemon.said()}`);
  });
  return { ...daemon, client, helper: () => childrenOf(daemon.pid)[0] };
}

/** Milliseconds that whatever is waited for may take. */
const PATIENCE = 600_000;

/** Waits until `look` finds something. @throws Error when it does not in ten minutes */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  every = 20,
): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`wait until ${what}: not so in ten minutes`);
    await pause(every);
  }
}
