/** Units that do the same work: two who repair the same things undo each other's. */
import type { WorkstationSpec } from '../api/workstation/index.ts';
import type { Machine } from '../host/machine.ts';

/** @throws Error that names the first of them that is enabled or runs */
export async function refuseSuperseded(
  machine: Machine,
  { machine: { supersedes } }: WorkstationSpec,
): Promise<void> {
  await machine.lookAtUnits(supersedes);
  const rival = supersedes.find((unit) => {
    const facts = machine.units.get(unit);
    return facts?.exists && !facts.masked && (facts.enabled || facts.active === 'active');
  });
  if (rival === undefined) return;
  throw new Error(
    `keep this machine: ${rival} is enabled or running and does this work too: run systemctl disable --now ${rival}`,
  );
}
