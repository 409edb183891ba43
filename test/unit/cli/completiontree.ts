/** A small program to complete. */
import { Argument, Command, Option } from 'commander';
import { completionScript, type Shell } from '../../../src/cli/completion.ts';

function tree(): Command {
  const root = new Command('tool').option('--debug', "show what isn't shown");
  const get = new Command('get')
    .alias('g')
    .description('Show: how things stand')
    .addArgument(new Argument('<kind>', 'what').choices(['users', 'machines']))
    .argument('[name...]', 'whom')
    .addOption(new Option('-o, --output <format>', 'how').choices(['json', 'yaml', 'wide']))
    .option('--root <dir>', 'where');
  const roster = new Command('roster').description('Convert');
  roster.command('export').description('Out').option('-f, --file <path>', 'which');
  roster.command('import').description('In');
  root.addCommand(get).addCommand(roster).addCommand(new Command('secret'), { hidden: true });
  root.command('apply').description("Don't plan, do").option('--prune', 'all');
  return root;
}

export const script = (shell: Shell) => completionScript(shell, tree(), 'tool');
