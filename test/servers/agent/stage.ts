/** A machine whose agent takes its people from a real API server, with the rights that the manifests give it. */
import { parse } from 'yaml';
import type { Condition } from '../../../src/api/conditions.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import { createMachine, type Machine } from '../../harness/machine/machine.ts';
import { USERS } from '../../harness/servers/crds.ts';
import { SYSTEM, tokenOf } from '../../harness/servers/identities.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { kubeconfigOf, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { joinMachine } from '../../harness/servers/manifests.ts';
import type { Answer } from '../../harness/servers/request.ts';
import { sitePolicy } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { DEADLINE, eventually, startAgent, type RunningAgent } from '../../machine/agent/runner.ts';

export interface UserObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  readonly spec: {
    readonly workstation?: string;
    readonly osUser?: string;
    readonly tier: string;
    readonly suspended?: boolean;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly uid?: number;
    readonly ports?: Record<string, number>;
    readonly conditions?: readonly Condition[];
  };
}

export interface Joined {
  readonly machine: Machine;
  readonly account: string;
  /** @param as the name that the agent gives for its machine's; default: its own */
  start(as?: string): Promise<RunningAgent>;
  /** Puts another token into the kubeconfig, as whoever rotates it does. */
  giveToken(token: string): Promise<void>;
}

export interface JoinOptions {
  /** Where the agent finds the API server; default: where it is. */
  readonly url?: string;
  /** Sections of the site's policy that people do without. */
  readonly without?: readonly string[];
  /** Sections that are otherwise than the site's. */
  readonly sections?: Readonly<Record<string, object>>;
}

/** What makes onboarding somebody slow, and is the same whoever declares it. */
export const SLOW_SECTIONS = ['code', 'kubeconfig', 'commands', 'secrets', 'settings'];

const KUBECONFIG = '/etc/workstation/kubeconfig';

/** A machine that may be an agent's of this name, and its Workstation. */
export async function join(server: Apiserver, name: string, options: JoinOptions = {}): Promise<Joined> {
  const { url = server.url, without = [], sections = {} } = options;
  const machine = await createMachine({ kind: 'chroot', base: await siteBase(), network: 'host' });
  // Nobody mints here: as if each had got a token earlier.
  await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
  const account = await joinMachine(server, name);
  const giveToken = (token: string) => machine.write(KUBECONFIG, kubeconfigOf(url, server.ca, token), 0o600);
  await giveToken(await tokenOf(server, account));
  const policy = parse(await sitePolicy()) as { spec: Record<string, unknown> };
  for (const section of ['clusterTiers', ...without]) delete policy.spec[section];
  apply(server, { ...policy, metadata: { name }, spec: { ...policy.spec, ...sections } });
  return {
    machine,
    account,
    giveToken,
    start: (as = name) => startAgent(machine, '--name', as, '--kubeconfig', KUBECONFIG),
  };
}

export function userOn(workstation: string, name: string, spec: object = {}): object {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name },
    spec: { workstation, authentikUser: name, k8sUser: name, tier: 'power-user', ...spec },
  };
}

export function apply(server: Apiserver, ...objects: readonly object[]): void {
  for (const object of objects)
    kubectlOutput(server.kubeconfig, ['apply', '-f', '-'], JSON.stringify(object));
}

export async function userOf(server: Apiserver, name: string): Promise<UserObject | undefined> {
  const { status, body } = await server.request('GET', `${USERS}/${name}`);
  return status === 200 ? (body as UserObject) : undefined;
}

export async function usersOf(server: Apiserver): Promise<UserObject[]> {
  return ((await server.request('GET', USERS)).body as { items: UserObject[] }).items;
}

/** By which the agent of a machine says that it is there. */
export function leaseOf(server: Apiserver, machine: string): Promise<Answer> {
  return server.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/${machine}`);
}

export function conditionOf(user: UserObject | undefined, type: string): Condition | undefined {
  return user?.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(server: Apiserver, name: string): Promise<boolean> {
  return userOf(server, name).then((user) => conditionOf(user, 'Ready')?.status === 'True');
}

/** Milliseconds: whoever was refused again and again asks once a minute at last, and a server that begins may refuse once more. */
export const RECOVERY = 150_000;

export function untilReady(server: Apiserver, name: string, within = DEADLINE): Promise<boolean> {
  return eventually(`${name} is Ready`, () => isReady(server, name), { within });
}
