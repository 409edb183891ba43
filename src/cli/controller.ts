/** `workstation controller`: what no machine can do alone, for a cluster. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CONTROLLER_LEASE } from '../api/marks.ts';
import type { RosterSource } from '../cluster/rosterpass.ts';
import { serve } from '../cluster/serve.ts';
import type { ReadSource } from '../cluster/tiers.ts';
import { realClock } from '../controller/clock.ts';
import { readClusterTiers } from '../host/clustertiers.ts';
import { connect } from '../kubernetes/connect.ts';
import type { ElectionTimes } from '../kubernetes/election.ts';
import type { Level } from '../telemetry/logger.ts';
import { vaultFor, type ClusterOptions } from './cluster.ts';
import { durationOf, onSignals, telemetryFor } from './daemon.ts';
import type { Io } from './io.ts';

export interface ControllerCommandOptions extends ClusterOptions {
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly leaderElectLeaseDuration: string;
  readonly leaderElectRenewDeadline: string;
  readonly leaderElectRetryPeriod: string;
  readonly agentGracePeriod: string;
  readonly workers: number;
  readonly rosterConfigmap?: string;
  readonly workstation?: string;
  readonly logLevel: Level;
}

/** Milliseconds between two looks at a Vault. */
const TIER_INTERVAL = 5 * 60_000;

/** Runs until it is told to stop: 0; or until it may not lead any more: 1, so that whoever runs it starts it anew. */
export async function controller(io: Io, options: ControllerCommandOptions): Promise<number> {
  const times = timesOf(options);
  const roster = rosterOf(options);
  const grace = durationOf('--agent-grace-period', options.agentGracePeriod);
  const connection = await connect({ kubeconfig: options.kubeconfig, env: io.env });
  const telemetry = telemetryFor(io, options.logLevel);
  const { logger, manager } = telemetry;
  const stop = new AbortController();
  const end = onSignals(stop);
  manager.ready(`speaks to ${connection.server}`);
  logger.log('info', `speaks to ${connection.server}`);
  try {
    const candidacy = await serve(
      {
        connection,
        identity: `${hostname()}_${randomUUID()}`,
        lease: { namespace: options.namespace, name: CONTROLLER_LEASE },
        times,
        namespace: options.namespace,
        grace,
        tierInterval: TIER_INTERVAL,
        workers: options.workers,
        roster,
        readTiers: readVault(io, options),
        clock: realClock,
        logger,
        onStatus: (status) => manager.status(status),
      },
      stop.signal,
    );
    if (candidacy.kind !== 'lost') return 0;
    logger.log('error', 'lead: the Lease could not be renewed in time: another may lead now');
    return 1;
  } finally {
    manager.stopping('stops');
    connection.close();
    telemetry.close();
    end();
  }
}

/** A file of the machine is its agent's to read, and a ConfigMap is watched. */
function readVault(io: Io, options: ClusterOptions): ReadSource {
  return (source, signal) =>
    source.vault === undefined
      ? undefined
      : readClusterTiers(source, {
          // Read each time: its token may have been renewed.
          vault: vaultFor(io, options),
          readFile: (path) => readFileSync(path, 'utf8'),
          signal,
        });
}

function timesOf(options: ControllerCommandOptions): ElectionTimes {
  const leaseDuration = durationOf('--leader-elect-lease-duration', options.leaderElectLeaseDuration);
  const renewDeadline = durationOf('--leader-elect-renew-deadline', options.leaderElectRenewDeadline);
  const retryPeriod = durationOf('--leader-elect-retry-period', options.leaderElectRetryPeriod);
  if (leaseDuration > renewDeadline && renewDeadline > retryPeriod) {
    return { leaseDuration, renewDeadline, retryPeriod };
  }
  throw new Error(
    'read the times of the election: the lease must last longer than the renew deadline, and that longer than the retry period',
  );
}

function rosterOf({ rosterConfigmap, workstation }: ControllerCommandOptions): RosterSource | undefined {
  if (rosterConfigmap === undefined) {
    if (workstation === undefined) return undefined;
    throw new Error(
      `read --workstation: there is no roster to mirror for ${workstation}: name it with --roster-configmap`,
    );
  }
  const [namespace, name, more] = rosterConfigmap.split('/');
  if (!namespace || !name || more !== undefined) {
    throw new Error(`read --roster-configmap: found ${rosterConfigmap}, give NAMESPACE/NAME`);
  }
  if (workstation === undefined) {
    throw new Error('mirror a roster: it is not known whose it is: name the machine with --workstation');
  }
  return { namespace, name, workstation };
}
