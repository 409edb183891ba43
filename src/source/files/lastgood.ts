/**
 * The last good state, kept across restarts: a roster that is broken when the agent starts takes nobody away either.
 * It is a cache of what was declared: what cannot be read of it, or is of another version, is left out.
 */
import { isMapping, parseJson } from '../../api/text/json.ts';
import { WorkstationUser } from '../../api/user.ts';
import { Workstation } from '../../api/workstation/index.ts';
import type { StateFiles } from '../../report/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { Kept } from '../kept.ts';
import type { Unsound } from '../source.ts';
import type { Good, Policy } from './judge.ts';
import type { People } from './people.ts';

const VERSION = 1;

export class LastGood {
  readonly #kept: Kept;

  /** @param directory absolute, on the machine: /var/lib/workstation by file-hierarchy(7) */
  constructor(files: StateFiles, directory: string, logger: Logger) {
    const path = `${directory}/lastgood.json`;
    this.#kept = new Kept({ files, path, what: 'the last good state', logger });
  }

  /** Nothing where nothing can be read. */
  load(): Good {
    const text = this.#kept.load();
    return text === undefined ? {} : parseGood(text);
  }

  /** Writes only what differs from what is there; after a failure the next call tries again. */
  save(good: Good): void {
    this.#kept.save(printGood(good));
  }
}

export function printGood({ people, policy }: Good): string {
  return `${JSON.stringify({ version: VERSION, people, policy })}\n`;
}

export function parseGood(text: string): Good {
  const stored = parseJson(text);
  if (!isMapping(stored) || stored['version'] !== VERSION) return {};
  const people = parsePeople(stored['people']);
  const policy = parsePolicy(stored['policy']);
  return { ...(people && { people }), ...(policy && { policy }) };
}

function parsePeople(value: unknown): People | undefined {
  if (!isMapping(value) || !Array.isArray(value['users']) || !Array.isArray(value['unsound']))
    return undefined;
  const users = value['users'].map((user) => WorkstationUser.safeParse(user));
  const sound = users.flatMap(({ data }) => data ?? []);
  const unsound: unknown[] = value['unsound'];
  return sound.length === users.length && unsound.every(isUnsound) ? { users: sound, unsound } : undefined;
}

function isUnsound(value: unknown): value is Unsound {
  if (!isMapping(value)) return false;
  const { name, osUser = '', reason, message } = value;
  return [name, osUser, reason, message].every((text) => typeof text === 'string');
}

function parsePolicy(value: unknown): Policy | undefined {
  if (!isMapping(value) || typeof value['directory'] !== 'string') return undefined;
  const { data } = Workstation.safeParse(value['object']);
  return data && { object: data, directory: value['directory'] };
}
