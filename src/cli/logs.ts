/** `logs USER`: what the journal has of one person, by the field that the agent gives its entries. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AccountName } from '../api/primitives.ts';
import { JOURNALCTL } from '../host/programs/names.ts';
import { remedy } from '../host/programs/names.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly lines?: number;
}

/** Hands the terminal over to journalctl, which knows pagers and colours. */
export async function logs(osUser: string, { follow, since, lines }: LogsOptions): Promise<number> {
  if (!AccountName.safeParse(osUser).success)
    throw new Error(`show the log of ${JSON.stringify(osUser)}: it is no Linux account: name one`);
  const options = [
    ...(follow ? ['--follow'] : []),
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(lines === undefined ? [] : [`--lines=${lines}`]),
  ];
  const child = spawn(JOURNALCTL, [...options, `WORKSTATION_USER=${osUser}`], { stdio: 'inherit' });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } catch (cause) {
    throw new Error(`show the log of ${osUser}: ${JOURNALCTL} could not be started, ${remedy(JOURNALCTL)}`, {
      cause,
    });
  }
}
