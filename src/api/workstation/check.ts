/** What is wrong with a Workstation as a whole: one part of it contradicts another, which no schema can see. */
import { parseJson } from '../text/json.ts';
import type { Path } from '../text/document.ts';
import { anyOf, quote } from '../text/show.ts';
import { TIERS } from '../user.ts';
import type { WorkstationSpec } from './index.ts';
import { type Selection, selects } from './selection.ts';
import { checkVariables } from './variables.ts';

export interface Finding {
  /** Below `spec`. */
  readonly path: Path;
  /** What was found and what to do; no trailing period. */
  readonly message: string;
}

/** Every finding; none for a Workstation that can be carried out. */
export function checkWorkstation(spec: WorkstationSpec): Finding[] {
  return CHECKS.flatMap((check) => check(spec));
}

const CHECKS: readonly ((spec: WorkstationSpec) => Finding[])[] = [
  namesAreUnique,
  pathsAreUnique,
  mapsHaveServices,
  portsAreKept,
  personalUnitsAreInstances,
  contentParses,
  checkVariables,
];

function namesAreUnique(spec: WorkstationSpec): Finding[] {
  const { files, settings, commands, services, secrets, machine } = spec;
  const lists = { files, settings, commands, services, secrets };
  const machineLists = { files: machine.files, units: machine.units, maps: machine.maps };
  return [
    ...Object.entries(lists).flatMap(([key, items]) => repeatedNames([key], items)),
    ...Object.entries(machineLists).flatMap(([key, items]) => repeatedNames(['machine', key], items)),
  ];
}

function repeatedNames(path: Path, items: readonly { readonly name: string }[]): Finding[] {
  return items.flatMap(({ name }, index) =>
    items.findIndex((other) => other.name === name) === index
      ? []
      : [{ path: [...path, index, 'name'], message: `found ${quote(name)} a second time: rename one` }],
  );
}

/** Two that write one file would undo each other in every pass. */
function pathsAreUnique({ files, secrets, services, machine }: WorkstationSpec): Finding[] {
  const personal = [...claims('files', files), ...claims('secrets', secrets)];
  const common = [
    ...services.map(({ envFile, name }, index) => claim(['services', index, 'envFile'], envFile, name)),
    ...machine.files.map(({ path, name }, index) => claim(['machine', 'files', index, 'path'], path, name)),
    ...machine.maps.map(({ path, name }, index) => claim(['machine', 'maps', index, 'path'], path, name)),
  ];
  return [...repeatedPaths(personal), ...repeatedPaths(common)];
}

interface Claim {
  readonly at: Path;
  readonly path: string;
  readonly name: string;
  readonly selection: Selection;
}

function claim(at: Path, path: string, name: string, selection: Selection = {}): Claim {
  return { at, path, name, selection };
}

function claims(section: string, items: readonly (Selection & { path: string; name: string })[]): Claim[] {
  return items.map((item, index) => claim([section, index, 'path'], item.path, item.name, item));
}

function repeatedPaths(all: readonly Claim[]): Finding[] {
  return all.flatMap((later, index) => {
    const earlier = all.slice(0, index).find((other) => other.path === later.path && share(other, later));
    if (earlier === undefined) return [];
    const message = `found ${quote(later.path)}, which ${earlier.name} writes for the same people: choose another path`;
    return [{ path: later.at, message }];
  });
}

function share(a: Claim, b: Claim): boolean {
  return TIERS.some((tier) => selects(a.selection, tier) && selects(b.selection, tier));
}

function mapsHaveServices({ machine, services }: WorkstationSpec): Finding[] {
  const known = services.map(({ name }) => name);
  const hint = known.length === 0 ? 'declare it' : `must be ${anyOf(known)}`;
  return machine.maps.flatMap(({ service }, index) =>
    known.includes(service)
      ? []
      : [
          {
            path: ['machine', 'maps', index, 'service'],
            message: `found no service ${quote(service)}: ${hint}`,
          },
        ],
  );
}

/** The environment file is where a port stays while nobody runs: the next pass reads it there. */
function portsAreKept({ services }: WorkstationSpec): Finding[] {
  return services.flatMap(({ name, env }, index) => {
    const port = `\${port.${name}}`;
    if (Object.values(env).includes(port)) return [];
    const message = `found no variable that keeps the port: set one to ${port}`;
    return [{ path: ['services', index, 'env'], message }];
  });
}

/** A unit that everybody shares would end for all when one person leaves. */
function personalUnitsAreInstances({ services, secrets }: WorkstationSpec): Finding[] {
  const message =
    'found a unit that all people would share: make it an instance, for instance "tool@${user}.service"';
  const lists = [
    ...services.map(({ units }, index) => ({ path: ['services', index, 'units'], units })),
    ...secrets.map(({ units }, index) => ({ path: ['secrets', index, 'units'], units })),
  ];
  return lists.flatMap(({ path, units }) =>
    units.flatMap((unit, index) => (/@.*\$\{user\}/.test(unit) ? [] : [{ path: [...path, index], message }])),
  );
}

function contentParses({ machine }: WorkstationSpec): Finding[] {
  return machine.files.flatMap(({ format, content }, index) =>
    format === 'JSON' && content !== undefined && parseJson(content) === undefined
      ? [
          {
            path: ['machine', 'files', index, 'content'],
            message: 'found text that is no JSON: correct it, or set the format Text',
          },
        ]
      : [],
  );
}
