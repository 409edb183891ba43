/**
 * Copies the users of one machine, as its agent does, and prints JSON: `connect`, milliseconds to have read the credentials,
 * for which client-node is loaded; `synced`, milliseconds from there to a complete copy; `resident`, MiB.
 *
 *     copy.ts KUBECONFIG MACHINE
 */
import { connect } from '../../../src/kubernetes/connect.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import { USERS } from '../../../src/source/cluster/resources.ts';

const [, , kubeconfig, machine] = process.argv;
const start = performance.now();
const { transport, close } = await connect({ kubeconfig });
const connected = performance.now();
const ending = new AbortController();
const users = new Reflector({
  transport,
  resource: USERS,
  selectors: { fieldSelector: `spec.workstation=${machine}` },
  onChange: () => undefined,
});
const running = users.run(ending.signal);
await users.synced(ending.signal);
const synced = performance.now();
console.log(
  JSON.stringify({
    users: users.list().length,
    connect: connected - start,
    synced: synced - connected,
    resident: process.memoryUsage.rss() / 2 ** 20,
  }),
);
ending.abort();
await running;
close();
