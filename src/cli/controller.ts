/** `workstation controller`: what no machine can do alone, for a cluster. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CONTROLLER_LEASE } from '../api/marks.ts';
import type { RosterSource } from '../cluster/rosterpass.ts';
import { ClusterMetrics } from '../cluster/metrics.ts';
import { serve, type Standing } from '../cluster/serve.ts';
import type { ReadSource } from '../cluster/tiers.ts';
import { realClock } from '../controller/clock.ts';
import { InMemoryQueueMetrics } from '../controller/metrics.ts';
import { PassMetrics } from '../controller/passmetrics.ts';
import { readClusterTiers } from '../host/clustertiers.ts';
import { connect, type Connection } from '../kubernetes/connect.ts';
import type { ElectionTimes } from '../kubernetes/election.ts';
import { parseAddress } from '../server/doors/tcp.ts';
import { serveProbes, type Port } from '../server/serve.ts';
import type { Level } from '../telemetry/logger.ts';
import { processMetrics } from '../telemetry/metrics/process.ts';
import type { Telemetry } from '../telemetry/open.ts';
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
  readonly metricsAddress?: string;
  readonly allowRemote?: boolean;
  readonly rosterConfigmap?: string;
  readonly workstation?: string;
  readonly logLevel: Level;
}

/** Milliseconds between two looks at a Vault. */
const TIER_INTERVAL = 5 * 60_000;

/** Runs until it is told to stop: 0; or until it may not lead any more: 1, so that whoever runs it starts it anew. */
export async function controller(io: Io, options: ControllerCommandOptions): Promise<number> {
  const settings = settingsOf(options);
  const cluster = new ClusterMetrics(CONTROLLER_LEASE);
  const { kubeconfig } = options;
  const connection = await connect({
    kubeconfig,
    env: io.env,
    onExchange: (exchange) => cluster.asked(exchange),
  });
  const telemetry = telemetryFor(io, options.logLevel);
  const stop = new AbortController();
  const end = onSignals(stop);
  try {
    return await live({ io, options, settings, connection, cluster, telemetry }, stop.signal);
  } finally {
    telemetry.manager.stopping('stops');
    connection.close();
    telemetry.close();
    end();
  }
}

interface Life {
  readonly io: Io;
  readonly options: ControllerCommandOptions;
  readonly settings: ReturnType<typeof settingsOf>;
  readonly connection: Connection;
  readonly cluster: ClusterMetrics;
  readonly telemetry: Telemetry;
}

async function live(life: Life, signal: AbortSignal): Promise<number> {
  const { io, options, settings, connection, cluster, telemetry } = life;
  const { logger, manager } = telemetry;
  const queue = new InMemoryQueueMetrics('controller', realClock);
  const passes = new PassMetrics('controller', realClock);
  let standing: Standing = 'reads';
  const collectors = [queue, passes, cluster, processMetrics];
  const probes = await serveProbes(
    { collectors, isReady: () => standing !== 'reads' },
    settings.ports,
    logger,
  );
  manager.ready(`speaks to ${connection.server}`);
  logger.log('info', `speaks to ${connection.server}`);
  try {
    const candidacy = await serve(
      {
        ...settings,
        connection,
        identity: `${hostname()}_${randomUUID()}`,
        lease: { namespace: options.namespace, name: CONTROLLER_LEASE },
        namespace: options.namespace,
        tierInterval: TIER_INTERVAL,
        workers: options.workers,
        metrics: { queue, passes },
        readTiers: readVault(io, options),
        clock: realClock,
        logger,
        onStanding(now) {
          standing = now;
          cluster.isLeader = now === 'leads';
          manager.status(WORDS[now]);
        },
      },
      signal,
    );
    if (candidacy.kind !== 'lost') return 0;
    logger.log('error', 'lead: the Lease could not be renewed in time: another may lead now');
    return 1;
  } finally {
    await probes.close();
  }
}

const WORDS: Readonly<Record<Standing, string>> = {
  reads: 'reads what there is',
  waits: 'ready, another leads',
  leads: 'leads',
};

/** @throws Error with a sentence for what cannot be meant, before anything is begun */
function settingsOf(options: ControllerCommandOptions) {
  const { metricsAddress, allowRemote = false } = options;
  const ports: Port[] =
    metricsAddress === undefined
      ? []
      : [{ serves: 'probe', address: parseAddress(metricsAddress, { remote: allowRemote }) }];
  return {
    times: timesOf(options),
    roster: rosterOf(options),
    grace: durationOf('--agent-grace-period', options.agentGracePeriod),
    ports,
  };
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
