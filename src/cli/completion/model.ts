/** What a command line may hold at each command, read from the program tree: the same for every shell. */
import type { Argument, Command, Option } from 'commander';

export interface CompletableOption {
  /** `-o` and `--output`, or one of them. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** The values it may have; empty when it takes any, such as a file. */
  readonly choices: readonly string[];
}

export interface CompletableArgument {
  readonly choices: readonly string[];
  /** Whether it takes all the words that follow. */
  readonly isVariadic: boolean;
  /** Whether it is the name of somebody declared. */
  readonly isPerson: boolean;
}

export interface CompletableCommand {
  /** The names of the commands below the program; empty for the program itself. */
  readonly path: readonly string[];
  /** Its name and aliases. */
  readonly names: readonly string[];
  readonly description: string;
  /** Its own, and those of the commands above it. */
  readonly options: readonly CompletableOption[];
  readonly arguments: readonly CompletableArgument[];
  /** The visible commands directly below it. */
  readonly commands: readonly CompletableCommand[];
}

/** What arguments for people are called in the program tree. */
const PEOPLE = new Set(['user', 'name']);

/** The program; its commands hang below it. */
export function modelOf(program: Command): CompletableCommand {
  return modelAt(program, [], []);
}

/** A command and all below it. */
export function withDescendants(command: CompletableCommand): CompletableCommand[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

function modelAt(
  command: Command,
  path: readonly string[],
  inherited: readonly CompletableOption[],
): CompletableCommand {
  const help = command.createHelp();
  const own = help.visibleOptions(command).map(optionOf);
  const seen = new Set(own.flatMap(({ flags }) => flags));
  const options = [...own, ...inherited.filter(({ flags }) => !flags.some((flag) => seen.has(flag)))];
  return {
    path,
    names: [command.name(), ...command.aliases()],
    description: command.summary() || command.description(),
    options,
    arguments: command.registeredArguments.map(argumentOf),
    commands: help.visibleCommands(command).map((child) => modelAt(child, [...path, child.name()], options)),
  };
}

function optionOf({ short, long, description, required, argChoices }: Option): CompletableOption {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    takesValue: required,
    choices: argChoices ?? [],
  };
}

function argumentOf(argument: Argument): CompletableArgument {
  const choices = argument.argChoices ?? [];
  return {
    choices,
    isVariadic: argument.variadic,
    isPerson: choices.length === 0 && PEOPLE.has(argument.name()),
  };
}
