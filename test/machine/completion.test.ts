import { spawnSync } from 'node:child_process';
import { describePrograms } from '../harness/requirements.ts';
import { script } from '../unit/cli/completiontree.ts';

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

const SHELLS = [
  ['zsh', ['-f', '-c', ZSH, 'zsh']],
  ['fish', ['--no-config', '-c', FISH]],
] as const;

for (const [shell, args] of SHELLS) {
  describePrograms(`completion in ${shell}`, [shell], () => {
    it.each([
      ['commands', 'tool ', ['get', 'roster', 'apply', 'help']],
      ['commands below a command', 'tool --debug roster ', ['export', 'import', 'help']],
      ['the choices of an argument', 'tool g ', ['users', 'machines']],
      ['people', 'tool get -o json users ', ['ann', 'emo']],
      ['the values of an option', 'tool get -o ', ['json', 'yaml', 'wide']],
    ])('knows %s', (_, line, candidates) => {
      const { stdout, stderr } = spawnSync(shell, [...args, script(shell), line], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(candidates));
    });
  });
}
