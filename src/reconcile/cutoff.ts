/** The reversible cut of one person, recorded before it begins, so that it can be undone whenever the program dies. */
import type { State } from '../report/record.ts';
import { makeCut, planCut, recordOf, type CutInput, type CutResult } from './leave.ts';
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
  const state = keeper.load();
  const plan = await planCut(input, osUser);
  const cut = recordOf(nameOf(state, osUser), osUser, plan, now, state.cuts[osUser]);
  keeper.save({ ...state, cuts: { ...state.cuts, [osUser]: cut } });
  const result = await makeCut(input, osUser, witness, signal);
  if (result.kind === 'cut') keeper.save(withoutUser(keeper.load(), cut.name));
  return result;
}

function nameOf({ users }: State, osUser: string): string {
  return Object.values(users).find(({ status }) => status.osUser === osUser)?.metadata.name ?? osUser;
}

/** Whoever is cut off is no user any more; the record of the cut stays. */
function withoutUser(state: State, name: string): State {
  const { [name]: _gone, ...users } = state.users;
  return { ...state, users };
}
