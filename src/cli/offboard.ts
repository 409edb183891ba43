/** `offboard USER`: the reversible cut of one person who is declared no more. */
import { osUserOf } from '../api/user.ts';
import { lookUpEverybody, planCut } from '../reconcile/leave.ts';
import { REVERSIBLE_STAGES } from '../roster/offboard.ts';
import { cutOff } from './cut.ts';
import { loadDeclared, openingOf, type DeclaredInput, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { openFor, type MachineOptions, type Opened } from './machine.ts';
import { passInput } from './passinput.ts';
import { declaredHere, sortOut, type People } from './people.ts';
import { printAction } from './print/words.ts';
import { inSession, requireRoot, type Session, type SessionOptions } from './session.ts';

type OffboardOptions = DeclaringOptions & MachineOptions & SessionOptions & { readonly dryRun?: boolean };

export async function offboard(io: Io, osUser: string, options: OffboardOptions): Promise<number> {
  if (!options.dryRun) requireRoot();
  const declared = await loadDeclared(io, options);
  if (declared === undefined) return 1;
  const people = sortOut(declared, []);
  refuseDeclared(people, osUser);
  const opened = await openFor(options, openingOf(declared));
  try {
    const { machine, store } = opened;
    const everybody = [...declared.users.map(osUserOf), osUser];
    await lookUpEverybody(machine, everybody, declared.workstation.object.spec, store.load());
    refuseUnknown(opened, osUser);
    if (options.dryRun) return await show(io, opened, declared, people, osUser);
    return await inSession(opened, options, async (session) => {
      refuseMassRemoval(session, io, declared, people, osUser);
      return (await cutOff(session, io, declared, people, [osUser])) ? 0 : 1;
    });
  } finally {
    await opened.machine.close();
  }
}

/** Whoever is declared for another machine has nothing on this one. */
function refuseDeclared(people: People, osUser: string): void {
  if (!declaredHere(people).some((user) => osUserOf(user) === osUser)) return;
  throw new Error(
    `offboard ${osUser}: the person is declared: remove them from the roster first, or set suspended to lock them out and keep everything`,
  );
}

/** The cut publishes the maps, which would drop everybody else whom a damaged roster does not name. */
function refuseMassRemoval(
  { machine, state }: Session,
  io: Io,
  declared: DeclaredInput,
  people: People,
  osUser: string,
): void {
  const { keepMaps } = passInput({ io, machine, declared, people, state, confirmed: 1 }).input;
  if (keepMaps !== undefined) throw new Error(`offboard ${osUser}: ${keepMaps}`);
}

/** Only people whom this program could have brought here may be cut off by it. */
function refuseUnknown({ machine }: Opened, osUser: string): void {
  const account = machine.account(osUser);
  if (account === undefined) throw new Error(`offboard ${osUser}: this machine has no such account`);
  const refusal = machine.refusal(osUser);
  if (refusal !== undefined) throw new Error(`offboard ${osUser}: ${refusal}`);
}

async function show(
  io: Io,
  { machine }: Opened,
  declared: DeclaredInput,
  people: People,
  osUser: string,
): Promise<number> {
  const input = { machine, policy: declared.workstation.object.spec, staying: people.accepted };
  const plan = await planCut(input, osUser);
  for (const stage of REVERSIBLE_STAGES) {
    const actions = plan.get(stage)?.actions ?? [];
    io.out(`${stage}${actions.length === 0 ? ': nothing to do' : ''}\n`);
    for (const action of actions) io.out(`  ${printAction(action, osUser)}\n`);
  }
  return 0;
}
