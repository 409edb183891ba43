/** From `kubectl apply` to Ready, and what it asks of the API server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Connection } from '../../src/kubernetes/connect.ts';
import { Reflector } from '../../src/kubernetes/reflector.ts';
import { USERS, type AnyObject } from '../../src/source/cluster/resources.ts';
import { createMachine, type Machine } from '../../test/harness/machine/machine.ts';
import { applyDefinitions } from '../../test/harness/servers/crds.ts';
import { SYSTEM, tokenOf } from '../../test/harness/servers/identities.ts';
import { kubeconfigOf, startApiserver, type Apiserver } from '../../test/harness/servers/kubernetes.ts';
import { applyManifests } from '../../test/harness/servers/manifests.ts';
import { serverProgram } from '../../test/harness/servers/build.ts';
import { declare } from '../../test/harness/site/declare.ts';
import { siteBase } from '../../test/harness/site/site.ts';
import { join as joinCluster, userOn } from '../../test/servers/agent/stage.ts';
import { startAgent, until } from '../agent/daemon.ts';
import { replaceFile, ROSTER } from '../agent/sides.ts';
import { auditPolicy, requestsIn, type Requests } from './audit.ts';
import { ours } from './contestants.ts';

export interface Onboarding {
  /** Milliseconds from the start of kubectl to Ready, one at a time. */
  readonly single: number[];
  /** Of that, kubectl's own. */
  readonly kubectl: number[];
  /** Milliseconds until all of a crowd are Ready that came at once: by kubectl, and by an edit of a roster. */
  readonly crowd: number;
  readonly crowdInFiles: number;
  /** Of agent and controller, for everybody who came one at a time. */
  readonly requests: Requests;
  /** The same, of a minute in which nothing was to do. */
  readonly steady: Requests;
}

const MINUTE = 60_000;

/** @param singles how many come one at a time @param crowd how many come at once */
export async function onboarding(singles: number, crowd: number): Promise<Onboarding> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-cluster-'));
  const log = join(directory, 'audit.log');
  await writeFile(join(directory, 'policy.yaml'), auditPolicy);
  const flags = [`--audit-policy-file=${join(directory, 'policy.yaml')}`, `--audit-log-path=${log}`];
  const server = await startApiserver({ flags });
  const requestsSince = async (at: number) => requestsIn(await readFile(log, 'utf8'), at);
  try {
    const stage = await Stage.set(server, directory);
    const [single, kubectl] = [[] as number[], [] as number[]];
    const begun = Date.now();
    for (let index = 0; index < singles; index++) {
      const names = [`s${String(index).padStart(3, '0')}`];
      const times = await stage.apply(names);
      single.push(times.ready);
      kubectl.push(times.kubectl);
    }
    await pause(REST);
    const requests = await requestsSince(begun);
    const { ready } = await stage.apply(crowdOf(crowd));
    await pause(REST);
    const calm = Date.now();
    await pause(MINUTE);
    const steady = await requestsSince(calm);
    await stage.strike();
    const crowdInFiles = await byRoster(crowdOf(crowd));
    return { single, kubectl, crowd: ready, crowdInFiles, requests, steady };
  } finally {
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

/** Milliseconds until events and counts are written that follow from what was done. */
const REST = 5000;

const crowdOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, '0')}`);

/** An API server, a controller, and a machine with its agent, each with the rights that it has in a cluster. */
class Stage {
  readonly #server: Apiserver;
  readonly #connection: Connection;
  readonly #users: Reflector<AnyObject>;
  readonly #strike: () => Promise<void>;
  readonly #stop = new AbortController();

  private constructor(server: Apiserver, connection: Connection, strike: () => Promise<void>) {
    this.#server = server;
    this.#connection = connection;
    this.#strike = strike;
    const { transport } = connection;
    this.#users = new Reflector({ transport, resource: USERS, onChange: () => undefined });
    void this.#users.run(this.#stop.signal);
  }

  static async set(server: Apiserver, directory: string): Promise<Stage> {
    applyManifests(server, 'base');
    await applyDefinitions(server);
    const kubeconfig = join(directory, 'controller');
    const token = await tokenOf(server, 'workstation-controller');
    await writeFile(kubeconfig, kubeconfigOf(server.url, server.ca, token), { mode: 0o600 });
    const controller = await ours.start({ kubeconfig, workers: 4, election: [15, 10, 2] });
    await controller.leads();
    const { machine } = await joinCluster(server, 'devvm');
    const agent = await startAgent(
      machine,
      '--name',
      'devvm',
      '--kubeconfig',
      '/etc/workstation/kubeconfig',
      '--namespace',
      SYSTEM,
    );
    const connection = await connect({ kubeconfig: server.kubeconfig });
    return new Stage(server, connection, async () => {
      await agent.stop();
      await machine.destroy();
      await controller.kill('SIGTERM');
    });
  }

  /** Milliseconds from the start of kubectl until it has ended, and until all are Ready. */
  async apply(names: readonly string[]): Promise<{ kubectl: number; ready: number }> {
    const items = names.map((name) => userOn('devvm', name, { tier: 'admin' }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const start = performance.now();
    await this.#kubectl(list);
    const kubectl = performance.now() - start;
    const isReady = (name: string) =>
      this.#users
        .get(name)
        ?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    await until('all are Ready', () => names.every(isReady) || undefined, 5);
    return { kubectl, ready: performance.now() - start };
  }

  async #kubectl(objects: string): Promise<void> {
    const args = ['--kubeconfig', this.#server.kubeconfig, 'apply', '--filename', '-'];
    const child = spawn(serverProgram('kubectl'), args, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(objects);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`apply users: kubectl ended with ${code}`);
  }

  async strike(): Promise<void> {
    this.#stop.abort();
    this.#connection.close();
    await this.#strike();
  }
}

/** Milliseconds until all are Ready whom one edit of a roster adds. */
async function byRoster(names: readonly string[]): Promise<number> {
  const machine: Machine = await createMachine({ kind: 'chroot', base: await siteBase() });
  await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
  await declare(machine, entriesOf(['s000']));
  const agent = await startAgent(machine);
  const ready = new Set<string>();
  const watching = new AbortController();
  const watched = (async () => {
    for await (const { object } of agent.client.watch(watching.signal))
      if (object.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'))
        ready.add(object.metadata.name);
  })();
  const start = performance.now();
  replaceFile(machine, ROSTER, entriesOf(['s000', ...names]));
  await until('all are Ready', () => names.every((name) => ready.has(name)) || undefined, 5);
  const elapsed = performance.now() - start;
  watching.abort();
  await watched;
  await agent.stop();
  await machine.destroy();
  return elapsed;
}

function entriesOf(names: readonly string[]): string {
  const entries = names.map(
    (name) => `  ${name}: { authentik_user: ${name}, k8s_user: ${name}, tier: admin }\n`,
  );
  return `users:\n${entries.join('')}`;
}
