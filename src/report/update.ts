/** What the state is after a pass: pure, so that what did not change is equal and nothing is written. */
import { mergeConditions, type Condition, type ConditionType, type Finding } from '../api/conditions.ts';
import { MOST_HELD } from '../api/status.ts';
import { API_VERSION, osUserOf, type WorkstationUser } from '../api/user.ts';
import type { RecordedMeta, RecordedUser, State, WorkstationStatus } from './record.ts';

/** One person after a pass. */
export interface UserReport {
  readonly user: WorkstationUser;
  readonly uid?: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Conditions that this pass did something for; an informational one that it did not keeps what was said last. */
  readonly acted: ReadonlySet<ConditionType>;
}

export interface PassReport {
  readonly workstation: string;
  /** A digest of the policy, where the pass was about everybody. */
  readonly policy?: string;
  /** Of the policy that is reported on, where an API server counts them. */
  readonly generation?: number;
  readonly services: readonly string[];
  /** What the machine is, where somebody has looked. */
  readonly facts?: Pick<WorkstationStatus, 'capacity' | 'versions'>;
  readonly users: readonly UserReport[];
  /** OS users whose removal waits for an approval. */
  readonly heldRemovals?: readonly string[];
  /** What is said of the machine as a whole: MachineReady, and what an agent knows beside it. */
  readonly machine: readonly Finding[];
  /** metadata.name of everybody who is declared, also of those this pass was not about. */
  readonly declared: ReadonlySet<string>;
}

export function afterPass(state: State, report: PassReport, now: Date): State {
  const updated = report.users.map((user) => recordOfUser(state.users[user.user.metadata.name], user, now));
  const users: Record<string, RecordedUser> = { ...state.users };
  for (const user of updated) users[user.metadata.name] = user;
  for (const [name, user] of Object.entries(users)) {
    if (!report.declared.has(name)) users[name] = notDeclared(user, now);
  }
  return {
    ...state,
    ...(report.policy === undefined ? {} : { policy: report.policy }),
    users,
    workstation: recordOfWorkstation(state.workstation, report, Object.values(users), now),
    ...locksAfter(state, report.users, now),
  };
}

/** OS users whom this program has locked, by a cut or because they were suspended, and has not let in again. */
export function lockedByUs({ cuts, suspended }: State): ReadonlySet<string> {
  const cut = Object.values(cuts).filter(({ locked }) => locked);
  return new Set([...cut.map(({ osUser }) => osUser), ...Object.keys(suspended)]);
}

/** A lock or cut stays recorded until the account is seen to be as it should, with the person let in again. */
export function locksAfter(
  { cuts, suspended }: Pick<State, 'cuts' | 'suspended'>,
  reports: readonly UserReport[],
  now: Date,
): Pick<State, 'cuts' | 'suspended'> {
  const locks = { cuts: { ...cuts }, suspended: { ...suspended } };
  for (const { user, findings } of reports) {
    const osUser = osUserOf(user);
    const isAsItShould = findings.some(({ type, status }) => type === 'AccountReady' && status === 'True');
    if (isAsItShould && !user.spec.suspended) {
      delete locks.suspended[osUser];
      delete locks.cuts[osUser];
    } else if (!isStalled(findings)) {
      locks.cuts = { ...undoing(locks.cuts, [osUser]) };
    }
    if (user.spec.suspended) locks.suspended[osUser] ??= withoutFraction(now);
  }
  return locks;
}

/** The cuts, where passes for these OS users have begun. */
export function undoing(cuts: State['cuts'], osUsers: Iterable<string>): State['cuts'] {
  const marked = [...osUsers].flatMap((osUser) => {
    const cut = cuts[osUser];
    return cut === undefined || cut.undoing ? [] : [[osUser, { ...cut, undoing: true }] as const];
  });
  return marked.length === 0 ? cuts : { ...cuts, ...Object.fromEntries(marked) };
}

export function recordOfUser(
  before: RecordedUser | undefined,
  { user, uid, ports, findings, acted }: UserReport,
  now: Date,
): RecordedUser {
  const metadata = metaOf(before, user, now);
  const old = before?.status.conditions ?? [];
  // Whoever is stalled still has what earlier passes gave them.
  const had = isStalled(findings) ? before?.status : undefined;
  const account = uid ?? had?.uid;
  const fresh = mergeConditions(old, findings, now, metadata.generation);
  const conditions = fresh.map((condition) => {
    const said = old.find(({ type }) => type === condition.type);
    return condition.type === 'CodeFresh' && said && !acted.has('CodeFresh') ? said : condition;
  });
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata,
    spec: user.spec,
    status: {
      observedGeneration: metadata.generation,
      osUser: osUserOf(user),
      ...(account === undefined ? {} : { uid: account }),
      ports: had?.ports ?? ports,
      conditions,
    },
  };
}

/** For whom nothing is done until the declaration changes: no pass looked at them. */
function isStalled(findings: readonly Finding[]): boolean {
  return findings.some(({ type, status }) => type === 'Accepted' && status === 'False');
}

/** The API server counts changes itself; what comes from files is counted here. */
function metaOf(
  before: RecordedUser | undefined,
  { metadata, spec }: WorkstationUser,
  now: Date,
): RecordedMeta {
  const { name, uid, generation, creationTimestamp = withoutFraction(now) } = metadata;
  if (generation !== undefined)
    return { name, ...(uid === undefined ? {} : { uid }), generation, creationTimestamp };
  if (before === undefined) return { name, generation: 1, creationTimestamp: withoutFraction(now) };
  const isSame = JSON.stringify(before.spec) === JSON.stringify(spec);
  return isSame ? before.metadata : { ...before.metadata, generation: before.metadata.generation + 1 };
}

/** Whoever is declared no more is shown until the cut is made. */
export function notDeclared(user: RecordedUser, now: Date): RecordedUser {
  const finding: Finding = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NotDeclared',
    message:
      'declared no more, and the machine still holds the account: run apply --prune or offboard, or declare it again',
  };
  return {
    ...user,
    status: { ...user.status, conditions: mergeConditions(user.status.conditions, [finding], now) },
  };
}

export function recordOfWorkstation(
  before: State['workstation'],
  {
    workstation,
    generation,
    services,
    facts,
    machine,
    heldRemovals = [],
  }: Pick<PassReport, 'workstation' | 'generation' | 'services' | 'facts' | 'machine' | 'heldRemovals'>,
  users: readonly RecordedUser[],
  now: Date,
): NonNullable<State['workstation']> {
  const known =
    before?.metadata.name === workstation
      ? before.metadata
      : { name: workstation, generation: 1, creationTimestamp: withoutFraction(now) };
  const metadata = { ...known, generation: generation ?? known.generation };
  const ready = users.filter(({ status }) => isReady(status.conditions)).length;
  return {
    apiVersion: API_VERSION,
    kind: 'Workstation',
    metadata,
    status: {
      observedGeneration: metadata.generation,
      users: { total: users.length, ready },
      services,
      ...facts,
      ...(heldRemovals.length === 0 ? {} : { heldRemovals: heldRemovals.slice(0, MOST_HELD) }),
      conditions: mergeConditions(
        before?.status.conditions ?? [],
        [summaryOf(machine), ...machine],
        now,
        metadata.generation,
      ),
    },
  };
}

/** Ready unless something is not; what is not ready is told first. */
function summaryOf(machine: readonly Finding[]): Finding {
  const bad = machine.filter(({ type, status }) => status === (ABNORMAL.has(type) ? 'True' : 'False'));
  const [first] = bad.length > 0 ? bad : machine;
  if (first === undefined) return { type: 'Ready', status: 'Unknown', reason: 'NotLookedAt', message: '' };
  const message = bad.length > 1 ? bad.map((finding) => finding.message).join('; ') : first.message;
  return { type: 'Ready', status: bad.length > 0 ? 'False' : 'True', reason: first.reason, message };
}

/** Conditions that are present, and True, only while something is not as it should be. */
const ABNORMAL: ReadonlySet<ConditionType> = new Set(['RemovalsPaused']);

export function isReady(conditions: readonly Condition[]): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function withoutFraction(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
