/** The commands that ask the agent of this machine. */
import type { StatusView } from '../agent/view.ts';
import { AgentUnavailable, agentClient, RUNTIME_DIRECTORY } from './agentclient.ts';
import { describe as describeRecorded } from './get.ts';
import type { Io } from './io.ts';
import type { MachineOptions } from './machine.ts';
import { describeDetails } from './print/describe.ts';
import { printStatus } from './print/status.ts';
import { printStructured, type Structure } from './print/structured.ts';
import { chooseStyle } from './print/style.ts';
import { UserWatch } from './print/watch.ts';
import type { OutputFormat } from './print/resources.ts';

export interface AskOptions {
  /** Where the machine is mounted, when it is asked from a container. */
  readonly host?: string;
}

export async function status(
  io: Io,
  { output, ...options }: AskOptions & { output?: Structure },
): Promise<number> {
  const view = await clientOf(options).status();
  io.out(
    output === undefined
      ? printStatus(view, io.now(), chooseStyle(io.isTerminal, io.env))
      : printStructured(view, output),
  );
  return isWell(view) ? 0 : 1;
}

export async function reconcile(
  io: Io,
  names: readonly string[],
  { all = false, ...options }: AskOptions & { all?: boolean },
): Promise<number> {
  if (all === names.length > 0) throw new Error('ask for passes: name the users, or say --all for everybody');
  const client = clientOf(options);
  if (all) await client.reconcile();
  for (const name of names) await client.reconcile(name);
  io.out(`asked for a pass of ${all ? 'everybody' : names.join(', ')}: see workstation get users -w\n`);
  return 0;
}

export async function approve(io: Io, options: AskOptions): Promise<number> {
  const osUsers = await clientOf(options).approve();
  io.out(osUsers.length === 0 ? 'no removals are held\n' : `approved the removal of ${osUsers.join(', ')}\n`);
  return 0;
}

export async function release(io: Io, osUser: string, options: AskOptions): Promise<number> {
  await clientOf(options).release(osUser);
  io.out(`${osUser} holds no port, environment file or uid here any more; the account and its home stay\n`);
  return 0;
}

/** For probes: says nothing when all is well. */
export async function healthz(
  _io: Io,
  { ready, ...options }: AskOptions & { ready?: boolean },
): Promise<number> {
  await clientOf(options).probe(ready ? 'readyz' : 'livez');
  return 0;
}

/** Follows until it is interrupted. */
export async function watch(
  io: Io,
  names: readonly string[],
  { output = 'table', outputWatchEvents = false, ...options }: AskOptions & WatchOptions,
): Promise<number> {
  const client = clientOf(options);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const known = (await client.users()).map(({ user }) => user).filter(isAsked(names));
  const services = [...new Set(known.flatMap(({ status: { ports } }) => Object.keys(ports)))];
  const printer = new UserWatch({
    format: output,
    services,
    events: outputWatchEvents,
    known,
    now: () => io.now(),
  });
  for await (const event of client.watch(interruption.signal))
    if (isAsked(names)(event.object)) io.out(printer.next(event));
  return 0;
}

export interface WatchOptions {
  readonly output?: OutputFormat;
  readonly outputWatchEvents?: boolean;
}

/** What a running agent knows tells more; without one, what the last pass recorded. */
export async function describe(io: Io, name: string, options: MachineOptions): Promise<number> {
  if (options.root !== undefined) return describeRecorded(io, name, options);
  try {
    io.out(describeDetails(await clientOf(options).details(name), io.now()));
    return 0;
  } catch (error) {
    if (!(error instanceof AgentUnavailable)) throw error;
    return describeRecorded(io, name, options);
  }
}

function isAsked(
  names: readonly string[],
): (user: { readonly metadata: { readonly name: string } }) => boolean {
  return ({ metadata }) => names.length === 0 || names.includes(metadata.name);
}

function clientOf({ host = '' }: AskOptions) {
  return agentClient(`${host}${RUNTIME_DIRECTORY}`);
}

function isWell({ agent, users }: StatusView): boolean {
  const isReady = (user: StatusView['users'][number]['user']) =>
    user.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return (
    agent.trouble === undefined &&
    agent.heldRemovals === undefined &&
    users.every(({ user }) => isReady(user))
  );
}
