import { execFileSync, spawnSync } from 'node:child_process';
import { Argument, Command, Option } from 'commander';
import { completionScript, type Shell } from '../../../src/cli/completion.ts';

function tree(): Command {
  const root = new Command('tool').option('--debug', "show what isn't shown");
  const get = new Command('get')
    .alias('g')
    .description('Show: how things stand')
    .addArgument(new Argument('<kind>', 'what').choices(['users', 'machines']))
    .argument('[name...]', 'whom')
    .addOption(new Option('-o, --output <format>', 'how').choices(['json', 'yaml', 'wide']))
    .option('--root <dir>', 'where');
  const roster = new Command('roster').description('Convert');
  roster.command('export').description('Out').option('-f, --file <path>', 'which');
  roster.command('import').description('In');
  root.addCommand(get).addCommand(roster).addCommand(new Command('secret'), { hidden: true });
  root.command('apply').description("Don't plan, do").option('--prune', 'all');
  return root;
}

const script = (shell: Shell) => completionScript(shell, tree(), 'tool');

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

const FISH = `
  function tool; echo workstationuser.example/ann; echo workstationuser.example/emo; end
  echo $argv[1] | source
  complete -C $argv[2] | string replace -r '\\t.*' ''`;

/** Only the functions of zsh's completion system that show candidates are stood in for. */
const ZSH = `
  tool() { print -l workstationuser.example/ann workstationuser.example/emo; }
  compdef() { :; }
  compset() { :; }
  _files() { :; }
  _describe() { print -l -- "\${(@)candidates%%:*}"; }
  eval "$1"
  words=("\${(@s: :)2}"); CURRENT=$#words
  _tool_complete`;

describe.each([
  ['zsh', ['-f', '-c', ZSH, 'zsh']],
  ['fish', ['--no-config', '-c', FISH]],
] as const)('completion in %s', (shell, args) => {
  const isInstalled = spawnSync(shell, ['--version']).status === 0;
  const inShell = isInstalled ? it : it.skip;
  const note = isInstalled ? '' : ' (not tried: the shell is not installed here)';

  it('names every visible command, option and choice, and nothing hidden', () => {
    const text = script(shell);
    for (const word of ['get', 'roster', 'export', 'apply', 'output', 'prune', 'machines', 'yaml'])
      expect(text).toContain(word);
    expect(text).not.toContain('secret');
  });

  inShell.each([
    ['commands', 'tool ', ['get', 'roster', 'apply', 'help']],
    ['commands below a command', 'tool --debug roster ', ['export', 'import', 'help']],
    ['the choices of an argument', 'tool g ', ['users', 'machines']],
    ['people', 'tool get -o json users ', ['ann', 'emo']],
    ['the values of an option', 'tool get -o ', ['json', 'yaml', 'wide']],
  ])(`knows %s${note}`, (_, line, candidates) => {
    const { stdout, stderr } = spawnSync(shell, [...args, script(shell), line], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').sort()).toEqual([...candidates].sort());
  });
});
