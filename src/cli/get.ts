/** `get` and `describe`: how people and the machine stand, as the last pass found them. Asks nobody but the state. */
import type { State } from '../report/record.ts';
import type { Io } from './io.ts';
import { openFor, type MachineOptions } from './machine.ts';
import { describeUser } from './print/describe.ts';
import type { OutputFormat } from './print/resources.ts';
import { printUsers, printWorkstations } from './print/users.ts';

type GetOptions = MachineOptions & { readonly output?: Exclude<OutputFormat, 'table'> };

export async function get(
  io: Io,
  kind: string,
  names: readonly string[],
  options: GetOptions,
): Promise<number> {
  const state = await stateOf(options);
  const view = { format: options.output ?? 'table', single: names.length === 1, now: io.now() } as const;
  const printed =
    kind.startsWith('workstationuser') || kind.startsWith('user') || kind === 'wsu'
      ? printUsers(named(Object.values(state.users), names, 'user'), { ...view, services: servicesOf(state) })
      : printWorkstations(named(state.workstation ? [state.workstation] : [], names, 'workstation'), view);
  io.out(printed.out);
  io.err(printed.err);
  return 0;
}

export async function describe(io: Io, name: string, options: MachineOptions): Promise<number> {
  const [user] = named(Object.values((await stateOf(options)).users), [name], 'user');
  if (user) io.out(describeUser(user, io.now()));
  return 0;
}

async function stateOf(options: MachineOptions): Promise<State> {
  const { machine, store } = await openFor(options);
  try {
    return store.load();
  } finally {
    await machine.close();
  }
}

/** @throws Error when a name is given that nothing has */
function named<T extends { readonly metadata: { readonly name: string } }>(
  items: readonly T[],
  names: readonly string[],
  kind: string,
): T[] {
  const missing = names.find((name) => !items.some(({ metadata }) => metadata.name === name));
  if (missing !== undefined) {
    throw new Error(
      `get ${kind} ${JSON.stringify(missing)}: no pass has seen it: run workstation apply, or get ${kind}s to see who is known`,
    );
  }
  const chosen = names.length === 0 ? items : items.filter(({ metadata }) => names.includes(metadata.name));
  return chosen.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function servicesOf({ workstation }: State): readonly string[] {
  return workstation?.status.services ?? [];
}
