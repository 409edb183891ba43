/** The commands that tell how people and the machine stand. */
import { Argument, Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { examples, onMachine, output, reached, wholeNumber, type Exit } from '../options.ts';

export function askingCommands(io: Io, exit: Exit): Command[] {
  return [get(io, exit), describe(io, exit), history(io, exit)];
}

function get(io: Io, exit: Exit): Command {
  return onMachine(new Command('get'))
    .description('Show how people or the machine stand, as the last pass found them.')
    .addArgument(
      new Argument('<kind>', 'what to show').choices([
        'users',
        'user',
        'workstationusers',
        'workstationuser',
        'wsu',
        'workstations',
        'workstation',
        'ws',
      ]),
    )
    .argument('[name...]', 'only these')
    .addOption(output(['wide', 'json', 'yaml', 'name'], 'how to print'))
    .option('-w, --watch', 'follow users live, as the running agent sees them')
    .option('--output-watch-events', 'with --watch, say what happened to each')
    .addHelpText(
      'after',
      examples([
        ['workstation get users', 'a table, as kubectl prints it'],
        ['workstation get users ada -o yaml', 'one person, whole'],
      ]),
    )
    .action(async (kind, names, options) => {
      if (options.watch) exit(await (await import('../ask.ts')).watch(io, names, options));
      else exit(await (await import('../get.ts')).get(io, kind, names, options));
    });
}

function describe(io: Io, exit: Exit): Command {
  return onMachine(new Command('describe'))
    .description('Tell one person’s story: what is declared, what holds, and since when.')
    .addArgument(new Argument('<kind>', 'what to show').choices(['user', 'users', 'wsu', 'workstationuser']))
    .argument('<name>', 'whom')
    .addHelpText('after', examples([['workstation describe user ada', '']]))
    .action(async (_kind, name, options) =>
      exit(await (await import('../ask.ts')).describe(io, name, options)),
    );
}

function history(io: Io, exit: Exit): Command {
  return reached(new Command('history'))
    .description('Show what was changed on the machine: when, for whom, why and how it ended.')
    .argument('[user]', 'only what concerns this person')
    .option(
      '--since <when>',
      'only after this: a duration such as 2h, or a time such as 2026-03-10T12:00:00Z',
    )
    .addOption(
      new Option('-n, --lines <count>', 'at most so many, the newest').default(1000).argParser(wholeNumber),
    )
    .addOption(output(['wide', 'json', 'yaml'], 'how to print'))
    .addHelpText(
      'after',
      examples([
        ['workstation history ada --since 2h', 'one person'],
        ['workstation history -n 20', 'the last changes of all'],
      ]),
    )
    .action(async (user, options) => exit(await (await import('../history.ts')).history(io, user, options)));
}
