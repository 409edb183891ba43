import { commands } from '../../../src/sections/commands.ts';
import { planOf, plans } from './build.ts';
import { binary, directory, fifo, forbidden, link } from './tree.ts';

const install = {
  kind: 'run-command',
  name: 'claude',
  argv: ['bash', '-c', 'set -o pipefail; curl -fsSL https://claude.ai/install.sh | bash'],
  env: {},
  timeout: 600_000,
};
const wire = {
  kind: 'run-command',
  name: 'playwright-mcp',
  argv: [
    'claude',
    'mcp',
    'add',
    '--scope',
    'user',
    '--transport',
    'http',
    'playwright',
    'http://localhost:8931/mcp',
  ],
  env: {},
  timeout: 60_000,
};
const unwire = {
  kind: 'run-command',
  name: 'superseded-mcp',
  argv: ['claude', 'mcp', 'remove', 'claude_memory'],
};
const installed = { '.local/bin/claude': '' };
const wired = { '.claude.json': '{"mcpServers": {"playwright": {}}}' };

describe('the commands of the example', () => {
  plans(commands, {
    'are run one after the other, each counting on what the one before makes': {
      actions: [install, wire],
    },
    'are not run where what they make is there': { found: { home: { ...installed, ...wired } } },
    'are run for what is still missing': { found: { home: installed }, actions: [wire] },
    'take a link for what an installer made, wherever it leads': {
      found: { home: { '.local/bin/claude': link('gone'), ...wired } },
    },
    'take anything for what was made': {
      found: { home: { '.local/bin/claude': directory(), ...wired } },
    },
    'remove what is superseded': {
      found: {
        home: { ...installed, '.claude.json': '{"mcpServers":{"playwright":{},"claude_memory":{}}}' },
      },
      actions: [unwire],
    },
    'are run before the account is there, in the plan': {
      found: { account: null },
      actions: [install, wire],
    },
    'are left for the first boot of an image': {
      found: { isLive: false },
      notes: ['claude is left for the first boot', 'playwright-mcp is left for the first boot'],
    },
    'are not announced for an image that has what they make': {
      found: { isLive: false, home: { ...installed, ...wired } },
    },
    'are guarded by JSON: what is none is told': {
      found: { home: { ...installed, '.claude.json': '{"mcpServers":' } },
      troubles: [
        'Refused InvalidJSON: check whether to run playwright-mcp: /home/emo/.claude.json is no valid JSON object: correct it',
        'Refused InvalidJSON: check whether to run superseded-mcp: /home/emo/.claude.json is no valid JSON object: correct it',
      ],
    },
  });
});

const only = (command: object) => ({
  policy: { commands: [{ name: 'tool', argv: ['tool', '${user}'], ...command }] },
});
const run = { kind: 'run-command', name: 'tool', argv: ['tool', 'emo'], timeout: 300_000 };
const guarded = { unless: { path: 'rc.json', pointer: '/a~1b/c' } };
const conditional = { onlyIf: { path: 'rc.json', pointer: '/old' } };
const rc = (thing: Parameters<typeof link>[0] | ReturnType<typeof link>) => ({
  found: { home: { 'rc.json': thing } },
});
const stuck = (found: string) => ({ troubles: [`Refused ${found}`] });

describe('a command', () => {
  plans(commands, {
    'without its guard’s file is run': { who: only(guarded), actions: [run] },
    'whose guard’s member is missing is run': { who: only(guarded), ...rc('{"a/b":{}}'), actions: [run] },
    'whose guard’s member is there, even null, is not run': {
      who: only(guarded),
      ...rc('{"a/b":{"c":null}}'),
    },
    'whose guard’s file is empty is run': { who: only(guarded), ...rc(''), actions: [run] },
    'that is for a member only is not run without it': { who: only(conditional), ...rc('{}') },
    'that is for a member only is not run without its file': { who: only(conditional) },
    'that is for a member only is run with it': {
      who: only(conditional),
      ...rc('{"old":false}'),
      actions: [run],
    },
    'whose guard is an array is told of': {
      who: only(guarded),
      ...rc('[]'),
      ...stuck(
        'InvalidJSON: check whether to run tool: /home/emo/rc.json is no valid JSON object: correct it',
      ),
    },
    'whose guard is no text is told of': {
      who: only(guarded),
      found: { home: { 'rc.json': binary() } },
      ...stuck(
        'InvalidJSON: check whether to run tool: /home/emo/rc.json is no valid JSON object: correct it',
      ),
    },
    'whose guard is a link is told of': {
      who: only(guarded),
      ...rc(link('/etc/shadow')),
      ...stuck(
        'SymbolicLink: check whether to run tool: /home/emo/rc.json is a symbolic link to /etc/shadow, which is never followed: remove it',
      ),
    },
    'whose guard is a FIFO is told of': {
      who: only(guarded),
      ...rc(fifo),
      ...stuck('SpecialFile: check whether to run tool: /home/emo/rc.json is a fifo: remove it'),
    },
    'that makes something below a link is not run again and again': {
      who: only({ creates: '.local/bin/tool' }),
      found: { home: { '.local': link('/srv/emo') } },
      ...stuck(
        'SymbolicLink: check whether to run tool: /home/emo/.local is a symbolic link to /srv/emo, which is never followed: remove it',
      ),
    },
    'that makes something where nobody may look is not run': {
      who: only({ creates: 'bin/tool' }),
      found: { home: { bin: forbidden('/home/emo/bin') } },
      troubles: ['Waiting CannotRead: check whether to run tool: /home/emo/bin cannot be read: EACCES'],
    },
    'takes a link for what was made though its text was asked for too': {
      who: only({ ...guarded, creates: 'rc.json' }),
      ...rc(link('elsewhere')),
    },
    'waits for what it requires': {
      who: only({ ...guarded, requires: 'bin/base' }),
      troubles: ['Waiting Requires: run tool: /home/emo/bin/base does not exist: it is run once that does'],
    },
    'does not wait when there is nothing to run': {
      who: only({ ...guarded, requires: 'bin/base' }),
      ...rc('{"a/b":{"c":1}}'),
    },
    'is run with what it requires': {
      who: only({ ...guarded, requires: 'bin/base' }),
      found: { home: { 'bin/base': link('x') } },
      actions: [run],
    },
    'that requires something below a file is told of': {
      who: only({ ...guarded, requires: 'bin/base' }),
      found: { home: { bin: 'x' } },
      ...stuck('NotADirectory: run tool: /home/emo/bin is not a directory: move it away'),
    },
    'has an environment with its variables replaced': {
      who: only({ ...guarded, env: { PORT: '${port.t3}', HOME_OF: '${home}' }, timeout: '1h1m1s' }),
      actions: [{ ...run, env: { PORT: '3773', HOME_OF: '/home/emo' }, timeout: 3_661_000 }],
    },
    'with a port waits for a person in trouble over it': {
      who: { ports: {}, ...only({ ...guarded, env: { PORT: '${port.t3}' } }) },
      troubles: ['Waiting PortMissing: carry out tool: it waits for a port: see ServicesReady'],
    },
  });

  it('that is required is not counted on where it is not run either', () => {
    const first = { name: 'first', argv: ['a'], creates: 'a', requires: 'never' };
    const second = { name: 'second', argv: ['b'], creates: 'b', requires: 'a' };
    const plan = planOf(commands, { policy: { commands: [first, second] } });
    expect(plan.actions).toEqual([]);
    expect(plan.troubles.map(({ reason }) => reason)).toEqual(['Requires', 'Requires']);
  });
});
