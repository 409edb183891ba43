/** The command tree: names, options and help. What a command does is loaded only when it is called. */
import { Argument, Command, Option } from 'commander';
import type { Io } from './io.ts';
import {
  declaring,
  examples,
  exclusive,
  keptOnMachine,
  onMachine,
  output,
  paths,
  reached,
  wholeNumber,
  withVault,
} from './options.ts';

/** Commands set the exit code through this; 0 when they do not. */
export type Exit = (code: number) => void;

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
  root.addCommand(validate(io, exit));
  root.addCommand(plan(io, exit));
  root.addCommand(apply(io, exit));
  root.addCommand(agent(io, exit));
  root.addCommand(get(io, exit));
  root.addCommand(describe(io, exit));
  root.addCommand(history(io, exit));
  root.addCommand(offboard(io, exit));
  root.addCommand(roster(io, exit));
  root.addCommand(derive(io, exit));
  root.addCommand(crds(io));
  root.addCommand(completion(io, exit, root));
  root.addCommand(version(io));
  for (const command of root.commands) inherit(command, root);
  return root;
}

function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

function validate(io: Io, exit: Exit): Command {
  return withVault(declaring(new Command('validate')))
    .description('Check what is declared, and compare the tiers with those of the cluster.')
    .option('--k8s-users-json <file>', 'a JSON map from cluster user to tier, instead of the declared source')
    .option('--offline', 'do not ask the cluster')
    .addHelpText(
      'after',
      examples([
        ['workstation validate -f roster.yaml -w workstation.yaml', 'check two files'],
        ['kubectl get wsu -o yaml | workstation validate -f - --offline', 'check what a cluster has'],
      ]),
    )
    .action(async (options) => exit(await (await import('./validate.ts')).validate(io, options)));
}

function plan(io: Io, exit: Exit): Command {
  return withVault(onMachine(declaring(new Command('plan'))))
    .description('Show what apply would do. Changes nothing and runs nothing of anybody’s.')
    .argument('[user...]', 'only these people')
    .addOption(output(['json', 'yaml'], 'print data instead of text'))
    .addHelpText('after', `\nExit codes: 0 nothing to do, 2 changes, 1 an error.\n`)
    .addHelpText(
      'after',
      examples([
        ['workstation plan', 'everybody on this machine'],
        ['workstation plan emo -f roster.yaml -w workstation.yaml', 'one person'],
        ['workstation plan --root /mnt/image', 'an offline image'],
      ]),
    )
    .action(async (users, options) => exit(await (await import('./plan.ts')).plan(io, users, options)));
}

function apply(io: Io, exit: Exit): Command {
  return withVault(exclusive(onMachine(declaring(new Command('apply')))))
    .description('Bring the machine to what is declared, in one pass.')
    .argument('[user...]', 'only these people')
    .option('--prune', 'make the reversible cut for people who are declared no more')
    .addOption(
      new Option(
        '--confirm-removals <count>',
        'let so many go in one step though massRemovalLimit is lower',
      ).argParser(wholeNumber),
    )
    .addHelpText('after', `\nExit codes: 0 everybody is Ready, 1 somebody is not, or an error.\n`)
    .addHelpText(
      'after',
      examples([
        ['workstation apply', 'everybody on this machine'],
        ['workstation apply --prune', 'and cut off who has left'],
        ['workstation apply --root /mnt/image', 'prepare an offline image'],
      ]),
    )
    .action(async (users, options) => exit(await (await import('./apply.ts')).apply(io, users, options)));
}

function agent(io: Io, exit: Exit): Command {
  return withVault(keptOnMachine(declaring(new Command('agent'))))
    .description('Keep this machine as it is declared, for as long as the command runs.')
    .option('--name <machine>', 'take users and policy from a cluster, as those of this Workstation')
    .option('--kubeconfig <file>', 'how the cluster is reached; default: as kubectl does, or as a pod')
    .option('--namespace <namespace>', 'where the Lease of the machine is', 'workstation-system')
    .option('--resync <duration>', 'how often everybody is looked at though nothing changes', '10m')
    .addOption(
      new Option('--log-level <level>', 'what is less grave is not logged')
        .choices(['error', 'warning', 'notice', 'info', 'debug'])
        .default('info'),
    )
    .addHelpText(
      'after',
      examples([
        ['workstation agent', 'from /etc/workstation'],
        ['workstation agent -f roster.yaml -w workstation.yaml', 'from two files, watched'],
        ['workstation agent --name devvm', 'from a cluster'],
      ]),
    )
    .action(async (options) => exit(await (await import('./agent.ts')).agent(io, options)));
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
    .addHelpText(
      'after',
      examples([
        ['workstation get users', 'a table, as kubectl prints it'],
        ['workstation get users emo -o yaml', 'one person, whole'],
      ]),
    )
    .action(async (kind, names, options) =>
      exit(await (await import('./get.ts')).get(io, kind, names, options)),
    );
}

function describe(io: Io, exit: Exit): Command {
  return onMachine(new Command('describe'))
    .description('Tell one person’s story: what is declared, what holds, and since when.')
    .addArgument(new Argument('<kind>', 'what to show').choices(['user', 'users', 'wsu', 'workstationuser']))
    .argument('<name>', 'whom')
    .addHelpText('after', examples([['workstation describe user emo', '']]))
    .action(async (_kind, name, options) =>
      exit(await (await import('./get.ts')).describe(io, name, options)),
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
        ['workstation history emo --since 2h', 'one person'],
        ['workstation history -n 20', 'the last changes of all'],
      ]),
    )
    .action(async (user, options) => exit(await (await import('./history.ts')).history(io, user, options)));
}

function offboard(io: Io, exit: Exit): Command {
  return exclusive(onMachine(declaring(new Command('offboard'))))
    .description(
      'Make the reversible cut for somebody who is declared no more: nothing of theirs is deleted.',
    )
    .argument('<user>', 'the Linux account')
    .option('--dry-run', 'only show the stages')
    .addHelpText(
      'after',
      examples([
        ['workstation offboard emo --dry-run', 'what would be done'],
        ['workstation offboard emo', 'services off, unmapped, out of groups, login locked'],
      ]),
    )
    .action(async (user, options) => exit(await (await import('./offboard.ts')).offboard(io, user, options)));
}

const STDIN: readonly string[] = ['-'];

function roster(io: Io, exit: Exit): Command {
  const command = new Command('roster').description('Turn roster.yaml into manifests and back.');
  command
    .command('export')
    .description('Print people as a roster.yaml.')
    .addOption(paths('-f, --filename <path>', 'manifests, a folder of them, or - for standard input', STDIN))
    .addHelpText('after', examples([['kubectl get wsu -o yaml | workstation roster export', '']]))
    .action(async (options) => exit(await (await import('./roster.ts')).exportRoster(io, options)));
  command
    .command('import')
    .description('Print the people of a roster.yaml as WorkstationUser manifests.')
    .addOption(paths('-f, --filename <path>', 'roster.yaml, or - for standard input', STDIN))
    .option('--workstation-name <name>', 'the machine they belong to')
    .addOption(output(['yaml', 'json'], 'how to print').default('yaml'))
    .addHelpText('after', examples([['workstation roster import -f roster.yaml | kubectl apply -f -', '']]))
    .action(async (options) => exit(await (await import('./roster.ts')).importRoster(io, options)));
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
      exit(await (await import('./derive.ts')).derive(io, further, options)),
    );
}

function crds(io: Io): Command {
  return new Command('crds')
    .description('Print the custom resource definitions.')
    .option('--port-columns <services>', 'services to print a port column for, separated by commas')
    .addHelpText('after', examples([['workstation crds | kubectl apply --server-side -f -', '']]))
    .action(async (options) => (await import('./crds.ts')).crds(io, options));
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
