/** The completion script for zsh, to be sourced after compinit or put into $fpath. */
import { withDescendants, type CompletableCommand } from './model.ts';
import {
  argumentBranches,
  caseText,
  choiceBranches,
  commandBranches,
  functionName,
  keyOf,
  quoted,
  valueBranches,
} from './shell.ts';

/** Where nothing is known of a word, file names are offered. */
export function zshScript(program: CompletableCommand, name: string): string {
  return `#compdef ${name}
# zsh completion for ${name}
${functionName(name)}() {
  emulate -L zsh
  local at='' value='' ended='' word i
  integer count=0
  local -a candidates
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $value ]]; then value=''; continue; fi
    if [[ -z $ended && $word == -* ]]; then
      [[ $word == '--' ]] && ended=1
${caseText('"$at $word"', valueBranches(program), '      ')}
      continue
    fi
${caseText('"$at $word"', commandBranches(program), '    ', 'count+=1')}
  done
  if [[ -z $value && -z $ended && $words[CURRENT] == --*=* ]]; then
    value=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  if [[ -n $value ]]; then
${caseText('"$at $value"', choiceBranches(program, listed), '    ')}
  elif [[ -z $ended && $words[CURRENT] == -* ]]; then
${caseText('"$at"', optionBranches(program), '    ')}
  else
${caseText('"$at $count"', [...nextBranches(program), ...argumentBranches(program, listed, people)], '    ')}
  fi
  if (( $#candidates )); then _describe ${quoted(name)} candidates; else _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then ${functionName(name)} "$@"; else compdef ${functionName(name)} ${quoted(name)}; fi
`;
}

/** $words[1] is the program as it was typed; names come as KIND/NAME. */
const people = 'candidates=(${${(f)"$($words[1] get users -o name 2>/dev/null)"}##*/})';

function listed(words: readonly string[]): string {
  return `candidates=(${words.map((word) => quoted(escapedWord(word))).join(' ')})`;
}

/** As _describe takes them: a colon parts the word from what is said of it. */
function described(words: readonly (readonly [word: string, description: string])[]): string {
  const entries = words.map(([word, description]) => quoted(`${escapedWord(word)}:${description}`));
  return `candidates=(${entries.join(' ')})`;
}

function escapedWord(word: string): string {
  return word.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}

function optionBranches(program: CompletableCommand) {
  return withDescendants(program).map(({ path, options }) => ({
    words: [keyOf(path)],
    body: described(
      options.flatMap(({ flags, description }) => flags.map((flag) => [flag, description] as const)),
    ),
  }));
}

function nextBranches(program: CompletableCommand) {
  return withDescendants(program)
    .filter(({ commands }) => commands.length > 0)
    .map(({ path, commands }) => ({
      words: [`${keyOf(path)} 0`],
      body: described(commands.map(({ names, description }) => [names[0] ?? '', description] as const)),
    }));
}
