/**
 * Which strings of a Workstation take variables, and which variables: all of them in text; in paths and names only
 * those that can hold no `/`; in units only the account, for a leaver's must be known when nothing else is declared of
 * them. Everywhere else a `${` is refused, lest somebody waits for it to be replaced.
 */
import { hasBrokenVariable, variablesOf } from '../template.ts';
import type { Path } from '../text/document.ts';
import { suggest } from '../text/suggest.ts';
import { TIERS, type Tier } from '../user.ts';
import type { Finding } from './check.ts';
import type { WorkstationSpec } from './index.ts';
import { type Selection, selects } from './selection.ts';

/** Variables that every person has; `port.NAME` comes with each service. */
const SAFE = ['user', 'tier', 'workstation'];
const FREE = ['home', 'authentikUser', 'k8sUser'];

type Use = 'text' | 'path' | 'unit' | 'literal';

/** What the first of these keys on the way to a string says of it. */
const USES: Readonly<Record<string, Use>> = {
  content: 'text',
  argv: 'text',
  env: 'text',
  set: 'text',
  value: 'text',
  unlessContains: 'text',
  displayName: 'text',
  path: 'path',
  onlyIfDirectory: 'path',
  creates: 'path',
  requires: 'path',
  envFile: 'path',
  units: 'unit',
  policies: 'path',
  sourceJSON: 'literal',
};

/** The sections that are carried out for each person. */
const PERSONAL = new Set<PropertyKey>([
  'code',
  'kubeconfig',
  'files',
  'settings',
  'commands',
  'services',
  'secrets',
]);

export function checkVariables(spec: WorkstationSpec): Finding[] {
  return [...strings(spec, [])].flatMap(({ path, text }) => checkString(spec, path, text));
}

function* strings(value: unknown, path: Path): Generator<{ path: Path; text: string }> {
  if (typeof value === 'string') {
    if (value.includes('${')) yield { path, text: value };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strings(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* strings(member, [...path, key]);
  }
}

function checkString(spec: WorkstationSpec, path: Path, text: string): Finding[] {
  if (isMachineContent(path)) return [];
  const use = PERSONAL.has(path[0] ?? '') ? useOf(path) : 'literal';
  if (use === 'literal')
    return [{ path, message: 'found "${", but variables are not replaced here: remove it' }];
  if (hasBrokenVariable(text)) {
    return [{ path, message: 'found "${" that is no variable: write ${NAME}, or $${ for the text itself' }];
  }
  return variablesOf(text).flatMap(({ name }) => {
    if (use === 'unit')
      return name === 'user' ? [] : [{ path, message: `found \${${name}} in a unit: use \${user} only` }];
    const message = name.startsWith('port.')
      ? checkPort(spec, selectionOf(spec, path), name.slice('port.'.length))
      : checkName(name, use);
    return message === undefined ? [] : [{ path, message }];
  });
}

/** The text of a machine's file is nobody's, and stays as it is. */
function isMachineContent(path: Path): boolean {
  return path[0] === 'machine' && path[1] === 'files' && path[3] === 'content';
}

function useOf(path: Path): Use {
  const key = path.find((part) => typeof part === 'string' && Object.hasOwn(USES, part));
  return (typeof key === 'string' ? USES[key] : undefined) ?? 'literal';
}

function checkName(name: string, use: 'text' | 'path'): string | undefined {
  if (SAFE.includes(name)) return undefined;
  if (!FREE.includes(name)) {
    const near = suggest(name, [...SAFE, ...FREE]);
    const hint = near === undefined ? '' : `: did you mean \${${near}}?`;
    return `found the unknown variable \${${name}}, must be ${KNOWN}; write $\${ for the text itself${hint}`;
  }
  if (use === 'text') return undefined;
  return `found \${${name}} in a path or name, where it could hold a "/": use \${user}, \${tier}, \${workstation} or \${port.NAME}`;
}

const KNOWN = '${user}, ${home}, ${tier}, ${authentikUser}, ${k8sUser}, ${workstation} or ${port.NAME}';

function checkPort(spec: WorkstationSpec, selection: Selection, name: string): string | undefined {
  const service = spec.services.find((candidate) => candidate.name === name);
  if (service === undefined) {
    const near = suggest(
      name,
      spec.services.map((candidate) => candidate.name),
    );
    const hint = near === undefined ? 'declare it' : `did you mean \${port.${near}}?`;
    return `found \${port.${name}}, but there is no service ${name}: ${hint}`;
  }
  const without = TIERS.find((tier: Tier) => selects(selection, tier) && !selects(service, tier));
  if (without === undefined) return undefined;
  return `found \${port.${name}}, but people of the tier ${without} have no service ${name}: select the same tiers`;
}

/** The item of a section that a path leads into, or the section itself. */
function selectionOf(spec: WorkstationSpec, [section, index]: Path): Selection {
  const value = spec[section as keyof WorkstationSpec] as Selection | readonly Selection[];
  return Array.isArray(value) ? (value[index as number] as Selection) : (value as Selection);
}
