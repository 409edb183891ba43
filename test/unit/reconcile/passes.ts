/** People, passes and witnesses for the tests of this folder. */
import type { Finding } from '../../../src/api/conditions.ts';
import { API_VERSION, UserSpec, type WorkstationUser } from '../../../src/api/user.ts';
import {
  applyPass,
  planPass,
  type Outcome,
  type PassInput,
  type Planned,
} from '../../../src/reconcile/pass.ts';
import type { Witness } from '../../../src/reconcile/perform.ts';
import { policy } from '../sections/build.ts';
import { NOW } from './memory-files.ts';
import { MemoryMachine } from './memory-machine.ts';

export function user(name: string, spec: object = {}): WorkstationUser {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name },
    spec: UserSpec.parse({ authentikUser: `${name}@x`, k8sUser: name, tier: 'power-user', ...spec }),
  };
}

const SILENT: Witness = { began() {}, ended() {}, finished() {} };
const devvm = policy();

function inputOf(
  machine: MemoryMachine,
  users: readonly WorkstationUser[],
  more: Partial<PassInput>,
): PassInput {
  return { machine, users, policy: devvm, canMint: true, cut: new Set(), now: () => NOW, ...more };
}

export function apply(
  machine: MemoryMachine,
  users: readonly WorkstationUser[],
  more: Partial<PassInput> = {},
  witness = SILENT,
): Promise<Outcome> {
  return applyPass(inputOf(machine, users, more), witness, new AbortController().signal);
}

export function plan(
  machine: MemoryMachine,
  users: readonly WorkstationUser[],
  more: Partial<PassInput> = {},
): Promise<Planned> {
  return planPass(inputOf(machine, users, more));
}

/** `TYPE=STATUS REASON: MESSAGE` of one person. */
export function saidOf({ people }: Outcome, name: string): string[] {
  const found = people.find(({ person }) => person.name === name);
  return (found?.findings ?? []).map(sentenceOf);
}

export function sentenceOf({ type, status, reason, message }: Finding): string {
  return `${type}=${status} ${reason}${message === '' ? '' : `: ${message}`}`;
}

/** The types of the conditions that are false. */
export function falseOf({ people }: Outcome, name: string): string[] {
  const found = people.find(({ person }) => person.name === name);
  return (found?.findings ?? []).filter(({ status }) => status === 'False').map(({ type }) => type);
}

/** What was done, as `USER KIND`. */
export function doneBy(machine: MemoryMachine): string[] {
  return machine.log.map(({ user: who, action }) => `${who} ${action.kind}`);
}

/** A machine on which these people are as declared, and nothing is written down yet. */
export async function converged(users: readonly WorkstationUser[]): Promise<MemoryMachine> {
  const machine = new MemoryMachine();
  await apply(machine, users);
  machine.log.length = 0;
  machine.batches.length = 0;
  return machine;
}
