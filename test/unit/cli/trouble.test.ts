import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../../src/cli/io.ts';
import { exportRoster } from '../../../src/cli/roster.ts';
import { validate } from '../../../src/cli/validate.ts';

const ROSTER = 'users:\n  emo: {authentik_user: emo, k8s_user: emo, tier: power}\n';
const POLICY =
  'apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: w}\nspec: {acounts: {}}\n';
const EXCERPTS = [
  '      emo: {authentik_user: emo, k8s_user: emo, tier: power}',
  `${' '.repeat(54)}^`,
  '    spec: {acounts: {}}',
  `${' '.repeat(11)}^`,
];

describe('what is wrong with the input', () => {
  let directory: string;
  let roster: string;
  let workstation: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'workstation-trouble-'));
    roster = join(directory, 'roster.yaml');
    writeFileSync(roster, ROSTER);
    workstation = join(directory, 'workstation.yaml');
    writeFileSync(workstation, POLICY);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function ioFor(isTerminal: boolean) {
    const told: string[] = [];
    const err = (text: string) => void told.push(text);
    const io: Io = {
      out: () => undefined,
      err,
      env: { NO_COLOR: '1' },
      isTerminal,
      columns: 80,
      now: () => new Date(0),
    };
    return { io, lines: () => told.join('').split('\n').slice(0, -1) };
  }

  it('is shown to a person with the lines of each file that are meant', async () => {
    const { io, lines } = ioFor(true);
    expect(await validate(io, { roster: [roster], workstation, offline: true })).toBe(1);
    expect(lines().filter((line) => line.startsWith('    '))).toEqual(EXCERPTS);
  });

  it('is one line each for a program', async () => {
    const { io, lines } = ioFor(false);
    expect(await validate(io, { roster: [roster], workstation, offline: true })).toBe(1);
    expect(lines()).toEqual([
      expect.stringContaining('roster.yaml:2:51: users.emo.tier: found'),
      expect.stringContaining('workstation.yaml:4:8: spec.acounts: unknown field'),
    ]);
  });

  it('is shown by whatever reads the input', async () => {
    const { io, lines } = ioFor(true);
    expect(await exportRoster(io, { filename: [roster] })).toBe(1);
    expect(lines().filter((line) => line.startsWith('    '))).toEqual(EXCERPTS.slice(0, 2));
  });
});
