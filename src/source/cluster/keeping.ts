/** The objects of a machine as a text that outlives the program: what is declared, and who is barred. */
import { isMapping, parseJson } from '../../api/text/json.ts';
import type { Renewal } from '../../kubernetes/heartbeat.ts';
import type { AnyObject } from './resources.ts';
import type { Objects } from './state.ts';

const VERSION = 1;

export interface KeptObjects extends Objects {
  /** The version of the server's history that they were first seen at; undefined where it is not known. */
  readonly seenAt?: string | undefined;
  /** What the server had agreed to by then. */
  readonly renewal?: Renewal | undefined;
  /** Names of users whom the server has lost since, though nobody deleted them. */
  readonly lost: readonly string[];
}

export function printKept(objects: KeptObjects): string {
  return `${JSON.stringify({ version: VERSION, ...objects, users: objects.users.map(declaredOf) })}\n`;
}

/** What is reported changes often, and is nothing that was declared; but nobody is served who was refused. */
function declaredOf({ status, metadata, ...object }: AnyObject): AnyObject {
  const { name, uid, generation, creationTimestamp, deletionTimestamp } = metadata;
  const conditions = status?.conditions?.filter(({ type }) => type === 'Accepted') ?? [];
  return {
    ...object,
    metadata: {
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(generation === undefined ? {} : { generation }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    ...(conditions.length === 0 ? {} : { status: { conditions } }),
  };
}

/** It is the program's own file, only root's; what is of another version is left out. */
export function parseKept(text: string | undefined): KeptObjects | undefined {
  const kept = text === undefined ? undefined : parseJson(text);
  if (!isMapping(kept) || kept['version'] !== VERSION) return undefined;
  const { users, workstation, seenAt, renewal, lost } = kept;
  const isObject = (value: unknown) => isMapping(value) && isMapping(value['metadata']);
  if (!Array.isArray(users) || !users.every(isObject) || !isObject(workstation)) return undefined;
  return {
    users: users as AnyObject[],
    workstation: workstation as AnyObject,
    seenAt: typeof seenAt === 'string' ? seenAt : undefined,
    renewal: isMapping(renewal) ? renewal : undefined,
    lost: Array.isArray(lost) ? lost.map(String) : [],
  };
}
