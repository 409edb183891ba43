/**
 * Enables and disables units of a machine that is not running, with no program but this one: by the links that
 * `systemctl --root=DIR` makes and removes, see systemctl(1) and systemd.unit(5), "[Install] Section Options".
 */
import { basename, dirname, resolve } from 'node:path';
import type { LinkToMake } from '../files/symlink.ts';
import { UnitFiles, type FoundUnit, type Look } from './files.ts';
import { linksOf, UnitName } from './install.ts';
import type { Change } from './systemctl.ts';

/** Files of the machine. Nothing is ever replaced; both are safe to repeat, and throw a sentence. */
export interface LinkFiles {
  makeLink(link: LinkToMake): void;
  removeLink(path: string): void;
}

/** Where all links are made. */
const LINKS = '/etc/systemd/system';
/** systemd.unit(5), "Description": what a unit may be called, so that no name leads to another directory. */
const UNIT_NAME =
  /^[A-Za-z0-9:_.\\@-]{1,240}\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

export function changeLinks(look: Look, files: LinkFiles): Change {
  return async (verb, units) => {
    const unitFiles = new UnitFiles(look);
    const failures = units.flatMap((unit) => {
      try {
        if (verb === 'enable') linksFor(unitFiles, look, unit).forEach((link) => files.makeLink(link));
        else linksAt(unitFiles, look, unit).forEach((path) => files.removeLink(path));
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    return { complaints: new Map(), failure: failures[0] };
  };
}

/** What enabling the unit, and its companions, makes. */
function linksFor(unitFiles: UnitFiles, look: Look, unit: string): LinkToMake[] {
  return unitFiles.withCompanions(unit).flatMap((found) => {
    const target = fileOf(look, found);
    return namesFor(found).map((name) => ({ path: `${LINKS}/${name}`, target }));
  });
}

/** What disabling the unit, and its companions, removes. A file of its own is never a link to be removed. */
function linksAt(unitFiles: UnitFiles, look: Look, unit: string): string[] {
  const family = unitFiles.withCompanions(unit);
  const starts = [unit, ...family.map((found) => found.unit)].flatMap((name) => unitFiles.linksTo(name));
  const aliases = family.flatMap((found) => {
    const target = fileOf(look, found);
    return namesFor(found)
      .map((name) => `${LINKS}/${name}`)
      .filter((path) => linkTarget(look, path) === target);
  });
  return [...new Set([...starts, ...aliases])];
}

function namesFor(found: FoundUnit): string[] {
  const names = linksOf(found.unit, found.install);
  for (const name of names) refuseName(found.unit, name);
  return names;
}

/** Below a directory of one dependency, or an alias: then of the same kind, as unit_validate_alias_symlink_or_warn() of systemd. */
function refuseName(unit: string, link: string): void {
  const [, target = link, isDependency] = /^(.*?)(\.(?:wants|requires|upholds)\/[^/]*)?$/s.exec(link) ?? [];
  if (!UNIT_NAME.test(target))
    throw new Error(`the [Install] section of ${unit} names ${target}, which is no unit: correct it`);
  const [own, alias] = [UnitName.parse(unit), UnitName.parse(target)];
  if (isDependency === undefined && (alias.type !== own.type || alias.instance !== own.instance))
    throw new Error(`${unit} cannot have the alias ${target}, which is of another kind: correct its file`);
}

/** What links to the unit say: its file, or where that is a link itself, the file it was linked from. */
function fileOf(look: Look, { unit, path }: FoundUnit): string {
  const target = linkTarget(look, path);
  if (target === undefined) return path;
  if (basename(target) !== basename(path))
    throw new Error(`${unit} is another name of ${basename(target)}: name that instead`);
  return resolve(dirname(path), target);
}

function linkTarget(look: Look, path: string): string | undefined {
  const entry = look([{ path, read: 'stat' }]).get(path);
  return entry?.kind === 'symlink' ? entry.target : undefined;
}
