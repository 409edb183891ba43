/** Options that several commands have, and how examples are shown. */
import { InvalidArgumentError, Option, type Command } from 'commander';

/** Commands set the exit code through this; 0 when they do not. */
export type Exit = (code: number) => void;

const ROSTER: readonly string[] = ['/etc/workstation/roster.yaml'];
const WORKSTATION = '/etc/workstation/workstation.yaml';

export function declaring(command: Command): Command {
  return command
    .addOption(
      paths(
        '-f, --roster <path>',
        'who: roster.yaml, manifests, a folder of them, or - for standard input',
        ROSTER,
      ).env('WORKSTATION_ROSTER'),
    )
    .addOption(
      new Option(
        '-w, --workstation <file>',
        `what everybody gets; default: beside the roster, else ${WORKSTATION}`,
      ).env('WORKSTATION_FILE'),
    );
}

/** An option that may be given more than once. */
export function paths(flags: string, text: string, otherwise?: readonly string[]): Option {
  const option = new Option(flags, `${text}; may be repeated`).argParser(
    (path: string, before: readonly string[] | undefined) =>
      before === otherwise ? [path] : [...(before ?? []), path],
  );
  return otherwise === undefined ? option : option.default(otherwise, otherwise.join(' '));
}

/** A plugin of kubectl asks the cluster anyway; these say which one, and let the program itself ask it too. */
export function remotely(command: Command): Command {
  return command
    .option(
      '--kubeconfig <file>',
      'ask a cluster, reached by this; the plugin does so anyway, as kubectl does',
    )
    .option('--context <name>', 'which context of the kubeconfig');
}

/** Vault is named by VAULT_ADDR, VAULT_CACERT and VAULT_NAMESPACE, and its token by VAULT_TOKEN, as for vault itself. */
export function withVault(command: Command): Command {
  return command.option(
    '--vault-token-file <file>',
    'the Vault token, instead of VAULT_TOKEN or ~/.vault-token',
  );
}

/** Only one pass at a time changes a machine. */
export function exclusive(command: Command): Command {
  return command.addOption(
    new Option('--lock-timeout <duration>', 'how long to wait for another pass to end').default('60s'),
  );
}

export function onMachine(command: Command): Command {
  return withState(reached(command));
}

/** A machine that lives: an image is nothing to watch. */
export function keptOnMachine(command: Command): Command {
  return withState(mounted(command));
}

function withState(command: Command): Command {
  return command.addOption(
    new Option('--state-dir <dir>', 'where state is kept on the machine').default('/var/lib/workstation'),
  );
}

export function reached(command: Command): Command {
  return mounted(
    command.addOption(
      new Option('--root <dir>', 'an offline image of a machine instead of this machine').conflicts('host'),
    ),
  );
}

function mounted(command: Command): Command {
  return command.addOption(
    new Option('--host <dir>', 'a live machine that is mounted here, as in a container'),
  );
}

/** Of commands that keep running. */
export function logLevel(): Option {
  return new Option('--log-level <level>', 'what is less grave is not logged')
    .choices(['error', 'warning', 'notice', 'info', 'debug'])
    .default('info');
}

export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

export function output(choices: string[], text: string): Option {
  return new Option('-o, --output <format>', text).choices(choices);
}

export function examples(lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const shown = lines.map(([command, what]) =>
    what === '' ? `  ${command}` : `  ${command.padEnd(width)}  # ${what}`,
  );
  return `\nExamples:\n${shown.join('\n')}\n`;
}
