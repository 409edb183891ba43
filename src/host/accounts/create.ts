/** Makes a new account, and finishes one that a killed useradd left. */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountAction } from '../../sections/action.ts';
import { rootOf } from '../programs/reach.ts';
import type { Accounts } from './database.ts';
import { nextSubids } from './defaults.ts';
import { foundAtHome, homeBase, makeHome } from './home.ts';
import { newcomerId, readDefaults } from './ids.ts';
import { parseSubid } from './parse.ts';
import type { PasswdEntry } from './parse.ts';
import { FIRST_PERSON } from './refusals.ts';
import { runTool } from './shadow-utils.ts';

export type Creation = Extract<AccountAction, { kind: 'create-account' }>;
export type Completion = Extract<AccountAction, { kind: 'complete-account' }>;

/** The home comes last: while it is missing, everything else that is missing is looked for, too. */
export async function createAccount(
  accounts: Accounts,
  name: string,
  wanted: Creation,
  reserved: Iterable<number>,
): Promise<void> {
  const { reach } = accounts;
  const { home, homeMode: mode, shell } = wanted;
  const attempt = `creating account ${name}`;
  refuseCreation(accounts, name, wanted, attempt);
  const group = ownGroup(accounts, name, attempt);
  const uid = await newcomerId(accounts, homeBase(reach, home), reserved);
  const existing = wanted.groups.filter((each) => accounts.groups().has(each));
  const groups = existing.length > 0 ? [`--groups=${existing.join(',')}`] : [];
  const identity = [`--uid=${uid}`, ...group, ...groups, `--shell=${shell}`, `--home-dir=${home}`];
  await runTool(reach, 'useradd', ['--no-create-home', ...identity, '--', name], attempt);
  const { gid } = accounts.passwd(name) ?? { gid: uid };
  makeHome(reach, { path: home, uid, gid, mode });
}

/** useradd would only warn of a missing shell, and would take a home that exists for the newcomer's. */
function refuseCreation(accounts: Accounts, name: string, { home, shell }: Creation, attempt: string): void {
  const { reach } = accounts;
  if (accounts.passwd(name) !== undefined) throw new Error(`${attempt}: it exists already`);
  if (lstatSync(join(`${rootOf(reach)}/`, shell), { throwIfNoEntry: false }) === undefined) {
    throw new Error(`${attempt}: there is no shell ${shell} on the machine, install it or choose another`);
  }
  if (foundAtHome(reach, home) !== undefined) {
    throw new Error(`${attempt}: ${home} exists already and may be a departed person's, move it away`);
  }
}

/** A group of the person's name is theirs only if nobody else gets anything by it. */
function ownGroup(accounts: Accounts, name: string, attempt: string): string[] {
  const refuse = (found: string) => new Error(`${attempt}: group ${name} ${found}`);
  const group = accounts.group(name);
  if (group === undefined) return ['--user-group'];
  const user = accounts.all().find(({ gid }) => gid === group.gid)?.name ?? group.members[0];
  if (group.gid < FIRST_PERSON) throw refuse('is a system group, choose another osUser');
  if (user !== undefined) throw refuse(`is in use by ${user}, rename that group`);
  return [`--gid=${group.gid}`];
}

/** Does whatever of the action is still to be done. */
export async function completeAccount(
  accounts: Accounts,
  name: string,
  { home, homeMode: mode }: Completion,
) {
  const attempt = `completing account ${name}`;
  const entry = accounts.passwd(name);
  if (entry === undefined) throw new Error(`${attempt}: there is no such account`);
  if (entry.home !== home) {
    throw new Error(`${attempt}: its home is ${entry.home} and not ${home}, change it with usermod --home`);
  }
  // The rest of an account that a name service keeps is there, and is that service's to change.
  if (!accounts.isRemote(name)) await completeEntries(accounts, entry, attempt);
  makeHome(accounts.reach, { path: home, uid: entry.uid, gid: entry.gid, mode });
}

async function completeEntries(accounts: Accounts, { name, gid }: PasswdEntry, attempt: string) {
  if (accounts.groupOfId(gid) === undefined) {
    await runTool(accounts.reach, 'groupadd', [`--gid=${gid}`, '--', name], attempt);
  }
  if (accounts.get(name)?.password === 'missing') {
    const locked = ['--password=!', '--expiredate='];
    await runTool(accounts.reach, 'usermod', [...locked, '--', name], attempt);
  }
  const ranges = missingSubids(accounts, name);
  if (ranges.length > 0) await runTool(accounts.reach, 'usermod', [...ranges, '--', name], attempt);
}

/** As useradd: only where the file exists, and only for who has none. */
function missingSubids({ reach }: Accounts, name: string): string[] {
  const { subuids, subgids } = readDefaults(reach);
  const kinds = [
    { file: 'subuid', option: '--add-subuids', limits: subuids },
    { file: 'subgid', option: '--add-subgids', limits: subgids },
  ];
  return kinds.flatMap(({ file, option, limits }) => {
    const path = join(`${rootOf(reach)}/`, 'etc', file);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return [];
    const { entries } = parseSubid(readFileSync(path, 'utf8'));
    const range = entries.some(({ owner }) => owner === name) ? undefined : nextSubids(limits, entries);
    return range === undefined ? [] : [`${option}=${range}`];
  });
}
