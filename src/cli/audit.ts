/** Writes down what a command changes on the machine. */
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import { digest } from '../host/files/write.ts';
import { Auditor } from '../reconcile/audit/auditor.ts';
import { causesOf } from '../reconcile/audit/cause.ts';
import { together, type Witness } from '../reconcile/perform.ts';
import { AuditLog } from '../report/audit/log.ts';
import type { State } from '../report/record.ts';
import type { DeclaredInput } from './declared.ts';
import type { Io } from './io.ts';
import type { People } from './people.ts';
import { progressFor, type Session } from './session.ts';

type Watched = Witness & {
  /** At the end of the work, whatever it came to. */
  close(): void;
};

/** Shows and writes down what is done for `total` people. */
export function watched(
  io: Io,
  { machine, state }: Session,
  declared: DeclaredInput,
  { accepted }: People,
  total: number,
): Watched {
  const now = () => io.now();
  const log = new AuditLog({
    files: machine.logFiles,
    say: (message) => io.err(`warning: ${message}\n`),
    now,
  });
  const auditor = new Auditor({
    machine,
    now,
    revision: revisionOf(declared),
    kindOf: causesOf(state, { users: accepted, policy: policyDigest(declared.workstation) }),
    nameOf: (osUser) => nameOf(accepted, state, osUser),
    write: (record) => log.write(record),
  });
  const progress = progressFor(io, total);
  return {
    ...together(progress, auditor),
    close() {
      progress.close();
      log.close();
    },
  };
}

export function policyDigest({ object }: DeclaredInput['workstation']): string {
  return digestOf(object.spec);
}

/** The same declarations have the same revision, in whichever files they stand. */
function revisionOf({ users, workstation }: DeclaredInput): string {
  return digestOf([workstation.object, ...users]);
}

/** Twelve figures tell the revisions of one machine apart, and can be read out. */
function digestOf(value: unknown): string {
  return digest(JSON.stringify(value)).slice(0, 12);
}

function nameOf(accepted: readonly WorkstationUser[], { users }: State, osUser: string): string | undefined {
  const declared = accepted.find((user) => osUserOf(user) === osUser);
  const known = Object.values(users).find(({ status }) => status.osUser === osUser);
  return (declared ?? known)?.metadata.name;
}
