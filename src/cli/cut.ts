/** Makes the reversible cut of people, one after another. */
import { cutOff as cutOffOne } from '../reconcile/cutoff.ts';
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
    const result = await cutOffOne(input, store, osUser, io.now(), progress, signal);
    if (result.kind === 'cut') {
      io.out(`${osUser} is cut off: services, groups and login are gone, nothing is deleted\n`);
    } else {
      isDone = false;
      for (const message of result.messages) io.err(`${message}\n`);
    }
  }
  progress.close();
  return isDone;
}
