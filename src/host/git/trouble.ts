/** What git said when it failed, as one sentence without credentials. */
import type { Done } from '../machine.ts';
import { printable } from '../programs/output.ts';
import type { Finished } from '../programs/run.ts';

export type Failed = Extract<Done, { kind: 'failed' }>;

/** What git and its transports say in the C locale, the reason it stands for, and what to do; first match wins. */
const KNOWN: readonly (readonly [RegExp, string, string])[] = [
  [/Remote branch .* not found in upstream/, 'BranchMissing', 'name a branch that the remote has'],
  [
    /terminal prompts disabled|could not read (Username|Password)|Authentication failed|Permission denied \(|Host key verification failed/,
    'AccessDenied',
    'check the credentials of the person for it',
  ],
  [
    /Could not resolve host|Connection (refused|reset|timed out|closed)|Failed to connect|No route to host|Network is unreachable|Operation too slow|timed out/,
    'RemoteUnreachable',
    'check the network, or wait until the remote is back',
  ],
  [
    /repository .*not found|does not exist|does not appear to be a git repository/i,
    'RemoteMissing',
    'check the address, and that the person may read it',
  ],
  [/git: command not found/, 'GitMissing', 'install the Debian package git'],
  [/No space left on device|Disk quota exceeded/, 'DiskFull', 'make room'],
];

/** `attempt`, e.g. "clone https://example.org/a.git", begins the sentence. */
export function failedBy(
  attempt: string,
  finished: Pick<Finished, 'stderr' | 'timedOut' | 'duration'>,
): Failed {
  const { stderr, timedOut, duration } = finished;
  const found = timedOut ? `no end within ${Math.round(duration / 1000)} s, killed` : lineOf(stderr);
  const [, reason, remedy] = KNOWN.find(([pattern]) => pattern.test(stderr)) ?? [];
  if (timedOut) return failed('TimedOut', attempt, `${found}: check whether the remote answers`);
  return failed(reason ?? 'GitFailed', attempt, remedy === undefined ? found : `${found}: ${remedy}`);
}

export function failed(reason: string, attempt: string, found: string): Failed {
  return { kind: 'failed', reason, message: withoutCredentials(printable(`${attempt}: ${found}`)) };
}

/** The first line that says what is wrong, for what follows is advice. */
function lineOf(stderr: string): string {
  const lines = printable(stderr).split('\n');
  const told = lines.find((line) => /^(fatal|error|ssh|ERROR): /.test(line)) ?? lines.at(-1);
  return told
    ? told.replace(/^(fatal|error|bash: line \d+): /, '').replace(/\.$/, '')
    : 'git failed and did not say why';
}

/** `https://user:token@host/` is a way to keep a token, and git repeats the address that it could not reach. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/:\/\/[^/@\s']+@/g, '://');
}
