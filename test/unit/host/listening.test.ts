import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { listeningPorts, portsIn } from '../../../src/host/listening.ts';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0EBD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20 4 30 10 -1
  12: 0100007F:22E3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 23 1 0 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`;

describe('ports that somebody listens on', () => {
  it('are those in state LISTEN, whatever the address', () => {
    expect(portsIn(TCP)).toEqual([3773, 8931]);
    expect(portsIn(TCP6)).toEqual([22]);
    expect(portsIn('')).toEqual([]);
  });

  it.each(['127.0.0.1', '::'])('hold the port of a real server on %s while it is open', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(listeningPorts({ kind: 'live' }).has(port)).toBe(true);
    server.close();
    await once(server, 'close');
    expect(listeningPorts({ kind: 'live' }).has(port)).toBe(false);
  });

  it('are none on a machine that is not running', () => {
    expect(listeningPorts({ kind: 'image', root: '/' })).toEqual(new Set());
  });
});
