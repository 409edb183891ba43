/** Makes the reversible cut of people, one after another, each recorded before it begins. */
import { makeCut, planCut, recordOf } from '../reconcile/leave.ts';
import type { State } from '../report/record.ts';
import type { DeclaredInput } from './declared.ts';
import type { Io } from './io.ts';
import type { People } from './people.ts';
import { progressFor, type Session } from './session.ts';

/** Whether every cut was made and seen to be. */
export async function cutOff(
  { machine, store, signal }: Session,
  io: Io,
  declared: DeclaredInput,
  people: People,
  leavers: readonly string[],
): Promise<boolean> {
  if (leavers.length === 0) return true;
  const input = { machine, policy: declared.workstation.object.spec, staying: people.accepted };
  const progress = progressFor(io, leavers.length);
  let isDone = true;
  for (const osUser of leavers) {
    const state = store.load();
    const cut = recordOf(
      nameOf(state, osUser),
      osUser,
      await planCut(input, osUser),
      io.now(),
      state.cuts[osUser],
    );
    store.save({ ...state, cuts: { ...state.cuts, [osUser]: cut } });
    const result = await makeCut(input, osUser, progress, signal);
    if (result.kind === 'cut') {
      forget(store, cut.name);
      io.out(`${osUser} is cut off: services, groups and login are gone, nothing is deleted\n`);
    } else {
      isDone = false;
      for (const message of result.messages) io.err(`${message}\n`);
    }
  }
  progress.close();
  return isDone;
}

function nameOf({ users }: State, osUser: string): string {
  return Object.values(users).find(({ status }) => status.osUser === osUser)?.metadata.name ?? osUser;
}

/** Whoever is cut off is no user any more; the record of the cut stays. */
function forget(store: Session['store'], name: string): void {
  const state = store.load();
  const { [name]: _gone, ...users } = state.users;
  store.save({ ...state, users });
}
