/** What is said of the machine as a whole. */
import type { Finding } from '../api/conditions.ts';
import type { SourceTrouble } from '../source/source.ts';
import type { Leavers } from './leavers.ts';

/** @param machine absent before the first pass over the machine's own files, units and maps */
export function machineFindings(
  machine: Finding | undefined,
  trouble: SourceTrouble | undefined,
  held: Leavers['held'],
  concerns: readonly Finding[] = [],
): Finding[] {
  const source: Finding =
    trouble === undefined
      ? { type: 'SourceReady', status: 'True', reason: 'Ready', message: '' }
      : { type: 'SourceReady', status: 'False', ...trouble };
  const paused: Finding[] =
    held === undefined
      ? []
      : [{ type: 'RemovalsPaused', status: 'True', reason: 'MassRemoval', message: held.message }];
  return [...(machine === undefined ? [] : [machine]), source, ...concerns, ...paused];
}
