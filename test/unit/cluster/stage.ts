/** The controller on a server in memory, with a clock that stands still. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, type ControllerOptions } from '../../../src/cluster/controller.ts';
import {
  leasesOf,
  USERS,
  WORKSTATIONS,
  type ClusterUser,
  type ClusterWorkstation,
} from '../../../src/cluster/kinds.ts';
import type { Occurrence } from '../../../src/cluster/world.ts';
import type { KubernetesObject, Resource } from '../../../src/kubernetes/objects.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { MemoryServer } from './memory-server.ts';
import { condition, lease, user, workstation } from './objects.ts';

export const SYSTEM = 'workstation-system';

export class Stage {
  readonly server: MemoryServer;
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  readonly logged: string[] = [];
  readonly #stop = new AbortController();
  readonly #work: Promise<void>;
  #renewal = 0;

  /** Of a controller that begins with what is on the server. */
  constructor(server = new MemoryServer(), options: Partial<ControllerOptions> = {}) {
    this.server = server;
    const controller = new Controller(
      {
        api: server.api,
        follow: server.follow,
        clock: this.clock,
        now: () => new Date('2026-01-02T03:04:05Z'),
        logger: this.#logger(),
        tell: (occurrence) => this.told.push(story(occurrence)),
        readTiers: () => undefined,
        namespace: SYSTEM,
        grace: 10_000,
        tierInterval: 60_000,
        workers: 2,
        ...options,
      },
      this.#stop.signal,
    );
    this.#work = controller.work(this.#stop.signal);
  }

  /** Until the controller has nothing to do, with the clock as it stands. */
  async settle(): Promise<void> {
    for (let turns = 0, before = -1; turns < 20 || before !== this.server.requests.length; turns++) {
      before = this.server.requests.length;
      await nextTurn();
    }
  }

  /** Lets `ms` pass, in steps that passes can follow. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      this.clock.advance(Math.min(left, 1000));
      await this.settle();
    }
  }

  /** A machine whose agent lives. */
  async machine(name: string, spec: object = {}, meta: object = {}): Promise<void> {
    this.server.put(WORKSTATIONS, workstation(name, spec, meta));
    await this.settle();
    await this.renew(name);
  }

  async renew(name: string): Promise<void> {
    this.server.put(leasesOf(SYSTEM), lease(name, ++this.#renewal));
    await this.settle();
  }

  async person(name: string, spec: Parameters<typeof user>[1] = {}): Promise<ClusterUser> {
    this.server.put(USERS, user(name, spec));
    await this.settle();
    return this.user(name);
  }

  async put(
    resource: Resource,
    object: Partial<KubernetesObject> & { metadata: { name: string } },
  ): Promise<void> {
    this.server.put(resource, object);
    await this.settle();
  }

  user(name: string): ClusterUser {
    const found = this.server.read(USERS, name) as ClusterUser;
    if (found === undefined) throw new Error(`there is no user ${name}`);
    return found;
  }

  /** `STATUS/REASON` of each condition. */
  conditions(name: string, resource = USERS): Record<string, string> {
    const object = this.server.read(resource, name) as ClusterUser | ClusterWorkstation;
    const conditions = object?.status?.conditions ?? [];
    return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status}/${reason}`]));
  }

  /** As the agent says of somebody: Ready, and whatever else. */
  async agentSays(name: string, conditions: readonly object[], resource = USERS): Promise<void> {
    const { apiVersion, kind, metadata } = this.server.read(resource, name)! as ClusterUser;
    const object = { apiVersion, kind, metadata: { name: metadata.name }, status: { conditions } };
    const options = { fieldManager: 'agent', force: true, subresource: 'status' } as const;
    await this.server.api.apply(resource, object, options);
    await this.settle();
  }

  /** As the agent says once the cut is made. */
  async cut(name: string): Promise<void> {
    const { generation = 0 } = this.user(name).metadata;
    await this.agentSays(name, [condition('Offboarded', 'True', 'Cut', '', generation)]);
  }

  /** Requests since the last call. */
  requests(): string[] {
    return this.server.requests.splice(0);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  #logger(): Logger {
    const logger: Logger = {
      log: (level, message) => void this.logged.push(`${level}: ${message}`),
      with: () => logger,
    };
    return logger;
  }
}

function story({ regarding, type, reason, message }: Occurrence): string {
  return `${type} ${regarding.metadata.name} ${reason}: ${message}`;
}
