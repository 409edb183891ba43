/** The completion script for fish 3 and later. */
import { withDescendants, type CompletableCommand, type CompletableOption } from './model.ts';
import { functionName, keyOf } from './shell.ts';

/** Where nothing is known of a word, fish offers file names. */
export function fishScript(program: CompletableCommand, name: string): string {
  const lines = withDescendants(program).flatMap((command) => [
    ...command.commands.flatMap((next) => [
      `-f -n ${condition(name, command, 0, 0)} -a ${quoted(next.names[0] ?? '')} -d ${quoted(next.description)}`,
    ]),
    ...command.options.map((option) => `-n ${condition(name, command)} ${optionWords(option)}`),
    ...argumentWords(command, name),
  ]);
  return `# fish completion for ${name}
${positionFunction(program, name)}
${lines.map((line) => `complete -c ${quoted(name)} ${line}`).join('\n')}
`;
}

/** True at a command, given as ' NAME NAME', where at least $argv[2] and at most $argv[3] arguments were given. */
function positionFunction(program: CompletableCommand, name: string): string {
  return `function ${functionName(name)}
    set -l at ''
    set -l value ''
    set -l ended ''
    set -l count 0
    set -l words (commandline -opc)
    for word in $words[2..]
        if test -n "$value"
            set value ''
            continue
        end
        if test -z "$ended"; and string match -q -- '-*' "$word"
            test "$word" = --; and set ended 1
            switch "$at $word"
${valueCases(program)}
            end
            continue
        end
        switch "$at $word"
${commandCases(program)}
            case '*'
                set count (math $count + 1)
        end
    end
    test "$at" = "$argv[1]"; or return 1
    set -q argv[2]; and test $count -lt $argv[2]; and return 1
    set -q argv[3]; and test $count -gt $argv[3]; and return 1
    return 0
end`;
}

function valueCases(program: CompletableCommand): string {
  return withDescendants(program)
    .flatMap(({ path, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .flatMap(({ flags }) => flags.map((flag) => quoted(`${keyOf(path)} ${flag}`))),
    )
    .map((pattern) => `            case ${pattern}\n                set value $word`)
    .join('\n');
}

function commandCases(program: CompletableCommand): string {
  return withDescendants(program)
    .flatMap(({ path, commands }) =>
      commands.map(({ names, path: next }) => {
        const patterns = names.map((word) => quoted(`${keyOf(path)} ${word}`)).join(' ');
        return `            case ${patterns}\n                set at ${quoted(keyOf(next))}`;
      }),
    )
    .join('\n');
}

function condition(name: string, { path }: CompletableCommand, least?: number, most?: number): string {
  const words = [functionName(name), quoted(keyOf(path)), least, most];
  return quoted(words.filter((word) => word !== undefined).join(' '));
}

function optionWords({ flags, description, takesValue, choices }: CompletableOption): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${quoted(flag.slice(2))}` : `-s ${quoted(flag.slice(1))}`,
  );
  const value = choices.length > 0 ? [`-x -a ${quoted(choices.join(' '))}`] : takesValue ? ['-r -F'] : [];
  return [...names, ...value, `-d ${quoted(description)}`].join(' ');
}

function argumentWords(command: CompletableCommand, name: string): string[] {
  const people = quoted(`(${name} get users -o name 2>/dev/null | string replace -r '.*/' '')`);
  return command.arguments.flatMap(({ choices, isVariadic, isPerson }, index) => {
    if (choices.length === 0 && !isPerson) return [];
    const where = condition(name, command, index, isVariadic ? undefined : index);
    return [`-f -n ${where} -a ${isPerson ? people : quoted(choices.join(' '))}`];
  });
}

/** A word that means itself to fish. */
function quoted(word: string): string {
  return `'${word.replaceAll(/[\\']/g, '\\$&')}'`;
}
