/** What a pass needs, from what the command line declares and the state of the machine. */
import type { Machine } from '../host/machine.ts';
import type { PassInput } from '../reconcile/pass.ts';
import { uncut, undeclared } from '../reconcile/leave.ts';
import type { State } from '../report/record.ts';
import { lockedByUs } from '../report/update.ts';
import { removalOfAllAllowed, removalsAllowed } from '../roster/offboard.ts';
import type { DeclaredInput } from './declared.ts';
import type { Io } from './io.ts';
import { declaredHere, type People } from './people.ts';

export interface PassSetting {
  readonly input: PassInput;
  /** OS users whom the machine holds though nobody declares them, and whose cut is not made. */
  readonly leavers: readonly string[];
  /** Sentences about them. */
  readonly held: readonly string[];
}

export function passInput(from: {
  readonly io: Io;
  readonly machine: Machine & { readonly canMint: boolean };
  readonly declared: DeclaredInput;
  readonly people: People;
  readonly state: State;
  /** So many may go in one step though the limit says otherwise. */
  readonly confirmed?: number;
}): PassSetting {
  const { io, machine, declared, people, state } = from;
  const policy = declared.workstation.object.spec;
  const leavers = leaversOf(from);
  const { confirmed = 0 } = from;
  const removals =
    declaredHere(people).length === 0
      ? removalOfAllAllowed(leavers, confirmed)
      : removalsAllowed(leavers, Math.max(policy.offboarding.massRemovalLimit, confirmed));
  const input: PassInput = {
    machine,
    users: people.accepted,
    policy,
    canMint: machine.canMint,
    cut: lockedByUs(state),
    departed: state.cuts,
    known: state.users,
    only: people.served,
    ...(removals.allowed ? {} : { keepMaps: removals.message }),
    now: () => io.now().getTime(),
  };
  return { input, leavers, held: leavers.map(heldSentence) };
}

/** A stalled person is declared; one whose cut is made is gone already. */
function leaversOf({ machine, declared, people, state }: Parameters<typeof passInput>[0]): string[] {
  const everybody = declaredHere(people);
  return uncut(machine, undeclared(machine, everybody, declared.workstation.object.spec, state), state);
}

function heldSentence(osUser: string): string {
  return `${osUser} is declared no more, and the machine still holds the account: run workstation offboard ${osUser}, or apply --prune`;
}
