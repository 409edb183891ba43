/** Machines in memory of any kind at first, with one person on them. */
import * as fc from '../../property.ts';
import type { WorkstationUser } from '../../../src/api/user.ts';
import type { Entry } from '../../../src/sections/facts.ts';
import { accountOf, person, RUNNING } from '../sections/build.ts';
import { binary, directory, fifo, file, forbidden, link } from '../sections/tree.ts';
import { MemoryMachine } from './memory-machine.ts';
import { user } from './passes.ts';

export const HOME = '/home/emo';
/** Every path that a pass looks at in the home, and what lies above. */
const PATHS = [
  'start-claude.sh',
  '.kube',
  '.kube/config',
  '.codex',
  '.codex/AGENTS.md',
  '.config',
  '.config/playwright/token',
  '.config/claude-auth-sync',
  '.config/claude-auth-sync/vault-token',
  '.local',
  '.local/bin/claude',
  '.local/state/claude-auth-sync',
  '.claude',
  '.claude/settings.json',
  '.claude/hooks',
  '.claude/hooks/auto-learn.py',
  '.claude/plugins/claude-memory',
  '.claude.json',
  '.workstation-migrating',
  '.workstation-migrating/.git/config',
  'code',
  'code/.git',
  'code/.git/config',
  'code/.git/index',
  'code/infra',
  'code/infra/.git/config',
  'code/infra/.git/index',
  'code/infra/tripit/.git/config',
  'code/tripit/.git/config',
].map((path) => `${HOME}/${path}`);
const SYSTEM = [
  '/etc/t3-serve/emo.env',
  '/etc/t3-serve/playwright-emo.env',
  '/etc/ttyd-user-map',
  '/etc/claude-code/managed-settings.json',
];
const UNITS = ['t3-serve@emo.service', 'claude-auth-sync@emo.timer', 't3-autoupdate.timer'];

const text = fc.constantFrom(
  '',
  'mine\n',
  '{}',
  '{"hooks": {}}',
  '{"hooks": {"Stop": 1}}',
  '{"mcpServers": {"claude_memory": 1}}',
  '# Codex global instructions (devvm)\n',
  '[remote "origin"]\n\turl = https://example.org/x\n',
  'T3_PORT=3800\n',
  'A="open\n',
);
const readable = fc.record({
  text,
  mode: fc.constantFrom(0o600, 0o644, 0o755),
  links: fc.constantFrom(1, 1, 1, 2),
});
const thing: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 5, arbitrary: readable.map(({ text, mode, links }) => file(text, mode, { links })) },
  { weight: 3, arbitrary: fc.constantFrom(directory(), { ...directory(0o700), uid: 0 } as Entry) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(link('/etc'), link('gone'), fifo, binary(), forbidden('/home/emo/x')),
  },
);
const things = (paths: readonly string[], most: number) =>
  fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), thing), { selector: ([path]) => path, maxLength: most });

const unit = fc.record({
  exists: fc.constantFrom(true, true, false),
  masked: fc.constantFrom(false, false, true),
  enabled: fc.boolean(),
  active: fc.constantFrom('active', 'inactive', 'failed', 'unknown'),
});
const account = fc.option(
  fc.record({
    groups: fc.subarray(['emo', 'docker', 'sudo', 'own']),
    password: fc.constantFrom('locked', 'set', 'missing', 'unknown'),
    expires: fc.constantFrom(undefined, 1, 20_000),
    refusal: fc.constantFrom(undefined, undefined, undefined, 'it shares a uid'),
  }),
);
export const world = fc.record({
  account,
  home: things(PATHS, 8),
  system: things(SYSTEM, 2),
  units: fc.dictionary(fc.constantFrom(...UNITS), unit, { noNullPrototype: true }),
  busy: fc.boolean(),
  isLive: fc.constantFrom(true, true, false),
  spec: fc.record({
    tier: fc.constantFrom('admin', 'power-user'),
    suspended: fc.constantFrom(false, false, true),
    layout: fc.constantFrom('single', 'workspace'),
  }),
  cut: fc.boolean(),
  canMint: fc.boolean(),
});
export type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

export function machineOf(world: World): MemoryMachine {
  const machine = new MemoryMachine();
  lay(machine, world);
  return machine;
}

/** On a machine where something else was before, too: whatever the world says nothing of stays. */
export function lay(machine: MemoryMachine, { account, home, system, units, busy, isLive }: World): void {
  machine.isLive = isLive;
  if (account !== null) {
    const { expires, refusal, ...found } = account;
    machine.accounts.set('emo', {
      ...accountOf(person(), found),
      ...(expires === undefined ? {} : { expires }),
      ...(refusal === undefined ? {} : { refusal }),
    });
    machine.tree.set(HOME, directory(0o711));
    for (const [path, entry] of home) machine.tree.set(path, plausible(path, entry));
  }
  for (const [path, entry] of system) machine.tree.set(path, entry);
  for (const [name, facts] of Object.entries(units)) machine.unitFacts.set(name, { ...RUNNING, ...facts });
  if (busy) machine.busy.add(1001);
}

/** A configuration that git itself refuses keeps git from doing anything, which is no plan's affair. */
function plausible(path: string, entry: Entry): Entry {
  const isConfig = path.endsWith('/.git/config') && entry.kind === 'file' && entry.text !== undefined;
  return isConfig && !entry.text?.startsWith('[') ? { ...entry, text: '' } : entry;
}

export function usersOf({ spec }: World): WorkstationUser[] {
  const { tier, suspended, layout: codeLayout } = spec;
  return [
    user('emo', {
      tier,
      suspended,
      codeLayout,
      ...(codeLayout === 'workspace' ? { repos: ['tripit'] } : {}),
    }),
  ];
}
