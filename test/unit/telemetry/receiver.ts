/** A real socket that takes datagrams, held by perl, since Node has none; and programs started by `bin/datagrams` with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const RECEIVE = `
  use strict; use Socket; $| = 1;
  socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die; bind($socket, sockaddr_un($ARGV[0])) or die;
  print "bound\\n";
  my $count = <STDIN>;
  while ($count-- > 0) { recv($socket, my $datagram, 1 << 20, 0); print unpack('H*', $datagram), "\\n" }
`;

export interface Receiver {
  readonly path: string;
  /** Reads so many, and ends; what is sent before that waits in the socket. */
  receive(count: number): Promise<Buffer[]>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const directory = mkdtempSync(join(tmpdir(), 'datagrams-'));
  const path = join(directory, 'socket');
  const child = spawn('perl', ['-e', RECEIVE, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  await once(child.stdout, 'data');
  return {
    path,
    receive: async (count) => {
      child.stdin.write(`${count}\n`);
      const lines = await text(child.stdout);
      return lines
        .split('\n')
        .filter(Boolean)
        .map((line) => Buffer.from(line, 'hex'));
    },
    close: async () => {
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const ROOT = join(import.meta.dirname, '../../..');

/** Runs a module of TypeScript with a socket that is connected to `notifySocket`; resolves with its output. */
export function startWithSockets(script: string, notifySocket: string | undefined) {
  const module = `import { Datagrams, inheritedSocket } from ${JSON.stringify(`${ROOT}/src/telemetry/datagrams.ts`)};
    const fd = inheritedSocket(process.env.WORKSTATION_NOTIFY_FD);
    ${script}`;
  const child = spawn(
    join(ROOT, 'bin/datagrams'),
    [process.execPath, '--input-type=module-typescript', '-e', module],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: notifySocket === undefined ? {} : { NOTIFY_SOCKET: notifySocket },
    },
  );
  return { child, ended: text(child.stdout) };
}
