import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Apiserver } from './kubernetes.ts';

export interface Backup {
  /** Puts the server back to it, counting on from `bump` revisions later, and removes it. */
  restore(bump?: number): Promise<void>;
}

/** A copy of all that a server has. For as long as it takes, and as a restore takes, there is no server. */
export async function backUp(server: Apiserver): Promise<Backup> {
  const copy = await mkdtemp(join(tmpdir(), 'workstation-backup-'));
  await server.outage(() => server.etcd.outage((data) => cp(data, copy, { recursive: true })));
  return {
    async restore(bump = 0) {
      await server.outage(async () => {
        await server.etcd.outage(async (data) => {
          await rm(data, { recursive: true });
          await cp(copy, data, { recursive: true });
        });
        await server.etcd.bump(bump);
      });
      await rm(copy, { recursive: true });
    },
  };
}
