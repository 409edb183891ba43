import { execFileSync } from 'node:child_process';
import { script } from './completiontree.ts';

/** Completes the last of the words in a real bash, in which `tool` is a function that knows two people. */
function bash(...words: string[]): string[] {
  const program = `
    tool() { [ "$*" = 'get users -o name' ] && printf '%s\\n' workstationuser.example/ann workstationuser.example/emo; }
    eval "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _tool_complete tool
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-uc', program, 'bash', script('bash'), ...words];
  return execFileSync('bash', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

describe('completion in bash', () => {
  it.each([
    ['commands', ['tool', ''], ['get', 'roster', 'apply', 'help']],
    ['commands that begin so', ['tool', 'ro'], ['roster']],
    ['commands below a command', ['tool', 'roster', 'e'], ['export']],
    ['commands after an option', ['tool', '--debug', 'a'], ['apply']],
    ['the choices of an argument', ['tool', 'get', ''], ['users', 'machines']],
    ['the choices of an argument of an alias', ['tool', 'g', 'm'], ['machines']],
    ['people', ['tool', 'get', 'users', ''], ['ann', 'emo']],
    ['people that begin so', ['tool', 'get', 'users', 'ann', 'e'], ['emo']],
    [
      'options and those of the commands above',
      ['tool', 'get', '--'],
      ['--output', '--root', '--help', '--debug'],
    ],
    ['short options', ['tool', 'get', '-o'], ['-o']],
    ['no option after --', ['tool', 'get', '--', '-'], []],
    ['the values of an option', ['tool', 'get', 'users', '-o', ''], ['json', 'yaml', 'wide']],
    ['the values of an option after =', ['tool', 'get', '--output', '=', 'y'], ['yaml']],
    ['the values of an option just after =', ['tool', 'get', '--output', '='], ['json', 'yaml', 'wide']],
    ['an argument after the value of an option', ['tool', 'get', '-o', 'json', 'u'], ['users']],
    ['an argument after --option=value', ['tool', 'get', '--root', '=', 'get', 'u'], ['users']],
    ['nothing of ours for a file', ['tool', 'roster', 'export', '-f', ''], []],
    ['nothing for what begins like a pattern', ['tool', '*'], []],
  ])('knows %s', (_, words, candidates) => {
    expect(bash(...words)).toEqual(candidates);
  });

  it('is registered for the program, with file names where it knows nothing', () => {
    const args = ['--norc', '-c', 'eval "$1"; complete -p tool', 'bash', script('bash')];
    expect(execFileSync('bash', args, { encoding: 'utf8' })).toBe(
      'complete -o default -F _tool_complete tool\n',
    );
  });

  it('executes nothing of what is typed', () => {
    expect(bash('tool', 'get', '$(echo users >&2)`exit 3`', "'; exit 4; '")).toEqual([]);
  });
});

it.each(['zsh', 'fish'] as const)(
  'in %s every visible command, option and choice is named, and nothing hidden',
  (shell) => {
    const text = script(shell);
    for (const word of ['get', 'roster', 'export', 'apply', 'output', 'prune', 'machines', 'yaml'])
      expect(text).toContain(word);
    expect(text).not.toContain('secret');
  },
);
