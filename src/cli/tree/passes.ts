/** The commands that look at a machine once, or change it once. */
import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import {
  declaring,
  examples,
  exclusive,
  onMachine,
  output,
  wholeNumber,
  withVault,
  type Exit,
} from '../options.ts';
import { isRemote } from '../remote/detect.ts';

export function passCommands(io: Io, exit: Exit): Command[] {
  return [validate(io, exit), plan(io, exit), apply(io, exit), offboard(io, exit)];
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
    .action(async (options) => exit(await (await import('../validate.ts')).validate(io, options)));
}

function plan(io: Io, exit: Exit): Command {
  return withVault(onMachine(declaring(new Command('plan'))))
    .description('Show what apply would do. Changes nothing and runs nothing of anybody’s.')
    .argument('[user...]', 'only these people')
    .option('--name <machine>', 'take users and policy from a cluster, as those of this Workstation')
    .option(
      '--kubeconfig <file>',
      'with --name: how the cluster is reached; default: as kubectl does, or as a pod',
    )
    .option('--context <name>', 'with --name: which context of the kubeconfig')
    .addOption(output(['json', 'yaml'], 'print data instead of text'))
    .addHelpText('after', `\nExit codes: 0 nothing to do, 2 changes, 1 an error.\n`)
    .addHelpText(
      'after',
      examples([
        ['workstation plan', 'everybody on this machine'],
        ['workstation plan ada -f roster.yaml -w workstation.yaml', 'one person'],
        ['workstation plan --root /mnt/image', 'an offline image'],
        ['workstation plan --name devbox --kubeconfig F', 'what a cluster declares for this machine'],
      ]),
    )
    .action(async (users, options, command) => {
      const isToldWhat = options.name !== undefined || command.getOptionValueSource('roster') !== 'default';
      if (!isToldWhat && isRemote(io, options))
        throw (await import('../remote/declared.ts')).planIsMadeThere();
      exit(await (await import('../plan.ts')).plan(io, users, options));
    });
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
    .action(async (users, options) => exit(await (await import('../apply.ts')).apply(io, users, options)));
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
        ['workstation offboard ada --dry-run', 'what would be done'],
        ['workstation offboard ada', 'services off, unmapped, out of groups, login locked'],
      ]),
    )
    .action(async (user, options) =>
      exit(await (await import('../offboard.ts')).offboard(io, user, options)),
    );
}
