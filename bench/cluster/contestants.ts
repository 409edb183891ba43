/** Two controllers for the same objects: ours, and one as controller-runtime makes it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '../../test/harness/servers/process.ts';
import { until } from '../agent/daemon.ts';

export interface Setting {
  readonly kubeconfig: string;
  /** Keys worked on at a time. */
  readonly workers: number;
  /** Seconds: how long a Lease lasts, how long its holder goes on without renewing, and between attempts. */
  readonly election: readonly [number, number, number];
}

export interface Contestant {
  readonly name: string;
  /** Of its Lease. */
  readonly lease: string;
  start(setting: Setting): Promise<Replica>;
}

export interface Replica {
  readonly pid: number;
  /** Milliseconds from its start until its copy of all users is complete. */
  synced(): Promise<number>;
  /** Resolves when it leads. */
  leads(): Promise<unknown>;
  /** Passes that have ended. */
  reconciled(): Promise<number>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export const WORKSTATION = join(import.meta.dirname, '../../bin/workstation');

export const ours: Contestant = {
  name: 'workstation',
  lease: 'workstation-controller',
  start: async ({ kubeconfig, workers, election: [lease, renew, retry] }) => {
    const [port = 0] = await freePorts(1);
    const replica = launch(port, WORKSTATION, [
      'controller',
      '--kubeconfig',
      kubeconfig,
      '--metrics-address',
      `127.0.0.1:${port}`,
      '--workers',
      `${workers}`,
      '--leader-elect-lease-duration',
      `${lease}s`,
      '--leader-elect-renew-deadline',
      `${renew}s`,
      '--leader-elect-retry-period',
      `${retry}s`,
    ]);
    const isReady = async () =>
      (replica.said() !== '' && (await ask(port, 'readyz')) !== undefined) || undefined;
    return {
      ...replica,
      synced: () => until('it has synced', isReady, 5).then(replica.elapsed),
      leads: () => until('it leads', () => / leads identity=/.test(replica.said()) || undefined, 5),
    };
  },
};

/** @param program the built bench/cluster/go */
export function inGo(program: string): Contestant {
  return {
    name: 'controller-runtime',
    lease: 'go-controller',
    start: async ({ kubeconfig, workers, election: [lease, renew, retry] }) => {
      const [port = 0] = await freePorts(1);
      const replica = launch(port, program, [
        `-kubeconfig=${kubeconfig}`,
        `-metrics=127.0.0.1:${port}`,
        `-workers=${workers}`,
        `-lease=${lease}s`,
        `-renew=${renew}s`,
        `-retry=${retry}s`,
      ]);
      const told = (event: string) => () => replica.said().includes(`"event": "${event}"`) || undefined;
      return {
        ...replica,
        synced: () => until('it has synced', told('synced'), 5).then(replica.elapsed),
        leads: () => until('it leads', told('leads'), 5),
      };
    },
  };
}

export function buildGo(directory: string): string {
  const program = join(directory, 'go-controller');
  const cwd = join(import.meta.dirname, 'go');
  execFileSync('go', ['build', '-o', program, '.'], { cwd, stdio: 'inherit' });
  return program;
}

function launch(port: number, program: string, args: readonly string[]) {
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin' } });
  const ended = once(child, 'exit');
  let said = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (text: string) => (said += text));
  return {
    pid: child.pid ?? 0,
    /** @throws Error with all of it when the program has ended */
    said: () => {
      if (child.exitCode !== null) throw new Error(`run ${program}: it has ended: ${said}`);
      return said;
    },
    elapsed: () => performance.now() - start,
    reconciled: async () => reconciledIn((await ask(port, 'metrics')) ?? ''),
    kill: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await ended;
    },
  };
}

function reconciledIn(metrics: string): number {
  const counts = metrics.matchAll(/^controller_runtime_reconcile_total\{.*\} (\S+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Undefined while it does not answer, or not well. */
async function ask(port: number, path: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`);
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
}
