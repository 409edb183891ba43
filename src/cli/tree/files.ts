/** The commands that turn files into other files. */
import { Command } from 'commander';
import type { Io } from '../io.ts';
import { declaring, examples, output, paths, remotely, type Exit } from '../options.ts';

const STDIN: readonly string[] = ['-'];

export function fileCommands(io: Io, exit: Exit): Command[] {
  return [roster(io, exit), derive(io, exit), crds(io)];
}

function roster(io: Io, exit: Exit): Command {
  const command = new Command('roster').description('Turn roster.yaml into manifests and back.');
  remotely(command.command('export'))
    .description('Print people as a roster.yaml: from manifests, or those of a cluster.')
    .addOption(
      paths(
        '-f, --filename <path>',
        'manifests, a folder of them, or - for standard input, which is read where nothing else is named',
      ),
    )
    .addHelpText(
      'after',
      examples([
        ['kubectl get wsu -o yaml | workstation roster export', ''],
        ['kubectl workstation roster export', 'as a plugin: of the cluster'],
      ]),
    )
    .action(async (options) => exit(await (await import('../roster.ts')).exportRoster(io, options)));
  command
    .command('import')
    .description('Print the people of a roster.yaml as WorkstationUser manifests.')
    .addOption(paths('-f, --filename <path>', 'roster.yaml, or - for standard input', STDIN))
    .option('--workstation-name <name>', 'the machine they belong to')
    .addOption(output(['yaml', 'json'], 'how to print').default('yaml'))
    .addHelpText('after', examples([['workstation roster import -f roster.yaml | kubectl apply -f -', '']]))
    .action(async (options) => exit(await (await import('../roster.ts')).importRoster(io, options)));
  return command;
}

/** Besides --ports-json, each service after the first has an option of its own; which ones, the policy says. */
function derive(io: Io, exit: Exit): Command {
  return declaring(new Command('derive'))
    .description('Print accounts, ports and maps as JSON, in the form that older scripts read.')
    .requiredOption('--ports-json <file>', 'a JSON map from Linux account to port, of the first service')
    .allowUnknownOption()
    .argument('[option...]', '--NAME-ports-json FILE for each further service NAME')
    .addHelpText('after', examples([['workstation derive -f roster.yaml --ports-json ports.json', '']]))
    .action(async (further, options) =>
      exit(await (await import('../derive.ts')).derive(io, further, options)),
    );
}

function crds(io: Io): Command {
  return new Command('crds')
    .description('Print the custom resource definitions.')
    .option('--port-columns <services>', 'services to print a port column for, separated by commas')
    .addHelpText('after', examples([['workstation crds | kubectl apply --server-side -f -', '']]))
    .action(async (options) => (await import('../crds.ts')).crds(io, options));
}
