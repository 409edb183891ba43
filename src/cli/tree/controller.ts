/** The command of what no machine can do alone. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { SYSTEM_NAMESPACE } from '../../api/marks.ts';
import type { Io } from '../io.ts';
import { examples, logLevel, wholeNumber, withVault, type Exit } from '../options.ts';

export function controllerCommands(io: Io, exit: Exit): Command[] {
  return [controller(io, exit)];
}

function controller(io: Io, exit: Exit): Command {
  return withVault(electing(new Command('controller')))
    .description(
      'Do for a cluster what no machine can do alone: place people, judge them, bind them, let them go.',
    )
    .option('--kubeconfig <file>', 'how to reach the API server; default: as kubectl does, or as a pod does')
    .option('--namespace <name>', 'where the Leases of agents and controllers are', SYSTEM_NAMESPACE)
    .option('--agent-grace-period <duration>', 'how long an agent’s Lease may be overdue', '10s')
    .addOption(count('--workers <count>', 'how many users and machines are worked on at a time', 4))
    .option('--metrics-address <host:port>', 'serve metrics and health there')
    .option('--allow-remote', 'let this address be another than loopback')
    .option('--roster-configmap <namespace/name>', 'a roster.yaml to mirror into users')
    .option('--workstation <name>', 'the machine that the roster is for')
    .addOption(logLevel())
    .addHelpText(
      'after',
      examples([
        ['workstation controller', 'in a pod'],
        [
          'workstation controller --roster-configmap people/roster --workstation devbox',
          'and mirror a roster',
        ],
      ]),
    )
    .action(async (options) => exit(await (await import('../controller.ts')).controller(io, options)));
}

/** As kube-controller-manager names them, with its defaults. */
function electing(command: Command): Command {
  return command
    .option('--leader-elect-lease-duration <duration>', 'how long others wait for a silent leader', '15s')
    .option('--leader-elect-renew-deadline <duration>', 'how long a leader goes on without renewing', '10s')
    .option('--leader-elect-retry-period <duration>', 'the time between two attempts', '2s');
}

/** An option that is a number from 1. */
function count(flags: string, text: string, otherwise: number): Option {
  return new Option(flags, text).default(otherwise).argParser((given) => {
    const number = wholeNumber(given);
    if (number < 1) throw new InvalidArgumentError('Give a number from 1.');
    return number;
  });
}
