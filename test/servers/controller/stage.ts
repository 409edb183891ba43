/** The controller against a real API server, and agents that are no more than their Lease and their words. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Condition } from '../../../src/api/conditions.ts';
import { SYSTEM_NAMESPACE } from '../../../src/api/marks.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import { serve, type ServeOptions } from '../../../src/cluster/serve.ts';
import { realClock } from '../../../src/controller/clock.ts';
import { connect } from '../../../src/kubernetes/connect.ts';
import type { Exchange } from '../../../src/kubernetes/transport.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import { applyDefinitions, until, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';

const APPLY = 'application/apply-patch+yaml';
export const MERGE = 'application/merge-patch+json';
export const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM_NAMESPACE}/leases`;
export const RBAC = '/apis/rbac.authorization.k8s.io/v1';

export interface Running {
  /** All exchanges of the controller since the last call. */
  exchanges(): Exchange[];
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

interface Body {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly resourceVersion: string;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export class ClusterStage {
  readonly server: Apiserver;

  private constructor(server: Apiserver) {
    this.server = server;
  }

  static async open(): Promise<ClusterStage> {
    const stage = new ClusterStage(await startApiserver());
    await applyDefinitions(stage.server);
    await stage.create('/api/v1/namespaces', { metadata: { name: SYSTEM_NAMESPACE } });
    return stage;
  }

  /** In this process, so that what it asks can be counted. */
  async run(options: Partial<ServeOptions> = {}): Promise<Running> {
    const exchanges: Exchange[] = [];
    const logged: string[] = [];
    const logger: Logger = {
      log: (level, message) => void logged.push(`${level}: ${message}`),
      with: () => logger,
    };
    const connection = await connect({
      kubeconfig: this.server.kubeconfig,
      onExchange: (exchange) => exchanges.push(exchange),
    });
    const stop = new AbortController();
    const leads = Promise.withResolvers<void>();
    const ended = serve(
      {
        connection,
        identity: `test-${Math.random()}`,
        lease: { namespace: SYSTEM_NAMESPACE, name: 'workstation-controller' },
        times: { leaseDuration: 40_000, renewDeadline: 30_000, retryPeriod: 500 },
        namespace: SYSTEM_NAMESPACE,
        grace: 1000,
        tierInterval: 60_000,
        workers: 4,
        readTiers: () => undefined,
        clock: realClock,
        logger,
        onStanding: (standing) => standing === 'leads' && leads.resolve(),
        ...options,
      },
      stop.signal,
    );
    await Promise.race([leads.promise, ended]);
    return {
      exchanges: () => exchanges.splice(0),
      logged,
      stop: async () => {
        stop.abort(new Error('the test is over'));
        await ended;
        connection.close();
      },
    };
  }

  async create(path: string, object: object): Promise<void> {
    const { status, body } = await this.server.request('POST', path, object);
    if (status !== 201) throw new Error(`creating in ${path}: ${status} ${JSON.stringify(body)}`);
  }

  async change(path: string, patch: object): Promise<void> {
    const { status, body } = await this.server.request('PATCH', path, patch, MERGE);
    if (status !== 200) throw new Error(`changing ${path}: ${status} ${JSON.stringify(body)}`);
  }

  async delete(path: string): Promise<void> {
    await this.server.request('DELETE', path);
  }

  async read<T = Body>(path: string): Promise<T | undefined> {
    const { status, body } = await this.server.request('GET', path);
    return status === 200 ? (body as T) : undefined;
  }

  /** A machine whose agent lives for as long as `seconds` after the last renewal. */
  async machine(name: string, spec: object = {}, seconds = 3600): Promise<void> {
    await this.create(WORKSTATIONS, {
      apiVersion: API_VERSION,
      kind: 'Workstation',
      metadata: { name },
      spec,
    });
    await this.renew(name, seconds);
  }

  async renew(name: string, seconds = 3600): Promise<void> {
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: name, leaseDurationSeconds: seconds, renewTime };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec };
    const path = `${LEASES}/${name}?fieldManager=agent&force=true`;
    const { status } = await this.server.request('PATCH', path, lease, APPLY);
    if (status >= 300) throw new Error(`renewing the Lease of ${name}: ${status}`);
  }

  async person(name: string, spec: object = {}): Promise<void> {
    await this.create(USERS, {
      apiVersion: API_VERSION,
      kind: 'WorkstationUser',
      metadata: { name },
      spec: { authentikUser: `sso-${name}`, k8sUser: `k8s-${name}`, tier: 'power-user', ...spec },
    });
  }

  user(name: string): Promise<Body | undefined> {
    return this.read(`${USERS}/${name}`);
  }

  /** As the agent writes a status; the server's answer. */
  says(path: string, conditions: readonly object[]) {
    const [collection = '', name = ''] = path.split(/\/(?=[^/]+$)/);
    const kind = collection === USERS ? 'WorkstationUser' : 'Workstation';
    const object = { apiVersion: API_VERSION, kind, metadata: { name }, status: { conditions } };
    const query = 'fieldManager=workstation-agent&force=true&fieldValidation=Strict';
    return this.server.request('PATCH', `${path}/status?${query}`, object, APPLY);
  }

  /** `STATUS/REASON` by type. */
  async conditions(path: string): Promise<Record<string, string>> {
    const object = await this.read(path);
    const conditions = object?.status?.conditions ?? [];
    return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status}/${reason}`]));
  }

  /** Waits until a condition of a user or a machine is `STATUS/REASON`. */
  async said(path: string, type: string, expected: string | undefined): Promise<void> {
    await until(
      `${type} of ${path} is ${expected}`,
      async () => (await this.conditions(path))[type] === expected,
    );
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

export const person = (name: string) => `${USERS}/${name}`;
export const machine = (name: string) => `${WORKSTATIONS}/${name}`;

export function condition(type: string, status: string, reason: string, generation = 1) {
  return {
    type,
    status,
    reason,
    message: 'said by the agent',
    observedGeneration: generation,
    lastTransitionTime: '2026-01-02T03:04:05Z',
  };
}

/** Lets time pass in which nothing should happen: that cannot be waited for. */
export const quiet = (ms: number) => sleep(ms);
