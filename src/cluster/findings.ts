/** From what was found of a user to what is said of them, and whose word it is. */
import type { Finding } from '../api/conditions.ts';
import type { Verdict } from './acceptance.ts';
import type { Departure } from './departure.ts';
import type { ClusterUser } from './kinds.ts';
import type { Life } from './lifeline.ts';

/** A finding of the controller. */
export interface Statement extends Finding {
  /**
   * `own`: nobody else says this. `yield`: said unless somebody else says anything of it. `insist`: said in place of whoever
   * said it, since they cannot speak for themselves.
   */
  readonly voice: 'own' | 'yield' | 'insist';
}

export interface Found {
  readonly verdict: Verdict;
  /** Of the agent; undefined where there is no machine to have one. */
  readonly life: Life | undefined;
  readonly access?: Finding | undefined;
  /** Of somebody who is being deleted. */
  readonly departure?: Departure | undefined;
}

export function statementsOf(user: ClusterUser, found: Found): Statement[] {
  const { verdict, life, access, departure } = found;
  const { reason, message } = verdict;
  const isRefused = verdict.kind === 'refused';
  const machine = user.spec.workstation ?? '';
  return [
    { type: 'Accepted', status: isRefused ? 'False' : 'True', reason, message, voice: 'own' },
    ...(access === undefined ? [] : [{ ...access, voice: 'own' } as const]),
    life?.kind !== 'lost' && isRefused
      ? refused(verdict, life === undefined ? 'insist' : 'yield')
      : inPlaceOf(machine, life, departure),
    ...(isRefused ? [{ type: 'Stalled', status: 'True', reason, message, voice: 'yield' } as const] : []),
  ];
}

function refused({ reason, message }: Verdict, voice: Statement['voice']): Statement {
  return { type: 'Ready', status: 'False', reason, message, voice };
}

/** Ready, which is the agent's to say as long as there is one that can. */
export function inPlaceOf(machine: string, life: Life | undefined, departure?: Departure): Statement {
  if (life?.kind === 'lost') {
    const message = departure?.kind === 'wait' ? departure.message : agentLost(machine, life.seen);
    return { type: 'Ready', status: 'Unknown', reason: AGENT_LOST, message, voice: 'insist' };
  }
  const message = `the agent of ${machine} has not reported yet`;
  return { type: 'Ready', status: 'Unknown', reason: 'Pending', message, voice: 'yield' };
}

export const AGENT_LOST = 'AgentLost';

function agentLost(machine: string, seen: boolean): string {
  return seen
    ? `the agent of ${machine} no longer renews its Lease: see that the machine and its agent run`
    : `no agent of ${machine} keeps a Lease: start one there, under the name ${machine}`;
}
