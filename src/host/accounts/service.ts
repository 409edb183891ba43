/** Accounts that live in a name service, see nsswitch.conf(5). */
import { outcome } from '../programs/failure.ts';
import type { Reach } from '../programs/reach.ts';
import { run } from '../programs/run.ts';
import { parsePasswd } from './parse.ts';
import type { PasswdEntry } from './parse.ts';

/** Services whose accounts are in the local databases, or made up while a service of systemd runs. */
const LOCAL = new Set(['files', 'compat', 'systemd', 'db']);
const TIMEOUT = 20_000;
/** getent(1): one or more keys were not found. */
const SOME_UNKNOWN = 2;

/** Whether nsswitch.conf sends questions for accounts elsewhere too. */
export function usesNameService(text: string): boolean {
  const line = /^[ \t]*passwd:(.*)$/m.exec(text.replaceAll(/#.*$/gm, ''))?.[1] ?? '';
  const services = line
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  return services.some((service) => !LOCAL.has(service));
}

/** Keys are names or uids. Throws when the service gives no answer: an account must not seem absent because LDAP is. */
export async function askNameService(reach: Reach, keys: readonly string[]): Promise<readonly PasswdEntry[]> {
  if (keys.length === 0) return [];
  const finished = await run(reach, {
    program: 'getent',
    args: ['passwd', '--', ...keys],
    timeout: TIMEOUT,
    maxOutput: 16 * 1024 * 1024,
  });
  if (finished.code === 0 || finished.code === SOME_UNKNOWN) return parsePasswd(finished.stdout).entries;
  throw new Error(`looking up accounts with getent: ${outcome(finished)}`);
}
