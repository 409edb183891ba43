/** What the scripts for bash and zsh have in common: both are POSIX shells with arrays, `[[` and `case`. */
import { withDescendants, type CompletableCommand } from './model.ts';

/** One `case` branch; `body` is a list of shell commands. */
export interface Branch {
  /** Alternatives, each taken literally. */
  readonly words: readonly string[];
  /** Whether anything may follow the words. */
  readonly isPrefix?: boolean;
  readonly body: string;
}

/** A word that means itself to a POSIX shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A `case` on `subject`, each line indented; `otherwise` is done where no branch fits. */
export function caseText(
  subject: string,
  branches: readonly Branch[],
  indent: string,
  otherwise = ':',
): string {
  const lines = branches.map(
    ({ words, isPrefix, body }) =>
      `  ${words.map((word) => quoted(word) + (isPrefix ? '*' : '')).join('|')}) ${body} ;;`,
  );
  return [`case ${subject} in`, ...lines, `  *) ${otherwise} ;;`, 'esac']
    .map((line) => indent + line)
    .join('\n');
}

/** The command that a word leads to, by `$at $word`; each `$at` begins with a space unless it is empty. */
export function commandBranches(program: CompletableCommand): Branch[] {
  return withDescendants(program).flatMap(({ path, commands }) =>
    commands.map(({ names, path: next }) => ({
      words: names.map((name) => `${keyOf(path)} ${name}`),
      body: `at=${quoted(keyOf(next))}`,
    })),
  );
}

/** The options that take the next word as their value, by `$at $word`. */
export function valueBranches(program: CompletableCommand): Branch[] {
  return withDescendants(program).flatMap(({ path, options }) => {
    const words = options.filter(({ takesValue }) => takesValue).flatMap(({ flags }) => flags);
    if (words.length === 0) return [];
    return [{ words: words.map((word) => `${keyOf(path)} ${word}`), body: 'value=$word' }];
  });
}

/** By `$at $value`: what the value of an option may be. `listed` makes the body of a branch. */
export function choiceBranches(
  program: CompletableCommand,
  listed: (words: readonly string[]) => string,
): Branch[] {
  return withDescendants(program).flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flags, choices }) => ({
        words: flags.map((flag) => `${keyOf(path)} ${flag}`),
        body: listed(choices),
      })),
  );
}

/** By `$at $count`: what the argument after `count` others may be. */
export function argumentBranches(
  program: CompletableCommand,
  listed: (words: readonly string[]) => string,
  people: string,
): Branch[] {
  return withDescendants(program).flatMap(({ path, arguments: all }) =>
    all.flatMap(({ choices, isVariadic, isPerson }, index) => {
      if (choices.length === 0 && !isPerson) return [];
      const words = isVariadic ? [`${keyOf(path)} `] : [`${keyOf(path)} ${index}`];
      return [{ words, isPrefix: isVariadic, body: isPerson ? people : listed(choices) }];
    }),
  );
}

/** How the scripts write the path of a command. */
export function keyOf(path: readonly string[]): string {
  return path.map((name) => ` ${name}`).join('');
}

/** A function name that no other program's script has. */
export function functionName(program: string): string {
  return `_${program.replaceAll(/\W/g, '_')}_complete`;
}
