import { files } from '../../../src/sections/files.ts';
import { planOf, plans } from './build.ts';
import { binary, directory, link } from './tree.ts';

const SETTINGS = '/etc/claude-code/managed-settings.json';
describe('a file that is kept while it is marked', () => {
  const header =
    '# Codex global instructions (devvm)\n\n_Mirrors the machine-wide Claude managed policy._\n\n---\n\n';
  const mirror = `${header}# Devvm policy\n\nBe kind.\n\n`;
  const path = '.codex/AGENTS.md';
  const only = { spec: { tier: 'admin' }, policy: { files: [codex()] } };
  const action = {
    kind: 'write-file',
    path: `/home/emo/${path}`,
    content: mirror,
    before: { kind: 'absent' },
  };
  plans(
    files,
    {
      'is written where the directory exists': {
        found: { home: { '.codex': directory() } },
        actions: [action],
      },
      'is not written where the directory does not': {},
      'is not written where the directory is a file': { found: { home: { '.codex': 'x' } } },
      'is not written where the directory is a link, which is told': {
        found: { home: { '.codex': link('/home/ann/.codex') } },
        troubles: [
          'Refused SymbolicLink: write codex-mirror: /home/emo/.codex is a symbolic link to /home/ann/.codex, which is never followed: remove it',
        ],
      },
      'needs nothing when it is equal': { found: { home: { [path]: mirror } } },
      'is kept equal while its first line begins with the marker': {
        found: { home: { [path]: '# Codex global instructions (devvm) old\n' } },
        actions: [{ ...action, before: { kind: 'text', text: '# Codex global instructions (devvm) old\n' } }],
      },
      'is the person’s own without the marker': { found: { home: { [path]: '# mine\n' } } },
      'is the person’s own when it is empty': { found: { home: { [path]: '' } } },
      'is the person’s own when it is no text': { found: { home: { [path]: binary() } } },
      'waits for its source': {
        found: { home: { '.codex': directory() }, sources: { [SETTINGS]: { kind: 'absent' } } },
        troubles: [
          `Waiting SourceMissing: write codex-mirror: its source ${SETTINGS} does not exist: create it or mark the file optional`,
        ],
      },
      'waits for a source that has the member': {
        found: { home: { '.codex': directory() }, sources: { [SETTINGS]: '{"claudeMd": 5}' } },
        troubles: [
          `Waiting SourceInvalid: write codex-mirror: ${SETTINGS} has no text at /claudeMd: correct it`,
        ],
      },
      'waits for a source that has the member at all': {
        found: { home: { '.codex': directory() }, sources: { [SETTINGS]: '{}' } },
        troubles: [
          `Waiting SourceInvalid: write codex-mirror: ${SETTINGS} has no text at /claudeMd: correct it`,
        ],
      },
      'waits for a source that is JSON': {
        found: { home: { '.codex': directory() }, sources: { [SETTINGS]: '{' } },
        troubles: [
          `Waiting SourceInvalid: write codex-mirror: ${SETTINGS} is no valid JSON object: correct it`,
        ],
      },
    },
    only,
  );

  it('that is optional is not missed without its source, or without the member', () => {
    const who = { policy: { files: [{ ...codex(), optional: true }] } };
    for (const source of [{ kind: 'absent' } as const, '{}', '']) {
      const plan = planOf(files, who, { home: { '.codex': directory() }, sources: { [SETTINGS]: source } });
      expect(plan).toEqual({ actions: [], troubles: [], notes: [] });
    }
  });

  function codex() {
    return {
      name: 'codex-mirror',
      path,
      onlyIfDirectory: '.codex',
      content: header,
      sourceJSON: { path: SETTINGS, pointer: '/claudeMd' },
      policy: 'IfMarked',
      marker: '# Codex global instructions (devvm)',
    };
  }
});
