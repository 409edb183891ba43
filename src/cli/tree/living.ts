/** The commands of what goes on: agents, and who asks them. */
import { Command, Option } from 'commander';
import { SYSTEM_NAMESPACE } from '../../api/marks.ts';
import type { Io } from '../io.ts';
import {
  declaring,
  examples,
  keptOnMachine,
  logLevel,
  output,
  paths,
  remotely,
  wholeNumber,
  withVault,
  type Exit,
} from '../options.ts';
import { isRemote } from '../remote/detect.ts';

/** @param root the whole tree, which shells complete */
export function livingCommands(io: Io, exit: Exit, root: Command): Command[] {
  return [
    agent(io, exit),
    status(io, exit),
    reconcile(io, exit),
    approve(io, exit),
    release(io, exit),
    logs(io, exit),
    healthz(io, exit),
    install(io, exit, root),
    join(io, exit, root),
    uninstall(io, exit, root),
  ];
}

function agent(io: Io, exit: Exit): Command {
  return withVault(keptOnMachine(declaring(new Command('agent'))))
    .description('Keep this machine as it is declared, for as long as the command runs.')
    .option('--name <machine>', 'take users and policy from a cluster, as those of this Workstation')
    .option('--kubeconfig <file>', 'how the cluster is reached; default: as kubectl does, or as a pod')
    .option('--namespace <namespace>', 'where the Lease of the machine is', SYSTEM_NAMESPACE)
    .option('--metrics-address <host:port>', 'serve metrics and health there too')
    .option('--page-address <host:port>', 'serve the status page there too')
    .option('--allow-remote', 'let these addresses be others than loopback')
    .option('--resync <duration>', 'how often everybody is looked at though nothing changes', '10m')
    .addOption(logLevel())
    .addHelpText(
      'after',
      examples([
        ['workstation agent', 'from /etc/workstation'],
        ['workstation agent -f roster.yaml -w workstation.yaml', 'from two files, watched'],
        ['workstation agent --name devbox', 'from a cluster'],
      ]),
    )
    .action(async (options) => exit(await (await import('../agent.ts')).agent(io, options)));
}

function status(io: Io, exit: Exit): Command {
  return remotely(asking(new Command('status')))
    .description(
      'Show the whole machine on one screen, as the running agent sees it, or as a cluster has it.',
    )
    .argument('[workstation]', 'of a cluster: only this one')
    .addOption(output(['json', 'yaml'], 'print data instead of text'))
    .addHelpText('after', `\nExit codes: 0 all is well, 1 something is not, or an error.\n`)
    .action(async (name, options) => {
      if (isRemote(io, options)) exit(await (await import('../remote/status.ts')).status(io, name, options));
      else exit(await (await import('../ask.ts')).status(io, onlyHere(name, options)));
    });
}

function reconcile(io: Io, exit: Exit): Command {
  return asking(new Command('reconcile'))
    .description('Ask the running agent for a pass now.')
    .argument('[user...]', 'whose')
    .option('--all', 'everybody’s')
    .addHelpText('after', examples([['workstation reconcile ada', '']]))
    .action(async (names, options) => exit(await (await import('../ask.ts')).reconcile(io, names, options)));
}

function approve(io: Io, exit: Exit): Command {
  return remotely(asking(new Command('approve')))
    .description('Let the removals go on that are held because too many people are gone at once.')
    .argument('[workstation]', 'of a cluster: whose')
    .addHelpText(
      'after',
      examples([
        ['workstation approve', 'on the machine'],
        ['kubectl workstation approve devbox', 'of a cluster: those that are held at this moment'],
      ]),
    )
    .action(async (name, options) => {
      if (isRemote(io, options))
        exit(await (await import('../remote/approve.ts')).approve(io, name, options));
      else exit(await (await import('../ask.ts')).approve(io, onlyHere(name, options)));
    });
}

function release(io: Io, exit: Exit): Command {
  return asking(new Command('release'))
    .description('Give free the ports, environment files and uid of somebody who has left.')
    .argument('<account>', 'the Linux account')
    .action(async (osUser, options) => exit(await (await import('../ask.ts')).release(io, osUser, options)));
}

function logs(io: Io, exit: Exit): Command {
  return remotely(new Command('logs'))
    .description('Show what the journal has of one person, or which Events a cluster has of a user.')
    .argument('<user>', 'the Linux account; of a cluster, the name of the user')
    .option('-f, --follow', 'go on as it grows')
    .option(
      '--since <time>',
      'from then on, as journalctl takes it; of a cluster, a duration or an RFC 3339 time',
    )
    .addOption(new Option('-n, --lines <count>', 'the last ones only').argParser(wholeNumber))
    .addHelpText(
      'after',
      examples([
        ['workstation logs ada --since=-1h', 'on the machine'],
        ['kubectl workstation logs ada -f', 'of a cluster'],
      ]),
    )
    .action(async (user, options) => {
      if (isRemote(io, options)) exit(await (await import('../remote/logs.ts')).logs(io, user, options));
      else exit(await (await import('../logs.ts')).logs(user, options));
    });
}

function healthz(io: Io, exit: Exit): Command {
  return asking(new Command('healthz'))
    .description('Say by the exit code whether the running agent is alive: for probes.')
    .option('--ready', 'whether everybody has had a pass since its start')
    .action(async (options) => exit(await (await import('../ask.ts')).healthz(io, options)));
}

/** @throws Error when a machine is named, and this one's agent would be asked */
function onlyHere<T>(name: string | undefined, options: T): T {
  if (name === undefined) return options;
  throw new Error(
    `ask about ${name}: the agent of this machine knows no other: name a cluster with --kubeconfig`,
  );
}

function asking(command: Command): Command {
  return command.option('--host <dir>', 'a machine that is mounted here, as in a container');
}

function install(io: Io, exit: Exit, root: Command): Command {
  return new Command('install')
    .description('Make the agent a service of this machine: unit, state directory, completion.')
    .addOption(paths('-f, --roster <path>', 'who, when it is not in /etc/workstation', []))
    .option('-w, --workstation <file>', 'what everybody gets, when it is not in /etc/workstation')
    .option('--name <machine>', 'take users and policy from a cluster, as those of this Workstation')
    .option('--kubeconfig <file>', 'how the cluster is reached')
    .option('--no-start', 'only enable it')
    .addHelpText('after', examples([['workstation install', 'from /etc/workstation']]))
    .action(async (options) => exit((await import('../install.ts')).install(io, root, options)));
}

function join(io: Io, exit: Exit, root: Command): Command {
  return new Command('join')
    .description(
      'Make this machine one of a cluster: identity, kubeconfig and service, by an administrator’s kubeconfig.',
    )
    .requiredOption('--name <machine>', 'what its Workstation is called')
    .option('--kubeconfig <file>', 'of an administrator; default: as kubectl does. Nothing of it is kept')
    .option('--context <name>', 'which context of the kubeconfig')
    .option('--server <url>', 'how this machine reaches the API server, when not as the kubeconfig says')
    .option('-w, --workstation <file>', 'the Workstation to make where the cluster has none of that name')
    .option(
      '--token-lifetime <duration>',
      'how long the machine may be switched off and be let in again',
      '168h',
    )
    .option('--force', 'take the place of another machine of that name, which is locked out')
    .option('--no-start', 'only enable the service')
    .addHelpText(
      'after',
      examples([['workstation join --kubeconfig admin.conf --name devbox -w workstation.yaml', '']]),
    )
    .action(async (options) => exit(await (await import('../join.ts')).join(io, root, options)));
}

function uninstall(io: Io, exit: Exit, root: Command): Command {
  return new Command('uninstall')
    .description('Take away what install has laid down. People, and what is known of them, stay.')
    .option('--purge', 'also forget what is known of them')
    .action(async (options) => exit((await import('../install.ts')).uninstall(io, root, options)));
}
