/** A source over collections in memory whose watch, list and GET say what a test wants. */
import { ApiError, type Api } from '../../../../src/kubernetes/api.ts';
import type { Renewal } from '../../../../src/kubernetes/heartbeat.ts';
import type { Departure } from '../../../../src/kubernetes/store.ts';
import type { AnyObject } from '../../../../src/source/cluster/resources.ts';
import type { Listeners } from '../../../../src/source/cluster/setting.ts';
import { ClusterSource } from '../../../../src/source/cluster/source.ts';
import { API_VERSION } from '../../../../src/api/user.ts';
import { FakeClock } from '../../controller/fake-clock.ts';
import { policy } from '../../sections/build.ts';

const signal = new AbortController().signal;

export function user(name: string, more: { spec?: object; meta?: object; status?: object } = {}): AnyObject {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name, uid: `uid-${name}`, generation: 1, ...more.meta },
    spec: { workstation: 'devvm', authentikUser: name, k8sUser: name, tier: 'power-user', ...more.spec },
    ...(more.status === undefined ? {} : { status: more.status }),
  } as AnyObject;
}

export const devvm = {
  apiVersion: API_VERSION,
  kind: 'Workstation',
  metadata: { name: 'devvm', uid: 'w', generation: 1 },
  spec: policy(),
} as unknown as AnyObject;

/** A collection in memory whose watch and list say what a test wants. */
class Collection {
  readonly objects = new Map<string, AnyObject>();
  readonly departures = new Map<string, Departure<AnyObject>>();
  hasSynced = false;
  /** How often it was told that the history went back. */
  setBacks = 0;
  readonly version = '1';
  readonly #synced = Promise.withResolvers<void>();

  sync(...objects: AnyObject[]): void {
    for (const object of objects) this.objects.set(object.metadata.name, object);
    this.hasSynced = true;
    this.#synced.resolve();
  }
  setBack(): void {
    this.setBacks += 1;
  }
  synced(): Promise<void> {
    return this.#synced.promise;
  }
  get(name: string): AnyObject | undefined {
    return this.objects.get(name);
  }
  list(): AnyObject[] {
    return [...this.objects.values()];
  }
  departed(name: string): Departure<AnyObject> | undefined {
    return this.departures.get(name);
  }
}

export function stage(files = new Map<string, string>()) {
  const users = new Collection();
  const workstations = new Collection();
  const clock = new FakeClock();
  /** What a GET answers; an absent name is 404. */
  const server = new Map<string, AnyObject | ApiError>();
  /** What an answer about somebody waits for. */
  const delays = new Map<string, Promise<void>>();
  const said: string[] = [];
  const heartbeat: { renewal: Renewal | undefined } = { renewal: { uid: 'lease', resourceVersion: '7' } };
  const lease = { confirm: () => Promise.resolve() };
  let listeners: Listeners | undefined;
  let changes = 0;
  const source = new ClusterSource({
    name: 'devvm',
    claim: () => lease.confirm(),
    heartbeat,
    api: {
      async get(_resource: unknown, name: string) {
        const found = server.get(name);
        await delays.get(name);
        if (found instanceof ApiError) throw found;
        return found;
      },
    } as unknown as Api,
    follow(heard) {
      listeners = heard;
      return { users, workstations };
    },
    files: { read: (path) => files.get(path), write: (path, text) => void files.set(path, text) },
    stateDirectory: '/var/lib/workstation',
    directory: '/etc/workstation',
    logger: { log: (_level, message) => void said.push(message), with: () => ({}) as never },
    clock,
  });
  return {
    source,
    users,
    workstations,
    clock,
    server,
    files,
    heartbeat,
    /** What happens when the server is asked whether it knows what it agreed to. */
    lease,
    said,
    changes: () => changes,
    delay: (name: string, until: Promise<void>) => void delays.set(name, until),
    start: () => source.start(() => (changes += 1), signal),
    /** Something changed in the collections: what follows of it is waited for. */
    async change(work: () => void) {
      work();
      listeners?.onUser('any');
      clock.advance(10);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
    trouble: (trouble: ApiError | undefined) => listeners?.onTrouble(trouble),
    names: () => source.current?.users.map(({ metadata }) => metadata.name),
  };
}

export async function synced(...people: AnyObject[]): Promise<ReturnType<typeof stage>> {
  const it = stage();
  it.workstations.sync(devvm);
  it.users.sync(...people);
  for (const person of people) it.server.set(person.metadata.name, person);
  await it.start();
  return it;
}
