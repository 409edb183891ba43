/** An agent that knows what a test tells it: what is asked of a real one, and when, a test of the server must decide itself. */
import type { AgentView, StatusView, UserDetails, WatchEvent } from '../../../src/agent/view.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import type { RecordedUser } from '../../../src/report/record.ts';

export function user(
  name: string,
  uid: number | undefined,
  facts: { osUser?: string; ready?: boolean } = {},
): RecordedUser {
  const { osUser = name, ready = true } = facts;
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name, generation: 1, creationTimestamp: '2026-11-25T20:00:00Z' },
    spec: {
      authentikUser: name,
      k8sUser: name,
      tier: 'admin',
      codeLayout: 'single',
      suspended: false,
      offboarding: 'Retain',
    },
    status: {
      observedGeneration: 1,
      osUser,
      ...(uid === undefined ? {} : { uid }),
      ports: {},
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          reason: 'Said',
          message: '',
          lastTransitionTime: '2026-11-25T20:00:00Z',
        },
      ],
    },
  };
}

export class ToldView implements AgentView {
  readonly asked: unknown[] = [];
  readonly users = new Map<string, RecordedUser>();
  ready = true;
  readonly #watchers = new Set<(event: WatchEvent) => void>();
  readonly #listeners = new Set<() => void>();

  constructor(...users: readonly RecordedUser[]) {
    for (const each of users) this.users.set(each.metadata.name, each);
  }

  /** How many watch or listen. */
  get audience(): number {
    return this.#watchers.size + this.#listeners.size;
  }

  tell(type: WatchEvent['type'], object: RecordedUser): void {
    if (type === 'DELETED') this.users.delete(object.metadata.name);
    else this.users.set(object.metadata.name, object);
    for (const watcher of this.#watchers) watcher({ type, object });
    for (const listener of this.#listeners) listener();
  }

  status(): StatusView {
    return {
      agent: {
        version: '1.2.3',
        pid: 7,
        startedAt: '2026-11-25T20:00:00Z',
        source: '/etc/workstation/roster.yaml',
        revision: 'r1',
        heldRemovals: { osUsers: ['old', 'older'], message: 'two are gone' },
      },
      users: [...this.users.values()].map((user) => ({ user, isBusy: false })),
      departed: { gone: '2026-11-20T20:00:00Z' },
    };
  }

  details(name: string): UserDetails | undefined {
    const user = this.users.get(name);
    return user && { user, isBusy: false, actions: [], events: [] };
  }

  nameOf(uid: number): string | undefined {
    return [...this.users.values()].find(({ status }) => status.uid === uid)?.metadata.name;
  }

  watch(listener: (event: WatchEvent) => void): () => void {
    this.#watchers.add(listener);
    for (const object of this.users.values()) listener({ type: 'ADDED', object });
    return () => void this.#watchers.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  reconcile(name?: string): boolean {
    this.asked.push(['reconcile', name]);
    return name === undefined || this.users.has(name);
  }

  approve(): readonly string[] {
    this.asked.push(['approve']);
    return ['old', 'older'];
  }

  release(osUser: string) {
    this.asked.push(['release', osUser]);
    if (osUser === 'broken') return Promise.reject(new Error('a secret of the inside'));
    return Promise.resolve(
      osUser === 'gone'
        ? ({ kind: 'released' } as const)
        : ({ kind: 'refused', message: `release ${osUser}: nothing is held` } as const),
    );
  }

  isReady(): boolean {
    return this.ready;
  }
}
