/**
 * Outcomes to the API server: statuses by server-side apply, and Events.
 *
 * - One write for each outcome that differs from what the server has; what comes meanwhile is folded into the next.
 * - Each object is told its own outcome: not that of one that had its name before.
 * - What cannot be delivered is kept, the newest only, and tried again ever less often.
 * - Conditions that the controller of the cluster answers for are not the agent's to write.
 */
import { API_VERSION } from '../../api/user.ts';
import { mergeConditions } from '../../api/conditions.ts';
import { ItemExponentialFailureLimiter } from '../../controller/limiter.ts';
import { WorkQueue } from '../../controller/queue.ts';
import { startWorkers, type Outcome, type Workers } from '../../controller/workers.ts';
import { ApiError } from '../../kubernetes/api.ts';
import type { Resource } from '../../kubernetes/objects.ts';
import type { RecordedUser, RecordedWorkstation } from '../record.ts';
import type { AgentEvent, Report } from '../report.ts';
import { differs, sinceTold, superfluous } from './difference.ts';
import type { ClusterReportSetting, SeenObject } from './setting.ts';

export const FIELD_MANAGER = 'workstation-agent';

const MACHINE = 'workstation';
/** Milliseconds: many people come through at once, and each changes a count of the machine's. */
const COUNTS = 500;
/** Milliseconds between tries, and at a time. */
const RETRY = { base: 500, most: 60_000 } as const;
const WORKERS = 8;
/** What others answer for. */
const OTHERS: ReadonlySet<string> = new Set(['Accepted', 'ClusterAccessReady', 'RosterMirrored']);

/** What is said of an object. */
interface Said {
  /** Its uid, where it is known: what was said of one that is deleted does not hold for the next of its name. */
  readonly of: string | undefined;
  readonly status: object;
}

export class ClusterReport implements Report {
  readonly #setting: ClusterReportSetting;
  readonly #queue: WorkQueue;
  readonly #workers: Workers;
  /** The newest status of each user, by name. */
  readonly #users = new Map<string, Said>();
  /** Keys of what has changed since it was written. */
  readonly #changed = new Set<string>();
  #workstation: Said | undefined;

  constructor(setting: ClusterReportSetting) {
    const { clock } = setting;
    this.#setting = setting;
    this.#queue = new WorkQueue({
      clock,
      limiter: new ItemExponentialFailureLimiter(RETRY.base, RETRY.most),
    });
    this.#workers = startWorkers({
      queue: this.#queue,
      count: WORKERS,
      clock,
      reconcile: (key) => this.#deliver(key),
    });
  }

  user({ metadata, status }: RecordedUser): void {
    const conditions = status.conditions.filter(({ type }) => !OTHERS.has(type));
    this.#users.set(metadata.name, { of: metadata.uid, status: { ...status, conditions } });
    this.#change(`user/${metadata.name}`);
  }

  workstation({ status }: RecordedWorkstation): void {
    this.#workstation = { of: undefined, status };
    this.#change(MACHINE, COUNTS);
  }

  offboarded(name: string): void {
    const { now, seen } = this.#setting;
    const object = seen('user', name);
    const said = { reason: 'Offboarded', message: 'services, groups and login are gone, nothing is deleted' };
    const before = object?.status?.conditions ?? [];
    const conditions = mergeConditions(
      before,
      [
        { type: 'Ready', status: 'False', ...said },
        { type: 'Offboarded', status: 'True', ...said },
      ],
      now(),
      object?.metadata.generation,
    );
    this.#users.set(name, { of: object?.metadata.uid, status: { ...observed(object), conditions } });
    this.#change(`user/${name}`);
  }

  event({ type, reason, action, message, user, at }: AgentEvent): void {
    const { seen, recorder, name } = this.#setting;
    const [kind, about] =
      user === undefined ? (['Workstation', name] as const) : (['WorkstationUser', user] as const);
    const uid = seen(user === undefined ? 'workstation' : 'user', about)?.metadata.uid;
    const regarding = { apiVersion: API_VERSION, kind, name: about, ...(uid === undefined ? {} : { uid }) };
    recorder.record({ regarding, type, reason, action, note: message, at: Date.parse(at) });
  }

  /** The server has an object otherwise than before: what somebody else wrote over is written again. */
  seen(kind: 'user' | 'workstation', name: string): void {
    if (kind === 'workstation') {
      if (this.#workstation !== undefined) this.#queue.add(MACHINE, { after: COUNTS });
    } else if (this.#users.has(name)) {
      this.#queue.add(`user/${name}`);
    }
  }

  async close(signal: AbortSignal): Promise<void> {
    const drained = this.#queue.shutDownWithDrain();
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([drained, aborted]);
    await Promise.race([this.#workers.stop(), aborted]);
    await this.#setting.recorder.close(signal);
  }

  #change(key: string, after = 0): void {
    this.#changed.add(key);
    this.#queue.add(key, { after });
  }

  async #deliver(key: string): Promise<Outcome> {
    const { users, workstations, name, seen } = this.#setting;
    const isMachine = key === MACHINE;
    const about = isMachine ? name : key.slice('user/'.length);
    const said = isMachine ? this.#workstation : this.#users.get(about);
    const object = seen(isMachine ? 'workstation' : 'user', about);
    // Where there is none yet, or another by that name, it comes here again: once it is seen, or a pass was made for it.
    if (said === undefined || object === undefined || isAnother(object, said)) return { kind: 'done' };
    const status = sinceTold(object.status, said.status);
    if (!this.#isToWrite(key, object, status)) return { kind: 'done' };
    return this.#apply(key, isMachine ? workstations : users, object, status);
  }

  #isToWrite(key: string, object: SeenObject, status: object): boolean {
    if (differs(object.status, status)) return true;
    return this.#changed.has(key) && superfluous(object.status, status).some((type) => !OTHERS.has(type));
  }

  async #apply(key: string, resource: Resource, seen: SeenObject, status: object): Promise<Outcome> {
    const { api, logger } = this.#setting;
    const { name, uid } = seen.metadata;
    const metadata = { name, ...(uid === undefined ? {} : { uid }) };
    const object = { apiVersion: API_VERSION, kind: resource.kind, metadata, status };
    this.#changed.delete(key);
    try {
      await api.apply(resource, object, { fieldManager: FIELD_MANAGER, force: true, subresource: 'status' });
      return { kind: 'done' };
    } catch (error) {
      // It went meanwhile: there is nothing to say anything of.
      if (error instanceof ApiError && error.status === 404) {
        this.#users.delete(name);
        return { kind: 'done' };
      }
      this.#changed.add(key);
      logger.log('warning', `report on ${resource.kind} ${name}: ${(error as Error).message}`);
      return { kind: 'failed', error };
    }
  }
}

function isAnother({ metadata: { uid } }: SeenObject, { of }: Said): boolean {
  return of !== undefined && uid !== undefined && uid !== of;
}

function observed(object: SeenObject | undefined): object {
  const generation = object?.metadata.generation;
  return generation === undefined ? {} : { observedGeneration: generation };
}
