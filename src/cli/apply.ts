/** `apply`: one pass over the machine, and with --prune the reversible cut of who has left. */
import { osUserOf } from '../api/user.ts';
import { stalledReport } from '../reconcile/admit.ts';
import { lookUpEverybody } from '../reconcile/leave.ts';
import { applyPass, type Outcome } from '../reconcile/pass.ts';
import { afterPass, type PassReport } from '../report/update.ts';
import { portsOf } from '../sections/section.ts';
import { policyDigest, watched } from './audit.ts';
import { tierIssuesIfKnown, vaultFor, type ClusterOptions } from './cluster.ts';
import { cutOff } from './cut.ts';
import { loadDeclared, openingOf, type DeclaredInput, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { openFor, type MachineOptions } from './machine.ts';
import { passInput } from './passinput.ts';
import { sortOut, withTierIssues, type People } from './people.ts';
import { printResults } from './print/results.ts';
import { inSession, requireRoot, type Session, type SessionOptions } from './session.ts';

type ApplyOptions = DeclaringOptions &
  MachineOptions &
  ClusterOptions &
  SessionOptions & { readonly prune?: boolean; readonly confirmRemovals?: number };

export async function apply(io: Io, names: readonly string[], options: ApplyOptions): Promise<number> {
  requireRoot();
  if (options.prune && names.length > 0)
    throw new Error(
      `apply --prune cuts off everybody who is declared no more, not only ${names.join(', ')}: run it without names, or offboard those`,
    );
  const declared = await loadDeclared(io, options);
  if (declared === undefined) return 1;
  const vault = vaultFor(io, options);
  const issues = await tierIssuesIfKnown(io, declared.users, declared.workstation.object.spec, vault);
  const opened = await openFor(options, openingOf(declared, vault));
  try {
    return await inSession(opened, options, async (session) => {
      const { machine, state } = session;
      await lookUpEverybody(machine, declared.users.map(osUserOf), declared.workstation.object.spec, state);
      const people = withTierIssues(io, sortOut(declared, names, state), issues);
      return applyIn(session, io, declared, people, options);
    });
  } finally {
    await opened.machine.close();
  }
}

async function applyIn(
  session: Session,
  io: Io,
  declared: DeclaredInput,
  people: People,
  { prune, confirmRemovals }: ApplyOptions,
): Promise<number> {
  const { machine, store, state, signal } = session;
  const confirmed = confirmRemovals === undefined ? {} : { confirmed: confirmRemovals };
  const { input, leavers, held } = passInput({ io, machine, declared, people, state, ...confirmed });
  if (prune && input.keepMaps !== undefined) throw new Error(input.keepMaps);
  const witness = watched(io, session, declared, people, people.served.size);
  const outcome = await applyPass(input, witness, signal).finally(() => witness.close());
  store.save(afterPass(state, reportOf(session, declared, people, outcome), io.now()));
  io.out(printResults(outcome));
  for (const { message } of people.stalled) io.err(`${message}\n`);
  const isPruned = prune ? await cutOff(session, io, declared, people, leavers) : (say(io, held), true);
  signal.throwIfAborted();
  return isEverybodyReady(outcome) && people.stalled.length === 0 && isPruned ? 0 : 1;
}

function say(io: Io, sentences: readonly string[]): void {
  for (const sentence of sentences) io.err(`${sentence}\n`);
}

function reportOf(
  { machine }: Session,
  declared: DeclaredInput,
  people: People,
  outcome: Outcome,
): PassReport {
  const { metadata, spec } = declared.workstation.object;
  const byName = new Map(people.accepted.map((user) => [user.metadata.name, user]));
  const users = outcome.people.flatMap(({ person, findings, acted }) => {
    const user = byName.get(person.name);
    const uid = machine.account(person.osUser)?.uid;
    return user
      ? [{ user, ports: portsOf(person), findings, acted, ...(uid === undefined ? {} : { uid }) }]
      : [];
  });
  const isAboutEverybody = people.accepted.length === people.served.size;
  return {
    workstation: metadata.name,
    ...(isAboutEverybody ? { policy: policyDigest(declared.workstation) } : {}),
    services: spec.services.map(({ name }) => name),
    users: [...users, ...people.stalled.map(stalledReport)],
    machine: [outcome.machine.finding],
    declared: new Set([...byName.keys(), ...people.stalled.map(({ user }) => user.metadata.name)]),
  };
}

function isEverybodyReady({ people, machine }: Outcome): boolean {
  const findings = [
    machine.finding,
    ...people.flatMap((person) => person.findings.filter(({ type }) => type === 'Ready')),
  ];
  return findings.every(({ status }) => status === 'True');
}
