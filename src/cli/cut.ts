/** Makes the reversible cut of people, one after another. */
import { cutOff as cutOffOne } from '../reconcile/cutoff.ts';
import { watched } from './audit.ts';
import type { DeclaredInput } from './declared.ts';
import type { Io } from './io.ts';
import type { People } from './people.ts';
import type { Session } from './session.ts';

/** Whether every cut was made and seen to be. */
export async function cutOff(
  session: Session,
  io: Io,
  declared: DeclaredInput,
  people: People,
  leavers: readonly string[],
): Promise<boolean> {
  if (leavers.length === 0) return true;
  const { machine, store, signal } = session;
  const input = { machine, policy: declared.workstation.object.spec, staying: people.accepted };
  const witness = watched(io, session, declared, people, leavers.length);
  try {
    let isDone = true;
    for (const osUser of leavers) {
      const result = await cutOffOne(input, store, osUser, io.now(), witness, signal);
      if (result.kind === 'cut') {
        io.out(`${osUser} is cut off: services, groups and login are gone, nothing is deleted\n`);
      } else {
        isDone = false;
        for (const message of result.messages) io.err(`${message}\n`);
      }
    }
    return isDone;
  } finally {
    witness.close();
  }
}
