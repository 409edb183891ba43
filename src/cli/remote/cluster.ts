/** What is asked of an API server by commands that else ask the agent of this machine. */
import { connect, type Connection } from '../../kubernetes/connect.ts';
import { WORKSTATIONS, type AnyObject } from '../../source/cluster/resources.ts';
import type { Io } from '../io.ts';
import type { RemoteOptions } from './detect.ts';

export async function asking<T>(
  { env }: Io,
  { kubeconfig, context }: RemoteOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect({ kubeconfig, context, env });
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** @throws Error with a sentence when there is none of that name */
export async function workstationOf({ api }: Connection, attempt: string, name: string): Promise<AnyObject> {
  const found = await api.get<AnyObject>(WORKSTATIONS, name);
  if (found !== undefined) return found;
  const names = (await api.list<AnyObject>(WORKSTATIONS)).map(({ metadata }) => metadata.name);
  throw new Error(
    `${attempt}: there is no Workstation ${name}: ${names.length === 0 ? 'there is none at all' : `name one of ${names.join(', ')}`}`,
  );
}
