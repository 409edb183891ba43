/** From the objects of one machine to what is declared: who is sound, who is not, who leaves. */
import { createHash } from 'node:crypto';
import { APPROVE_REMOVALS, parseApproval } from '../../api/approval.ts';
import { AccountName } from '../../api/primitives.ts';
import { osUserOf, WorkstationUser } from '../../api/user.ts';
import { checkWorkstation } from '../../api/workstation/check.ts';
import { Workstation } from '../../api/workstation/index.ts';
import type { DeclaredState, Unsound } from '../source.ts';
import type { AnyObject } from './resources.ts';

export interface Objects {
  readonly users: readonly AnyObject[];
  readonly workstation: AnyObject;
}

/** A Workstation that cannot be carried out leaves what was declared before. */
export type Interpreted =
  | { readonly kind: 'state'; readonly state: DeclaredState }
  | { readonly kind: 'invalid'; readonly message: string };

/** @param directory where relative sources of the policy start */
export function interpret({ users, workstation }: Objects, directory: string): Interpreted {
  const policy = policyOf(workstation);
  if (typeof policy === 'string') return { kind: 'invalid', message: policy };
  const staying = users.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const sound = staying.flatMap((object) => checked(object).data ?? []);
  return {
    kind: 'state',
    state: {
      users: sound,
      unsound: staying.flatMap((object) => (checked(object).success ? [] : [unsoundOf(object)])),
      barred: staying.flatMap(barredBy),
      leaving: users.filter((user) => !staying.includes(user)).map(leaverOf),
      workstation: { object: policy, directory },
      ...approvalOf(workstation),
      revision: revisionOf(users, workstation),
    },
  };
}

/** Objects are never changed in place: each is checked once. */
const known = new WeakMap<AnyObject, ReturnType<typeof WorkstationUser.safeParse>>();

function checked(object: AnyObject): ReturnType<typeof WorkstationUser.safeParse> {
  const before = known.get(object);
  if (before !== undefined) return before;
  const found = WorkstationUser.safeParse(object);
  known.set(object, found);
  return found;
}

function policyOf(workstation: AnyObject): Workstation | string {
  const attempt = `read the Workstation ${workstation.metadata.name}`;
  const { success, data, error } = Workstation.safeParse(workstation);
  if (!success) return `${attempt}: ${firstOf(error.issues)}`;
  const [finding] = checkWorkstation(data.spec);
  if (finding === undefined) return data;
  return `${attempt}: spec.${finding.path.join('.')}: ${finding.message}`;
}

function firstOf(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  const [issue] = issues;
  return issue === undefined ? 'it is not valid' : `${issue.path.map(String).join('.')}: ${issue.message}`;
}

/** The API server checks objects; what it let through was written for another version of the program. */
function unsoundOf(object: AnyObject): Unsound {
  const { name } = object.metadata;
  const { error } = checked(object);
  return {
    name,
    osUser: accountOf(object),
    reason: 'Invalid',
    message: `read the WorkstationUser ${name}: ${firstOf(error?.issues ?? [])}`,
  };
}

function approvalOf({ metadata }: AnyObject): Pick<DeclaredState, 'approval'> {
  const text = metadata.annotations?.[APPROVE_REMOVALS];
  return text === undefined ? {} : { approval: parseApproval(text) };
}

function barredBy({ metadata, status }: AnyObject): Unsound[] {
  const accepted = status?.conditions?.find(({ type }) => type === 'Accepted');
  if (accepted?.status !== 'False') return [];
  return [{ name: metadata.name, reason: accepted.reason, message: accepted.message }];
}

function leaverOf(object: AnyObject): { name: string; osUser: string } {
  const { data } = checked(object);
  return { name: object.metadata.name, osUser: data === undefined ? accountOf(object) : osUserOf(data) };
}

function accountOf({ metadata, spec }: AnyObject): string {
  const { data } = AccountName.safeParse(spec?.['osUser']);
  return data ?? metadata.name;
}

/** Changes with what is declared, and not with what is reported. */
function revisionOf(users: readonly AnyObject[], workstation: AnyObject): string {
  const hash = createHash('sha256');
  for (const { metadata } of [workstation, ...users]) {
    const { uid, generation, deletionTimestamp = '' } = metadata;
    hash.update(`${uid} ${generation} ${deletionTimestamp}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}
