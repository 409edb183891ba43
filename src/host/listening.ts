/** TCP ports that somebody listens on, from /proc/net/tcp and tcp6, see proc_pid_net(5). */
import { readFileSync } from 'node:fs';
import type { Reach } from './programs/reach.ts';

/** Of all processes in the machine's network namespace. An image has none. */
export function listeningPorts(reach: Reach): ReadonlySet<number> {
  if (reach.kind === 'image') return new Set();
  const directory = `/proc/${reach.kind === 'mounted' ? '1' : 'self'}/net`;
  return new Set([
    ...portsIn(readFileSync(`${directory}/tcp`, 'utf8')),
    ...portsIn(readIfThere(`${directory}/tcp6`)),
  ]);
}

/** State 0A is TCP_LISTEN; the local address is hexadecimal and ends in the port. */
export function portsIn(table: string): number[] {
  return [...table.matchAll(/^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:[\dA-F]{4} 0A /gm)].map(([, port = '']) =>
    Number.parseInt(port, 16),
  );
}

/** A kernel may have no IPv6. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
