/** What belongs to the machine as a whole: files, units, the published maps, and who did this work before. */
import { parseJson } from '../api/text/json.ts';
import type { Machine, WorkstationSpec } from '../api/workstation/index.ts';
import type { SystemAction } from './action.ts';
import { at, joined, NOTHING, octal, onlyTrouble, waiting } from './common.ts';
import { beforeOf, cannotReplace, unusableSource } from './existing.ts';
import type { Entry } from './facts.ts';
import type { Facts, Probes, SectionPlan, Trouble } from './section.ts';
import { factsOf, planRunning } from './units.ts';

export type MachineFacts = Pick<Facts, 'system' | 'sources' | 'units'>;
type MachineFile = Machine['files'][number];

const MAP_MODE = 0o644;

export function machineProbes({ machine }: WorkstationSpec): Required<Omit<Probes, 'home'>> {
  return {
    system: [...machine.files, ...machine.maps].map(({ path }) => ({ path, read: 'text' })),
    sources: machine.files.map(({ source }) => source).filter((source) => source !== undefined),
    units: [...machine.units.map(({ name }) => name), ...machine.supersedes],
  };
}

/** Before anybody's pass: people's files may be made from the machine's. */
export function planMachineFiles({ machine }: WorkstationSpec, facts: MachineFacts): SectionPlan {
  return joined(machine.files.map((file) => planFile(file, facts)));
}

export function planMachineUnits({ machine }: WorkstationSpec, facts: MachineFacts): SectionPlan {
  const before = machine.supersedes.filter(
    (unit) => facts.units.get(unit)?.exists && facts.units.get(unit)?.enabled,
  );
  return joined([
    ...machine.units.map(({ name, start }) => planRunning(name, factsOf(facts, name), start)),
    {
      ...NOTHING,
      notes: before.map(
        (unit) => `${unit} is still enabled and does this work too: run systemctl disable --now ${unit}`,
      ),
    },
  ]);
}

/** After everybody's pass, so that a map never names somebody who is not there yet. `texts` by the map's name. */
export function planMaps(
  { machine }: WorkstationSpec,
  texts: ReadonlyMap<string, string>,
  facts: MachineFacts,
): SectionPlan {
  return joined(
    machine.maps.map(({ name, path }) => {
      const content = texts.get(name);
      if (content === undefined) throw new Error(`map ${name} was not derived`);
      return planWrite(`publish ${name}`, path, content, MAP_MODE, at(facts.system, path));
    }),
  );
}

function planFile(file: MachineFile, facts: MachineFacts): SectionPlan {
  const content = contentOf(file, facts);
  if (content === undefined) return NOTHING;
  if (typeof content !== 'string') return onlyTrouble(content);
  return planWrite(`write ${file.name}`, file.path, content, octal(file.mode), at(facts.system, file.path));
}

function contentOf(file: MachineFile, facts: MachineFacts): string | Trouble | undefined {
  if (file.content !== undefined || file.source === undefined) return file.content;
  const entry = at(facts.sources, file.source);
  if (entry.kind === 'absent' && file.optional) return undefined;
  if (entry.kind !== 'file' || entry.text === undefined) {
    return unusableSource(`read the source of ${file.name}`, file.source, entry);
  }
  if (file.format === 'JSON' && parseJson(entry.text) === undefined) {
    return waiting(
      'SourceInvalid',
      `write ${file.name}: ${file.source} is no valid JSON, so the old file stays: correct it`,
    );
  }
  return entry.text;
}

function planWrite(attempt: string, path: string, content: string, mode: number, entry: Entry): SectionPlan {
  if (entry.kind === 'file' && entry.text === content && entry.mode === mode) return NOTHING;
  const trouble = cannotReplace(attempt, path, entry);
  if (trouble !== undefined) return onlyTrouble(trouble);
  const before = beforeOf(entry);
  const action: SystemAction = { kind: 'write-system-file', path, content, mode, before, sensitive: false };
  return { ...NOTHING, actions: [action] };
}
