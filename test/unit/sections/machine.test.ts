import {
  machineProbes,
  planMachineFiles,
  planMachineUnits,
  planMaps,
  type MachineFacts,
} from '../../../src/sections/machine.ts';
import type { SectionPlan } from '../../../src/sections/section.ts';
import { policy, RUNNING, SOURCES, troublesOf, type Found, type Things } from './build.ts';
import { binary, directory, file, lookAt, treeOf } from './tree.ts';

const devvm = policy();
const TARGET = '/etc/claude-code/managed-settings.json';
const SOURCE = '/opt/workstation/managed-settings.json';
const MAP = '/etc/ttyd-user-map';

function factsOf(found: Found, of = devvm): MachineFacts {
  const { system, sources, units } = machineProbes(of);
  const things: Things = { ...SOURCES, ...found.sources };
  const probes = sources.map((path) => ({ path, read: 'text' }) as const);
  return {
    system: lookAt(treeOf('', found.system ?? {}), system),
    sources: lookAt(treeOf('', things), probes),
    units: new Map(units.map((name) => [name, { ...RUNNING, ...found.units?.[name] }])),
  };
}

function seen(plan: SectionPlan) {
  return { actions: plan.actions, troubles: troublesOf(plan), notes: plan.notes };
}

const nothing = { actions: [], troubles: [], notes: [] };
const settings = SOURCES[SOURCE];
const text = typeof settings === 'object' && settings.kind === 'file' ? (settings.text ?? '') : '';
const write = {
  kind: 'write-system-file',
  path: TARGET,
  content: text,
  mode: 0o644,
  before: { kind: 'absent' },
  sensitive: false,
};

describe('a file of the machine', () => {
  it.each<[string, Found, object]>([
    ['is written where there is none', {}, { actions: [write] }],
    ['needs nothing when it is equal', { system: { [TARGET]: text } }, {}],
    ['is replaced when it differs', { system: { [TARGET]: '{}' } }, { actions: [{ ...write, before: { kind: 'text', text: '{}' } }] }],
    ['gets its bits back', { system: { [TARGET]: file(text, 0o600) } }, { actions: [{ ...write, before: { kind: 'text', text } }] }],
    ['is not missed without its source where that is optional', { sources: { [SOURCE]: { kind: 'absent' } } }, {}],
    ['stays as it was while its source is no JSON', { system: { [TARGET]: '{}' }, sources: { [SOURCE]: '{' } },
      { troubles: [`Waiting SourceInvalid: write managed-settings: ${SOURCE} is no valid JSON, so the old file stays: correct it`] }],
    ['stays as it was while its source is empty', { system: { [TARGET]: '{}' }, sources: { [SOURCE]: '' } },
      { troubles: [`Waiting SourceInvalid: write managed-settings: ${SOURCE} is no valid JSON, so the old file stays: correct it`] }],
    ['waits for a source that is text', { sources: { [SOURCE]: binary() } },
      { troubles: [`Waiting NotText: read the source of managed-settings: ${SOURCE} is not UTF-8 text: correct it`] }],
    ['is not written over a directory', { system: { [TARGET]: directory() } },
      { troubles: [`Refused IsDirectory: write managed-settings: ${TARGET} is a directory: move it away`] }],
    ['is not written over what is no text', { system: { [TARGET]: binary() } },
      { troubles: [`Refused NotText: write managed-settings: ${TARGET} is not UTF-8 text: move it away`] }],
    ['is not written over a file with another name', { system: { [TARGET]: file('{}', 0o644, { links: 2 }) } },
      { troubles: [`Refused HardLink: write managed-settings: ${TARGET} has 2 hard links: replace it by a copy`] }],
  ])('%s', (_sentence, found, wanted) => {
    expect(seen(planMachineFiles(devvm, factsOf(found)))).toEqual({ ...nothing, ...wanted });
  }); // prettier-ignore

  it('waits for a source that is not optional', () => {
    const strict = policy({ machine: { files: [{ name: 'motd', path: '/etc/motd', source: 'motd' }] } });
    expect(seen(planMachineFiles(strict, factsOf({}, strict)))).toEqual({
      ...nothing,
      troubles: ['Waiting Missing: read the source of motd: motd does not exist: create it'],
    });
  });

  it('may have its content in the policy, which is taken as it is', () => {
    const inline = policy({
      machine: { files: [{ name: 'motd', path: '/etc/motd', content: '${user}\n' }] },
    });
    expect(planMachineFiles(inline, factsOf({}, inline)).actions).toMatchObject([{ content: '${user}\n' }]);
  });
});

describe('the units of the machine', () => {
  const off = { enabled: false, active: 'inactive' } as const;
  const old = { 't3-provision-users.timer': { enabled: false } };

  it('are enabled, and started only where that is declared', () => {
    const units = {
      ...old,
      't3-autoupdate.timer': off,
      'tmux-persist-save.timer': off,
      'tmux-persist-restore.service': off,
    };
    expect(seen(planMachineUnits(devvm, factsOf({ units })))).toEqual({
      ...nothing,
      actions: [
        { kind: 'enable-unit', unit: 't3-autoupdate.timer' },
        { kind: 'enable-unit', unit: 'tmux-persist-save.timer' },
        { kind: 'start-unit', unit: 'tmux-persist-save.timer' },
        { kind: 'enable-unit', unit: 'tmux-persist-restore.service' },
      ],
    });
  });

  it('that are missing are told of', () => {
    const units = { ...old, 't3-autoupdate.timer': { exists: false } };
    expect(seen(planMachineUnits(devvm, factsOf({ units }))).troubles).toEqual([
      'Waiting UnitMissing: enable t3-autoupdate.timer: this machine has no such unit: install it',
    ]);
  });

  it('that did this work before are told of while they are enabled, and never disabled', () => {
    const note =
      't3-provision-users.timer is still enabled and does this work too: run systemctl disable --now t3-provision-users.timer';
    expect(seen(planMachineUnits(devvm, factsOf({})))).toEqual({ ...nothing, notes: [note] });
    expect(seen(planMachineUnits(devvm, factsOf({ units: old })))).toEqual(nothing);
    const gone = { 't3-provision-users.timer': { exists: false } };
    expect(seen(planMachineUnits(devvm, factsOf({ units: gone })))).toEqual(nothing);
  });
});

describe('the published maps', () => {
  const texts = new Map([['ttyd_user_map', 'a=b\n'], ['dispatch', '{}\n']]); // prettier-ignore
  const publish = { ...write, path: MAP, content: 'a=b\n' };

  it.each<[string, Found, object]>([
    ['are written where there are none', {}, { actions: [publish, { ...publish, path: '/etc/t3-serve/dispatch.json', content: '{}\n' }] }],
    ['need nothing when they are equal', { system: { [MAP]: 'a=b\n', '/etc/t3-serve/dispatch.json': '{}\n' } }, {}],
    ['are written one without the other', { system: { [MAP]: directory(), '/etc/t3-serve/dispatch.json': '{}\n' } },
      { troubles: [`Refused IsDirectory: publish ttyd_user_map: ${MAP} is a directory: move it away`] }],
  ])('%s', (_sentence, found, wanted) => {
    expect(seen(planMaps(devvm, texts, factsOf(found)))).toEqual({ ...nothing, ...wanted });
  }); // prettier-ignore

  it('must all have been derived', () => {
    expect(() => planMaps(devvm, new Map(), factsOf({}))).toThrow('map ttyd_user_map was not derived');
  });
});
