/**
 * Directories on the way to what is declared in a home belong to the person. One that root has made, as older programs
 * did, keeps the person from writing beside what is declared.
 */
import { NOTHING } from './common.ts';
import { files } from './files.ts';
import { kubeconfig } from './kubeconfig.ts';
import { secrets } from './secrets.ts';
import { commands } from './commands.ts';
import type { Person, Section } from './section.ts';
import { settings } from './settings.ts';

/** The sections that declare paths in a home. Clones are git's, and made whole by the person. */
const DECLARING = [kubeconfig, files, settings, secrets, commands];

export const parents: Section = {
  name: 'parents',
  condition: 'FilesReady',
  applies: (person) => DECLARING.some((section) => section.applies(person)),
  probes: (person) => ({ home: parentsOf(person).map((path) => ({ path, read: 'stat' })) }),
  plan(person, facts) {
    if (facts.account === undefined) return NOTHING;
    const taken = parentsOf(person).filter((path) => {
      const entry = facts.home.get(path);
      return entry?.kind === 'directory' && entry.uid === 0;
    });
    return { ...NOTHING, actions: taken.map((path) => ({ kind: 'give-directory', path })) };
  },
};

const known = new WeakMap<Person, string[]>();

/** Every directory between the home and a declared path, outer ones first, each once; the same for one person. */
function parentsOf(person: Person): readonly string[] {
  const found = known.get(person) ?? above(person);
  known.set(person, found);
  return found;
}

function above(person: Person): string[] {
  const declared = DECLARING.filter((section) => section.applies(person)).flatMap(
    (section) => section.probes(person).home ?? [],
  );
  const directories = new Set<string>();
  for (const { path } of declared) {
    for (let end = path.lastIndexOf('/'); end > person.home.length; end = path.lastIndexOf('/', end - 1))
      directories.add(path.slice(0, end));
  }
  return [...directories].sort();
}
