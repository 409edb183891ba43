/** What watches a pass of the agent: whatever was done is logged, audited, counted, and told as an event. */
import type { Witness } from '../reconcile/perform.ts';
import type { Cause } from './causes.ts';

/** What a pass is about. */
export interface About {
  /** metadata.name; absent for the machine, and for whoever is declared no more. */
  readonly name?: string;
  readonly osUser?: string;
  readonly cause: Cause;
  /** Of the source that the pass works from. */
  readonly revision: string;
}

export type WitnessFor = (about: About) => Witness;
