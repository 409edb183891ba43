/** The reversible cut of one person, recorded before it begins, so that it can be undone whenever the program dies. */
import type { Cut, State } from '../report/record.ts';
import { makeCut, planCut, recordOf, type CutInput, type CutResult, type Leaver } from './leave.ts';
import type { Witness } from './perform.ts';

/** Where the record is kept: what `save` was given is on the disk when it returns. */
export interface StateKeeper {
  load(): State;
  save(state: State): void;
}

export async function cutOff(
  input: CutInput,
  keeper: StateKeeper,
  osUser: string,
  now: Date,
  witness: Witness,
  signal: AbortSignal,
): Promise<CutResult> {
  const plan = await planCut(input, osUser);
  // Others may be cut at the same time: between reading the state and writing it nothing is waited for.
  const state = keeper.load();
  const leaver = leaverOf(state, osUser, input.machine.account(osUser)?.uid);
  const cut = recordOf(leaver, plan, now, state.cuts[osUser]);
  keeper.save({ ...state, cuts: { ...state.cuts, [osUser]: cut } });
  const result = await makeCut(input, osUser, witness, signal);
  if (result.kind === 'cut') keeper.save(withoutUser(keeper.load(), cut));
  return result;
}

function leaverOf({ users, cuts }: State, osUser: string, uid: number | undefined): Leaver {
  const user = Object.values(users).find(({ status }) => status.osUser === osUser);
  const before = cuts[osUser];
  const ports = user?.status.ports ?? before?.ports;
  return {
    name: user?.metadata.name ?? before?.name ?? osUser,
    osUser,
    ...(uid === undefined ? {} : { uid }),
    ...(ports === undefined ? {} : { ports }),
  };
}

/** Whoever is cut off is no user any more; the record of the cut stays. */
function withoutUser(state: State, { undoing: _through, ...cut }: Cut): State {
  const { [cut.name]: _gone, ...users } = state.users;
  return { ...state, users, cuts: { ...state.cuts, [cut.osUser]: cut } };
}
