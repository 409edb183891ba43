/** Machines with their agents, and controllers: real processes against one real API server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { applyDefinitions } from '../../harness/servers/crds.ts';
import { made, SYSTEM, tokenOf } from '../../harness/servers/identities.ts';
import { kubeconfigOf, startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';
import type { RunningAgent } from '../../machine/agent/runner.ts';
import { join, SLOW_SECTIONS, type Joined } from '../agent/stage.ts';
import { Audit } from './audit.ts';

export const ROSTER = `/api/v1/namespaces/${SYSTEM}/configmaps`;

interface Replica {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<unknown>;
}

const WORKSTATION = pathOf(import.meta.dirname, '../../../bin/workstation');
const ELECTION = [
  '--leader-elect-lease-duration=4s',
  '--leader-elect-renew-deadline=3s',
  '--leader-elect-retry-period=1s',
];

const MOST_CONTROLLERS = 40;

export class Fleet {
  readonly server: Apiserver;
  readonly audit: Audit;
  /** By the name of the machine. */
  readonly machines = new Map<string, Joined>();
  readonly #directory: string;
  /** Of each machine all it has had; the last one runs. */
  readonly #agents = new Map<string, RunningAgent[]>();
  readonly #replicas: Replica[] = [];
  /** One for each controller to come: the server tells them apart by it, and gives none while it is away. */
  readonly #tokens: string[] = [];
  #isClosing = false;

  private constructor(server: Apiserver, audit: Audit, directory: string) {
    this.server = server;
    this.audit = audit;
    this.#directory = directory;
  }

  /** The first machine is the one that the roster is for. */
  static async open(names: readonly string[], roster: string): Promise<Fleet> {
    const directory = await mkdtemp(pathOf(tmpdir(), 'workstation-soak-'));
    const audit = new Audit(directory);
    const server = await startApiserver({ flags: await audit.flags() });
    const fleet = new Fleet(server, audit, directory);
    applyManifests(server, 'base');
    await applyDefinitions(server);
    await made(server, ROSTER, { metadata: { name: 'roster' }, data: { 'roster.yaml': roster } });
    for (const name of names) {
      // Many leave at a time here, and nobody is asked.
      const sections = { offboarding: { massRemovalLimit: 100 } };
      fleet.machines.set(name, await join(server, name, { without: SLOW_SECTIONS, sections }));
      await fleet.#startAgent(name);
    }
    for (let count = 0; count < MOST_CONTROLLERS; count++)
      fleet.#tokens.push(await tokenOf(server, 'workstation-controller'));
    for (let count = 0; count < 2; count++) await fleet.#startController();
    return fleet;
  }

  async killAgent(name: string): Promise<void> {
    await this.#agents.get(name)?.at(-1)?.kill();
    await this.#startAgent(name);
  }

  /** What the agents of a machine have said of somebody, and what the last one keeps in mind. */
  async told(name: string, person: string): Promise<string> {
    const said = (this.#agents.get(name) ?? []).map((agent, life) =>
      agent
        .said()
        .split('\n')
        .filter((line) => line.includes(person))
        .map((line) => `agent ${life} of ${name}: ${line}\n`)
        .join(''),
    );
    const state = await this.machines.get(name)?.machine.read('/var/lib/workstation/state.json');
    return `${said.join('')}${state ?? ''}`;
  }

  /** Kills the controller that leads, or one of them where none does. */
  async killLeader(): Promise<void> {
    const alive = this.#replicas.filter(isAlive);
    const leader = alive.find(({ said }) => isLeading(said())) ?? alive[0];
    leader?.child.kill('SIGKILL');
    await leader?.ended;
  }

  /** Kills the API server, and starts it again. */
  killServer(): Promise<void> {
    return this.server.outage(() => Promise.resolve());
  }

  /** The last words of controllers that ended by themselves, other than because they could not renew their Lease. */
  crashes(): string[] {
    return this.#replicas
      .filter(
        ({ child, said }) =>
          child.exitCode !== null && !said().includes('the Lease could not be renewed in time'),
      )
      .map(({ child, said }) => `${child.exitCode}: ${said().slice(-500)}`);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const { child, ended } of this.#replicas) {
      child.kill('SIGKILL');
      await ended;
    }
    for (const agents of this.#agents.values()) await agents.at(-1)?.kill();
    for (const { machine } of this.machines.values()) await machine.destroy();
    await this.server.stop();
    await rm(this.#directory, { recursive: true });
  }

  async #startAgent(name: string): Promise<void> {
    const agent = await this.machines.get(name)?.start();
    if (agent !== undefined) this.#agents.set(name, [...(this.#agents.get(name) ?? []), agent]);
  }

  /** One that ends is started again, as a kubelet does. */
  async #startController(): Promise<void> {
    const [machine = ''] = this.machines.keys();
    const kubeconfig = pathOf(this.#directory, `controller-${this.#replicas.length}`);
    const token = this.#tokens.pop();
    if (token === undefined) throw new Error('start a controller: too many have ended');
    await writeFile(kubeconfig, kubeconfigOf(this.server.url, this.server.ca, token), { mode: 0o600 });
    const args = [
      '--kubeconfig',
      kubeconfig,
      `--roster-configmap=${SYSTEM}/roster`,
      `--workstation=${machine}`,
    ];
    const child = spawn(WORKSTATION, ['controller', ...args, ...ELECTION], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: '/usr/bin:/bin' },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'exit');
    this.#replicas.push({ child, said: () => said, ended });
    void ended.then(() => (this.#isClosing ? undefined : this.#startController()));
  }
}

const isAlive = ({ child }: Replica) => child.exitCode === null && child.signalCode === null;
const isLeading = (said: string) => said.includes(' leads identity=');
