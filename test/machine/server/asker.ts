/** Asks the agent as whoever runs it, or connects to the sockets that are named; prints what came of it as JSON. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { agentClient } from '../../../src/cli/agentclient.ts';

async function outcome(attempt: () => Promise<unknown>): Promise<unknown> {
  return attempt().catch((error: unknown) => (error as Error).message);
}

async function tryConnect(path: string): Promise<string> {
  const socket = connect(path);
  return once(socket, 'connect').then(
    () => {
      socket.destroy();
      return 'connected';
    },
    (error: NodeJS.ErrnoException) => error.code ?? '',
  );
}

const paths = process.argv.slice(2);
const client = agentClient();
const said =
  paths.length > 0
    ? await Promise.all(paths.map(tryConnect))
    : {
        users: await outcome(async () => (await client.users()).map(({ user }) => user.metadata.name)),
        emo: await outcome(async () => (await client.details('emo')).user.metadata.name),
        bea: await outcome(async () => (await client.details('bea')).user.metadata.name),
        status: await outcome(async () => (await client.status()).users.length),
        reconcile: await outcome(() => client.reconcile('emo')),
      };
console.log(JSON.stringify(said));
