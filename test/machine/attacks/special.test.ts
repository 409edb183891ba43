import { describeMachine } from '../../harness/requirements.ts';
import { crowdRoster } from './crowd.ts';
import { attacked, expectConverged, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** What the program wants at a path: to read it, something that is there at all, a directory, or a clone. */
type Wanted = 'content' | 'file' | 'directory' | 'clone';
type Kind = 'fifo' | 'socket' | 'directory' | 'file';

const PATHS: readonly (readonly [path: string, wanted: Wanted])[] = [
  ['start-claude.sh', 'content'],
  ['.claude/hooks', 'directory'],
  ['.claude/hooks/auto-learn.py', 'content'],
  ['.claude/settings.json', 'content'],
  ['.codex/AGENTS.md', 'content'],
  ['.claude.json', 'content'],
  ['.config/playwright/token', 'file'],
  ['.config/claude-auth-sync/vault-token', 'file'],
  ['.kube/config', 'file'],
  ['code', 'directory'],
  ['code/infra', 'directory'],
  ['code/infra/.git/config', 'clone'],
];
const attackers = PATHS.map(([path, wanted], index) => ({ name: `mallory${index}`, path, wanted }));
const names = attackers.map(({ name }) => name);

describeMachine('at each place of a file', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ roster: crowdRoster(names) });
  });
  afterAll(() => stage.machine.destroy());

  it.each<[string, Kind, string]>([
    ['a FIFO that nobody writes to', 'fifo', 'mkfifo "$path"'],
    [
      'a socket',
      'socket',
      `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "s", Listen => 1)'; mv s "$path"`,
    ],
    ['a directory with something in it', 'directory', 'mkdir "$path"; touch "$path/mine"'],
    ['a sparse file of 20 GB', 'file', 'truncate --size=20G "$path"'],
  ])('%s is neither waited for nor read, and said to be there', async (_, kind, make) => {
    await Promise.all(
      attackers.map(({ name, path }) =>
        stage.as(
          name,
          `path=${path}; mkdir -p "$(dirname $path)"; [ ! -e $path ] || mv $path $path.aside; ${make}`,
        ),
      ),
    );
    await attacked(stage, names);
    const statuses = await stage.statuses();
    for (const { name, path, wanted } of attackers) {
      const expected = expect.stringMatching(sentence(kind, wanted) ?? /^everything is as declared$/);
      expect([path, statuses[name]?.message]).toEqual([path, expected]);
    }
    await Promise.all(
      attackers.map(({ name, path }) =>
        stage.as(name, `rm -r ${path}; [ ! -e ${path}.aside ] || mv ${path}.aside ${path}`),
      ),
    );
    await expectConverged(stage, names);
  });
});

/** Undefined where it is good enough, or the person's own affair. */
function sentence(kind: Kind, wanted: Wanted): RegExp | undefined {
  if (wanted === 'clone' || wanted === kind) return undefined;
  if (wanted === 'directory') return /(is not a directory|is a (fifo|socket|file)): (move it away|remove it)/;
  if (kind === 'directory') return /is a directory: move it away/;
  if (kind === 'file') return / has 21474836480 bytes, more than the \d+ that are read: move it away/;
  return new RegExp(` is a ${kind}: remove it`);
}
