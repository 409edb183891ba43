/**
 * Election of one leader by a Lease, after client-go's leaderelection.
 *
 * - At most one leads, as long as clocks run at about the same speed: what they show may differ. Whoever does not lead waits
 *   for as long as the Lease says from when it saw the Lease change, by its own clock, not from the time written in it.
 * - Who cannot renew stops leading before anybody else may begin: its signal fires.
 * - Who stops gives the Lease back once its work has ended, and renews it until then.
 */
import { Candidate } from './candidate.ts';
import type { ElectorOptions } from './election.ts';

/** How a candidacy ended. */
export type Candidacy =
  /** By the signal, before or while it led. */
  | { readonly kind: 'stopped' }
  /** It led, and could not renew in time, or another had taken the Lease. */
  | { readonly kind: 'lost' }
  /** It led, and its work ended by itself. */
  | { readonly kind: 'done' };

/** Waits to be elected, then leads, once. `lead` is to return soon after its signal fires. @throws what `lead` throws */
export async function campaign(
  options: ElectorOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<Candidacy> {
  const candidate = new Candidate(options);
  if (!(await candidate.wins(signal))) return { kind: 'stopped' };
  const leading = new AbortController();
  const stop = (): void => leading.abort(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const ended = new AbortController();
  const work = lead(leading.signal).finally(() => ended.abort());
  // It is awaited below, maybe later than it fails.
  work.catch(() => undefined);
  try {
    const isHeld = await candidate.holds(ended.signal);
    if (!isHeld) leading.abort(new Error('lead: the Lease was lost'));
    await work;
    if (!isHeld) return { kind: 'lost' };
    return { kind: signal.aborted ? 'stopped' : 'done' };
  } finally {
    signal.removeEventListener('abort', stop);
    await candidate.release();
  }
}
