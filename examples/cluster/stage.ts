/** Two servers, a machine, an agent on it and a controller: all of them end with `stop`, or with this process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CHECKOUT,
  createMachine,
  destroyMachines,
  type Machine,
} from '../../test/harness/machine/machine.ts';
import { CLEAN_ENVIRONMENT } from '../../test/harness/machine/process.ts';
import { tokenOf } from '../../test/harness/servers/identities.ts';
import { kubeconfigOf, startApiserver, type Apiserver } from '../../test/harness/servers/kubernetes.ts';
import { joinMachine } from '../../test/harness/servers/manifests.ts';
import { EDITOR } from '../quickstart/machine.ts';
import { serveRemotes } from '../quickstart/remotes.ts';

const WORKSTATION = join(import.meta.dirname, '../../bin/workstation');
const KUBECONFIG = '/etc/workstation/kubeconfig';

export class Stage {
  /** What the agent and the controller have logged. */
  log = '';
  /** What ends whatever was started, in the order of the starts. */
  readonly #ends: (() => unknown)[] = [];

  async startServers(): Promise<Apiserver> {
    const server = await startApiserver();
    this.#ends.push(() => server.stop());
    return server;
  }

  /** A machine with a service for people, that finds the repositories of the quickstart at https://git.example. */
  async makeMachine(): Promise<Machine> {
    const remotes = await serveRemotes(await this.#makeDirectory());
    this.#ends.push(() => remotes.close());
    this.#ends.push(destroyMachines);
    const machine = await createMachine({ kind: 'chroot', network: 'host' });
    await machine.write('/etc/gitconfig', `[url "${remotes.url}/"]\n\tinsteadOf = https://git.example/\n`);
    await machine.write(`/${EDITOR.path}`, EDITOR.text);
    return machine;
  }

  async startController(server: Apiserver): Promise<void> {
    const kubeconfig = join(await this.#makeDirectory(), 'kubeconfig');
    const token = await tokenOf(server, 'workstation-controller');
    await writeFile(kubeconfig, kubeconfigOf(server.url, server.ca, token), { mode: 0o600 });
    this.#start(['setpriv', '--pdeathsig', 'KILL', WORKSTATION, 'controller', '--kubeconfig', kubeconfig]);
  }

  async startAgent(server: Apiserver, machine: Machine, name: string): Promise<void> {
    const token = await tokenOf(server, await joinMachine(server, name));
    await machine.write(KUBECONFIG, kubeconfigOf(server.url, server.ca, token), 0o600);
    const program = `${CHECKOUT}/bin/workstation`;
    this.#start([...machine.enter, program, 'agent', '--name', name, '--kubeconfig', KUBECONFIG]);
  }

  async stop(): Promise<void> {
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) await end();
  }

  async #makeDirectory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'workstation-demo-'));
    this.#ends.push(() => rm(directory, { recursive: true }));
    return directory;
  }

  #start([program = '', ...args]: readonly string[]): void {
    // In a session of its own, so that Ctrl-C at a terminal reaches it only through us.
    const options = { detached: true, env: CLEAN_ENVIRONMENT } as const;
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.#ends.push(() => end(child));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
