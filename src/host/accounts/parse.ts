/**
 * The account databases as text: passwd(5), group(5), shadow(5), subuid(5). Pure.
 *
 * Lines of NIS (`+`, `-`), comments and empty lines are skipped, as the C library does. A line that is broken is kept
 * apart and reported; the others still count.
 */

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export interface ShadowEntry {
  readonly name: string;
  /** A hash; with `!` or `*` before it, or only that, no password fits. Empty: none is needed. */
  readonly password: string;
  /** Days after the password's expiry until the account is disabled. */
  readonly inactive?: number;
  /** Days since 1970. */
  readonly expires?: number;
}

/** A range of subordinate ids. The owner is a name, or a uid in digits. */
export interface SubidEntry {
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

export interface Table<Entry> {
  readonly entries: readonly Entry[];
  /** Numbers of the lines that could not be read, the first line being 1. */
  readonly broken: readonly number[];
}

type Parse<Entry> = (fields: readonly string[]) => Entry | undefined;

export const parsePasswd = (text: string): Table<PasswdEntry> => parse(text, 7, passwdEntry);
export const parseGroup = (text: string): Table<GroupEntry> => parse(text, 4, groupEntry);
export const parseShadow = (text: string): Table<ShadowEntry> => parse(text, 9, shadowEntry);
export const parseSubid = (text: string): Table<SubidEntry> => parse(text, 3, subidEntry);

function parse<Entry>(text: string, width: number, toEntry: Parse<Entry>): Table<Entry> {
  const entries: Entry[] = [];
  const broken: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:$|[#+-])/.test(line)) continue;
    const fields = line.split(':');
    const entry = fields.length === width && fields[0] !== '' ? toEntry(fields) : undefined;
    if (entry === undefined) broken.push(index + 1);
    else entries.push(entry);
  }
  return { entries, broken };
}

const passwdEntry: Parse<PasswdEntry> = ([
  name = '',
  ,
  uidText,
  gidText,
  gecos = '',
  home = '',
  shell = '',
]) => {
  const [uid, gid] = [id(uidText), id(gidText)];
  // An empty shell means this one, see passwd(5).
  return uid === undefined || gid === undefined
    ? undefined
    : { name, uid, gid, gecos, home, shell: shell === '' ? '/bin/sh' : shell };
};

const groupEntry: Parse<GroupEntry> = ([name = '', , gidText, members = '']) => {
  const gid = id(gidText);
  return gid === undefined
    ? undefined
    : { name, gid, members: members.split(',').filter((each) => each !== '') };
};

const shadowEntry: Parse<ShadowEntry> = ([
  name = '',
  password = '',
  ,
  ,
  ,
  ,
  inactiveText = '',
  expiresText = '',
]) => {
  const [inactive, expires] = [days(inactiveText), days(expiresText)];
  if (Number.isNaN(inactive) || Number.isNaN(expires)) return undefined;
  return {
    name,
    password,
    ...(inactive !== undefined && { inactive }),
    ...(expires !== undefined && { expires }),
  };
};

const subidEntry: Parse<SubidEntry> = ([owner = '', firstText, countText]) => {
  const [first, count] = [id(firstText), id(countText)];
  return first === undefined || count === undefined ? undefined : { owner, first, count };
};

/** The kernel takes -1, that is 2^32 - 1, for "unchanged": it is nobody's id. */
function id(text = ''): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) < 0xff_ff_ff_ff ? Number(text) : undefined;
}

/** Undefined for an empty field or -1, which both say "never"; NaN for what is no number. */
function days(text: string): number | undefined {
  if (text === '' || text === '-1') return undefined;
  return /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}
