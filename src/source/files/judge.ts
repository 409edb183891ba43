/**
 * What was read, against the last good state: what may be taken of it, and what not. The people and the policy are judged
 * apart, so that a slip in one of them holds nobody back who is declared in the other.
 */
import { createHash } from 'node:crypto';
import type { Problem } from '../../api/text/problem.ts';
import type { DeclaredState, SourceTrouble } from '../source.ts';
import { mayBeHalf, type Sizes } from './half.ts';
import { type Input, interpret, type KnownPolicies } from './load.ts';
import type { Reading } from './read.ts';
import { type People, withUnsound } from './people.ts';
import { messageOf } from './refused.ts';

export type Policy = DeclaredState['workstation'];

/** The last good people and policy; each is absent until there has been a good one. */
export interface Good {
  readonly people?: People;
  readonly policy?: Policy;
}

export interface Judgement {
  /** What holds from now on: what is new and sound, and the last good of the rest. */
  readonly good: Good;
  /** Why something of what was read could not be taken. */
  readonly trouble?: SourceTrouble;
  /** Whether a writer may be in the middle of it. Then it must stand still before it is believed. */
  readonly mayBeHalf: boolean;
  readonly warnings: readonly Problem[];
}

/** Where desired state is, as an administrator names it. */
export interface FilePaths {
  /** Rosters, manifests, and folders of them. */
  readonly roster: readonly string[];
  /** The policy, where the roster's paths do not hold it. */
  readonly workstation?: string;
  /** Which Workstation to take where several are declared. */
  readonly workstationName?: string;
}

/** What is remembered of the reading before. */
export interface Before {
  /** Of the files when they were last believed. */
  readonly sizes: Sizes;
  /** Brought up to date. */
  readonly policies?: KnownPolicies;
}

export function judge(reading: Reading, last: Good, paths: FilePaths, before: Before): Judgement {
  const input = interpret(reading, paths.workstationName, before.policies);
  const policy = judgePolicy(reading, input, paths);
  const people = judgePeople(reading, input, paths, last.people);
  const good = { ...last, ...pick('people', people), ...pick('policy', policy) };
  const trouble = joined([people, policy].flatMap((half) => ('trouble' in half ? [half.trouble] : [])));
  return {
    good,
    ...(trouble === undefined ? {} : { trouble }),
    mayBeHalf: trouble !== undefined || mayBeHalf(reading, before.sizes, good.people, last.people),
    warnings: input.warnings.filter(({ file }) => !isSilent(input, file)),
  };
}

type Half<T> = { readonly sound: T } | { readonly trouble: SourceTrouble };

function pick<K extends string, T>(key: K, half: Half<T>): { [P in K]?: T } {
  return ('sound' in half ? { [key]: half.sound } : {}) as { [P in K]?: T };
}

function judgePeople(
  reading: Reading,
  input: Input,
  paths: FilePaths,
  last: People | undefined,
): Half<People> {
  const concerned = (problems: readonly Problem[]) =>
    problems.filter(({ file, about }) => about === undefined && !isPolicyFile(file, paths));
  const unreadable = concerned(reading.problems);
  if (unreadable.length > 0) return troubleOf('RosterUnreadable', messageOf(unreadable));
  const invalid = concerned(input.problems);
  if (invalid.length > 0) return troubleOf('RosterInvalid', messageOf(invalid));
  const silent = input.sayings.find(({ file, kind }) => kind === 'nothing' && !isPolicyFile(file, paths));
  const isEmpty = input.users.length === 0 && input.refused.length === 0;
  if (silent !== undefined || (isEmpty && !input.sayings.some(({ kind }) => kind === 'nobody'))) {
    return troubleOf('RosterEmpty', emptySentence(silent?.file ?? paths.roster.join(', ')));
  }
  return { sound: withUnsound(input, last) };
}

function emptySentence(file: string): string {
  return `${file}: found nobody, and nothing that says so: write "users: {}" where nobody is meant`;
}

function judgePolicy(reading: Reading, input: Input, paths: FilePaths): Half<Policy> {
  const concerned = (problems: readonly Problem[]) =>
    problems.filter(({ file, about }) => about?.kind === 'workstation' || isPolicyFile(file, paths));
  const unreadable = concerned(reading.problems);
  if (unreadable.length > 0) return troubleOf('WorkstationUnreadable', messageOf(unreadable));
  const invalid = concerned(input.problems);
  if (invalid.length > 0) return troubleOf('WorkstationInvalid', messageOf(invalid));
  if (input.workstation === undefined) {
    const where = paths.workstation ?? paths.roster.join(', ');
    return troubleOf('WorkstationMissing', `${where}: found no Workstation: declare the machine's policy`);
  }
  const { object, directory } = input.workstation;
  return { sound: { object, directory } };
}

function troubleOf(reason: string, message: string): { trouble: SourceTrouble } {
  return { trouble: { reason, message } };
}

function joined([first, second]: readonly SourceTrouble[]): SourceTrouble | undefined {
  return first && second ? { ...first, message: `${first.message}; ${second.message}` } : first;
}

function isPolicyFile(file: string, { workstation }: FilePaths): boolean {
  return workstation !== undefined && (file === workstation || file.startsWith(`${workstation}/`));
}

function isSilent({ sayings }: Input, file: string): boolean {
  return sayings.some((saying) => saying.file === file && saying.kind === 'nothing');
}

/** The state of two good halves; undefined while one is missing. */
export function stateOf({ people, policy }: Good): DeclaredState | undefined {
  if (people === undefined || policy === undefined) return undefined;
  const declared = { ...people, workstation: policy };
  return {
    ...declared,
    revision: createHash('sha256').update(JSON.stringify(declared)).digest('hex'),
  };
}
