/** Files in the home. What is the person's own stays the person's own: see the policies in the API. */
import { selects, type HomeFile } from '../api/workstation/index.ts';
import type { HomeAction } from './action.ts';
import { at, expandFor, inHome, joined, NOTHING, octal, onlyTrouble, refused, waiting } from './common.ts';
import { inTheWay } from './existing.ts';
import type { Entry, Probe } from './facts.ts';
import { memberOf } from './json.ts';
import type { Facts, Person, Section, SectionPlan, Trouble } from './section.ts';

export const files: Section = {
  name: 'files',
  condition: 'FilesReady',
  applies: (person) => filesOf(person).length > 0,
  probes(person) {
    const declared = filesOf(person);
    return {
      home: declared.flatMap((file) => homeProbes(person, file)),
      sources: declared.flatMap((file) =>
        [file.source, file.sourceJSON?.path].filter((path) => path !== undefined),
      ),
    };
  },
  plan: (person, facts) => joined(filesOf(person).map((file) => planFile(person, facts, file))),
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
  if (file.onlyIfDirectory !== undefined) {
    if (at(facts.home, inHome(person, file.onlyIfDirectory)).kind !== 'directory') return NOTHING;
  }
  const path = inHome(person, file.path);
  const entry = at(facts.home, path);
  if (file.policy === 'Absent') return remove(file, path, entry);
  if (file.policy === 'IfAbsent' && (entry.kind === 'file' || entry.kind === 'symlink')) return NOTHING;
  if (entry.kind !== 'file' && entry.kind !== 'absent')
    return onlyTrouble(inTheWay(`write ${file.name}`, path, entry));
  if (isOwn(file, entry)) return NOTHING;
  const wanted = contentOf(person, facts, file);
  if (typeof wanted !== 'string') return wanted === undefined ? NOTHING : onlyTrouble(wanted);
  return write(file, path, entry, wanted);
}

function remove(file: HomeFile, path: string, entry: Entry): SectionPlan {
  if (entry.kind === 'absent') return NOTHING;
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
  const text = sourceText(facts, file, file.sourceJSON.path);
  if (typeof text !== 'string') return file.policy === 'IfMarked' ? undefined : text;
  const member = memberOf(text, file.sourceJSON.pointer);
  if (member.kind === 'invalid') {
    return waiting(
      'SourceInvalid',
      `write ${file.name}: ${file.sourceJSON.path} is no valid JSON: correct it`,
    );
  }
  if (member.kind === 'absent' || typeof member.value !== 'string') return undefined;
  return `${head}${member.value}\n`;
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
  if (entry.kind === 'file')
    return waiting('SourceInvalid', `write ${file.name}: its source ${source} is not UTF-8 text`);
  return { ...inTheWay(`read the source of ${file.name}`, source, entry), kind: 'Waiting' };
}

function write(
  file: HomeFile,
  path: string,
  entry: Entry & { kind: 'file' | 'absent' },
  content: string,
): SectionPlan {
  const mode = octal(file.mode);
  if (entry.kind === 'file') {
    if (entry.text === content) {
      return entry.mode === mode ? NOTHING : { ...NOTHING, actions: [{ kind: 'set-mode', path, mode }] };
    }
    if (entry.text === undefined) {
      return onlyTrouble(refused('NotText', `write ${file.name}: ${path} is not UTF-8 text: move it away`));
    }
    if (entry.links > 1) {
      return onlyTrouble(
        refused(
          'HardLink',
          `write ${file.name}: ${path} has ${entry.links} hard links: replace it by a copy`,
        ),
      );
    }
  }
  const action: HomeAction = {
    kind: 'write-file',
    path,
    content,
    mode,
    directoryMode: octal(file.directoryMode),
    before: entry.kind === 'absent' ? { kind: 'absent' } : { kind: 'text', text: entry.text ?? '' },
    sensitive: file.sensitive,
  };
  return { ...NOTHING, actions: [action] };
}
