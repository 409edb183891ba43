/**
 * Copies the users of one machine, as its agent does, and prints JSON: `synced`, milliseconds from having the credentials to
 * a complete copy.
 *
 *     copy.ts KUBECONFIG MACHINE
 */
import { connect } from '../../../src/kubernetes/connect.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import { USERS } from '../../../src/source/cluster/resources.ts';

const [, , kubeconfig, machine] = process.argv;
const connection = await connect({ kubeconfig });
const connected = performance.now();
const ending = new AbortController();
const users = new Reflector({
  transport: connection.transport,
  resource: USERS,
  selectors: { fieldSelector: `spec.workstation=${machine}` },
  onChange: () => undefined,
});
const running = users.run(ending.signal);
await users.synced(ending.signal);
console.log(JSON.stringify({ synced: performance.now() - connected }));
ending.abort();
await running;
connection.close();
