/** The command tree: names, options and help. What a command does is loaded only when it is called. */
import { Argument, Command } from 'commander';
import type { Io } from './io.ts';
import { examples, type Exit } from './options.ts';
import { askingCommands } from './tree/asking.ts';
import { controllerCommands } from './tree/controller.ts';
import { fileCommands } from './tree/files.ts';
import { livingCommands } from './tree/living.ts';
import { passCommands } from './tree/passes.ts';

export function program(io: Io, exit: Exit, name: string): Command {
  const root = new Command(name)
    .description(
      'Keep the people of a shared Linux machine in order: accounts, code, files, services, secrets.',
    )
    .helpCommand(false)
    .showHelpAfterError('(add --help for what can be given)')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .exitOverride()
    .option('--debug', 'show the stack of an internal error');
  const commands = [
    ...passCommands(io, exit),
    ...livingCommands(io, exit, root),
    ...askingCommands(io, exit),
    ...controllerCommands(io, exit),
    ...fileCommands(io, exit),
    completion(io, exit, root),
    version(io),
  ];
  for (const command of commands) root.addCommand(command);
  for (const command of root.commands) inherit(command, root);
  return root;
}

function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

function completion(io: Io, exit: Exit, root: Command): Command {
  return new Command('completion')
    .description('Print the completion script of a shell.')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', examples([['source <(workstation completion bash)', '']]))
    .action(async (shell) => exit((await import('./completion.ts')).completion(io, shell, root)));
}

function version(io: Io): Command {
  return new Command('version')
    .description('Print the version.')
    .action(async () => io.out(`${(await import('./version.ts')).VERSION}\n`));
}
