/** Files in the home. What is the person's own stays the person's own: see the policies in the API. */
import { selects, type HomeFile } from '../api/workstation/index.ts';
import type { HomeAction } from './action.ts';
import { at, expandFor, hasPorts, inHome, NOTHING, octal, onlyTrouble, planEach, waiting } from './common.ts';
import { beforeOf, cannotReplace, inTheWay, unusableSource } from './existing.ts';
import type { Entry, Probe } from './facts.ts';
import { memberOf } from './json.ts';
import type { Facts, Person, Section, SectionPlan, Trouble } from './section.ts';

export const files: Section = {
  name: 'files',
  condition: 'FilesReady',
  applies: (person) => filesOf(person).length > 0,
  probes(person) {
    const declared = filesOf(person).filter((file) => hasPorts(person, file));
    return {
      home: declared.flatMap((file) => homeProbes(person, file)),
      sources: declared.flatMap((file) =>
        [file.source, file.sourceJSON?.path].filter((path) => path !== undefined),
      ),
    };
  },
  plan: (person, facts) => planEach(person, filesOf(person), (file) => planFile(person, facts, file)),
};

function filesOf(person: Person): HomeFile[] {
  return person.policy.files.filter((file) => selects(file, person.spec.tier));
}

function homeProbes(person: Person, file: HomeFile): Probe[] {
  const read = file.policy === 'IfAbsent' || file.policy === 'Absent' ? 'stat' : 'text';
  const itself = { path: inHome(person, file.path), read } as const;
  return file.onlyIfDirectory === undefined
    ? [itself]
    : [itself, { path: inHome(person, file.onlyIfDirectory), read: 'stat' }];
}

function planFile(person: Person, facts: Facts, file: HomeFile): SectionPlan {
  const path = inHome(person, file.path);
  const entry = at(facts.home, path);
  if (file.policy === 'Absent') return remove(file, path, entry);
  const attempt = `write ${file.name}`;
  const gate = gateOf(person, facts, file);
  if (gate === 'closed') return NOTHING;
  if (gate !== 'open') return onlyTrouble(inTheWay(attempt, gate.path, gate.entry));
  if (file.policy === 'IfAbsent' && (entry.kind === 'file' || entry.kind === 'symlink')) return NOTHING;
  if (entry.kind !== 'file' && entry.kind !== 'absent') return onlyTrouble(inTheWay(attempt, path, entry));
  if (isOwn(file, entry)) return NOTHING;
  const wanted = contentOf(person, facts, file);
  if (typeof wanted !== 'string') return wanted === undefined ? NOTHING : onlyTrouble(wanted);
  return write(file, path, entry, wanted);
}

/** Whether the directory that the file depends on is there; what cannot be told apart from one is in the way. */
function gateOf(
  person: Person,
  facts: Facts,
  { onlyIfDirectory }: HomeFile,
): 'open' | 'closed' | { readonly path: string; readonly entry: Entry } {
  if (onlyIfDirectory === undefined) return 'open';
  const path = inHome(person, onlyIfDirectory);
  const entry = at(facts.home, path);
  if (entry.kind === 'directory') return 'open';
  return entry.kind === 'symlink' || entry.kind === 'blocked' ? { path, entry } : 'closed';
}

function remove(file: HomeFile, path: string, entry: Entry): SectionPlan {
  if (entry.kind === 'absent') return NOTHING;
  if (entry.kind === 'blocked' && entry.obstacle.reason === 'not-a-directory') return NOTHING;
  if (entry.kind === 'blocked') return onlyTrouble(inTheWay(`remove ${file.name}`, path, entry));
  return { ...NOTHING, actions: [{ kind: 'remove-tree', path }] };
}

/** Whether a marked file has lost its marker, and so has become the person's own. */
function isOwn(file: HomeFile, entry: Entry): boolean {
  if (file.policy !== 'IfMarked' || entry.kind !== 'file') return false;
  return !(entry.text ?? '').startsWith(file.marker ?? '');
}

/** The text a file should have; a trouble; or nothing where an optional source is missing. */
function contentOf(person: Person, facts: Facts, file: HomeFile): string | Trouble | undefined {
  if (file.source !== undefined) return sourceText(facts, file, file.source);
  const head = expandFor(person, file.content ?? '');
  if (file.sourceJSON === undefined) return head;
  const { path, pointer } = file.sourceJSON;
  const text = sourceText(facts, file, path);
  if (typeof text !== 'string') return text;
  const member = memberOf(text, pointer);
  if (member.kind === 'present' && typeof member.value === 'string') return `${head}${member.value}\n`;
  if (member.kind === 'absent' && file.optional) return undefined;
  const found =
    member.kind === 'invalid' ? `${path} is no valid JSON object` : `${path} has no text at ${pointer}`;
  return waiting('SourceInvalid', `write ${file.name}: ${found}: correct it`);
}

function sourceText(facts: Facts, file: HomeFile, source: string): string | Trouble | undefined {
  const entry = at(facts.sources, source);
  if (entry.kind === 'file' && entry.text !== undefined) return entry.text;
  if (entry.kind === 'absent' && file.optional) return undefined;
  if (entry.kind === 'absent') {
    return waiting(
      'SourceMissing',
      `write ${file.name}: its source ${source} does not exist: create it or mark the file optional`,
    );
  }
  return unusableSource(`read the source of ${file.name}`, source, entry);
}

function write(
  file: HomeFile,
  path: string,
  entry: Entry & { kind: 'file' | 'absent' },
  content: string,
): SectionPlan {
  const mode = octal(file.mode);
  if (entry.kind === 'file' && entry.text === content && entry.mode === mode) return NOTHING;
  const trouble = cannotReplace(`write ${file.name}`, path, entry);
  if (trouble !== undefined) return onlyTrouble(trouble);
  if (entry.kind === 'file' && entry.text === content) {
    return { ...NOTHING, actions: [{ kind: 'set-mode', path, mode }] };
  }
  const action: HomeAction = {
    kind: 'write-file',
    path,
    content,
    mode,
    directoryMode: octal(file.directoryMode),
    before: beforeOf(entry),
    sensitive: file.sensitive,
  };
  return { ...NOTHING, actions: [action] };
}
