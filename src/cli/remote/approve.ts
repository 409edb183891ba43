/** `approve WORKSTATION` over an API server: names whom it has seen to be held, and its agent lets exactly those go. */
import { APPROVE_REMOVALS, printApproval } from '../../api/approval.ts';
import { WORKSTATIONS } from '../../source/cluster/resources.ts';
import type { Io } from '../io.ts';
import { asking, workstationOf } from './cluster.ts';
import type { RemoteOptions } from './detect.ts';

export function approve(io: Io, name: string | undefined, options: RemoteOptions): Promise<number> {
  if (name === undefined) throw new Error('approve removals: name the Workstation whose they are');
  return asking(io, options, async (connection) => {
    const { metadata, status } = await workstationOf(connection, 'approve removals', name);
    const held = (status?.['heldRemovals'] ?? []) as readonly string[];
    if (held.length === 0) {
      io.out('no removals are held\n');
      return 0;
    }
    const annotations = { [APPROVE_REMOVALS]: printApproval(held, io.now()) };
    const { resourceVersion } = metadata;
    // Whatever was held a moment ago is what somebody has seen: a change meanwhile is a conflict.
    await connection.api.merge(WORKSTATIONS, name, { metadata: { annotations, resourceVersion } });
    io.out(`approved the removal of ${held.join(', ')}: the agent of ${name} lets them go\n`);
    return 0;
  });
}
