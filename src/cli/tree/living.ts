/** The commands of what goes on: agents, and who asks them. */
import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { declaring, examples, keptOnMachine, withVault, type Exit } from '../options.ts';

export function livingCommands(io: Io, exit: Exit): Command[] {
  return [agent(io, exit)];
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
    .action(async (options) => exit(await (await import('../agent.ts')).agent(io, options)));
}
