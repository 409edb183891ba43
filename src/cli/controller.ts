/** `workstation controller`: what no machine can do alone, for a cluster. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CONTROLLER_LEASE } from '../api/marks.ts';
import { Duration } from '../api/primitives.ts';
import type { RosterSource } from '../cluster/rosterpass.ts';
import { serve } from '../cluster/serve.ts';
import type { ReadSource } from '../cluster/tiers.ts';
import { realClock } from '../controller/clock.ts';
import { readClusterTiers } from '../host/clustertiers.ts';
import { SYSTEMD_NOTIFY } from '../host/programs/names.ts';
import { connect } from '../kubernetes/connect.ts';
import type { ElectionTimes } from '../kubernetes/election.ts';
import { milliseconds } from '../sections/common.ts';
import type { Level } from '../telemetry/logger.ts';
import { openTelemetry } from '../telemetry/open.ts';
import { vaultFor, type ClusterOptions } from './cluster.ts';
import type { Io } from './io.ts';
import { chooseStyle } from './print/style.ts';

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
  const telemetry = openTelemetry(surroundings(io), options.logLevel);
  const { logger, manager } = telemetry;
  const stop = new AbortController();
  const stopping = () => stop.abort(new Error('told to stop'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopping);
  manager.ready(`speaks to ${connection.server}`);
  logger.log('info', `speaks to ${connection.server}`);
  try {
    const end = await serve(
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
    if (end.kind !== 'lost') return 0;
    logger.log('error', 'lead: the Lease could not be renewed in time: another may lead now');
    return 1;
  } finally {
    manager.stopping('stops');
    connection.close();
    telemetry.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stopping);
  }
}

function surroundings(io: Io) {
  const style = chooseStyle(io.isTerminal, io.env);
  const paint = {
    faint: (text: string) => style.faint(text),
    strong: (text: string) => style.strong(text),
    warning: (text: string) => style.warning(text),
    error: (text: string) => style.removed(text),
  };
  return { env: io.env, stderr: process.stderr, paint, systemdNotify: SYSTEMD_NOTIFY };
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

function durationOf(option: string, text: string): number {
  if (Duration.safeParse(text).success) return milliseconds(text);
  throw new Error(`read ${option}: found ${text}, give a duration such as 15s or 1m`);
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
