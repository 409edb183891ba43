/** The completion script for bash 4.4 and later; it needs no bash-completion package. */
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

/** Where nothing is known of a word, readline's own completion of file names takes over (`-o default`). */
export function bashScript(program: CompletableCommand, name: string): string {
  return `# bash completion for ${name}
${functionName(name)}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' value='' ended='' count=0 candidates=() candidate word i
  COMPREPLY=()
  # "=" stands in COMP_WORDBREAKS, so that --option=value arrives as three words.
  [[ $cur == '=' ]] && cur=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then continue; fi
    if [[ $value ]]; then value=''; continue; fi
    if [[ ! $ended && $word == -* ]]; then
      [[ $word == '--' ]] && ended=1
${caseText('"$at $word"', valueBranches(program), '      ')}
      continue
    fi
${caseText('"$at $word"', commandBranches(program), '    ', 'count=$((count + 1))')}
  done
  if [[ $value ]]; then
${caseText('"$at $value"', choiceBranches(program, listed), '    ')}
  elif [[ ! $ended && $cur == -* ]]; then
${caseText('"$at"', optionBranches(program), '    ')}
  else
${caseText('"$at $count"', [...nextBranches(program), ...argumentBranches(program, listed, people)], '    ')}
  fi
  for candidate in "\${candidates[@]}"; do
    [[ $candidate == "$cur"* ]] && COMPREPLY+=("$candidate")
  done
}
complete -o default -F ${functionName(name)} ${quoted(name)}
`;
}

/** $1 is the program as it was typed; names come as KIND/NAME. */
const people =
  'mapfile -t candidates < <("$1" get users -o name 2>/dev/null); candidates=("${candidates[@]##*/}")';

function listed(words: readonly string[]): string {
  return `candidates=(${words.map(quoted).join(' ')})`;
}

function optionBranches(program: CompletableCommand) {
  return withDescendants(program).map(({ path, options }) => ({
    words: [keyOf(path)],
    body: listed(options.flatMap(({ flags }) => flags)),
  }));
}

/** Commands are completed by their names; aliases are there for those who know them. */
function nextBranches(program: CompletableCommand) {
  return withDescendants(program)
    .filter(({ commands }) => commands.length > 0)
    .map(({ path, commands }) => ({
      words: [`${keyOf(path)} 0`],
      body: listed(commands.map(({ names }) => names[0] ?? '')),
    }));
}
