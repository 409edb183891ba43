/** What an agent in a cluster stands on: its users and Workstation there, reports, Events and a heartbeat. */
import { realClock } from '../controller/clock.ts';
import { connect, type Connection } from '../kubernetes/connect.ts';
import { beat } from '../kubernetes/heartbeat.ts';
import { Recorder } from '../kubernetes/recorder.ts';
import { Reflector } from '../kubernetes/reflector.ts';
import { ClusterReport } from '../report/cluster/report.ts';
import type { StateFiles } from '../report/store.ts';
import { USERS, WORKSTATIONS, type AnyObject } from '../source/cluster/resources.ts';
import { ClusterSource, type Followed, type Listeners } from '../source/cluster/source.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface ClusterSetting {
  /** The machine, as its Workstation and its Lease are called. */
  readonly name: string;
  /** Where the Lease is. */
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
  readonly files: StateFiles;
  /** The state directory, absolute, on the machine. */
  readonly stateDirectory: string;
  /** Where relative sources of the policy start, absolute. */
  readonly directory: string;
  readonly logger: Logger;
}

export interface ClusterSide {
  readonly source: ClusterSource;
  readonly report: ClusterReport;
  /** Of the server, for a person. */
  readonly server: string;
  /** Renews the Lease until `signal` fires. */
  beat(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Seconds that the Lease lasts, and milliseconds between renewals: the kubelet's. */
const LEASE = 40;
/** Milliseconds for one renewal, well below the time between two. */
const RENEWAL = { attempt: 3000, request: 5000 };

export async function clusterSide(setting: ClusterSetting): Promise<ClusterSide> {
  const { name, kubeconfig, logger } = setting;
  const connection = await connect({ kubeconfig });
  const followed: { stores?: Followed } = {};
  const report: ClusterReport = new ClusterReport({
    name,
    api: connection.api,
    users: USERS,
    workstations: WORKSTATIONS,
    seen: (kind, object) => followed.stores?.[kind === 'user' ? 'users' : 'workstations'].get(object),
    recorder: new Recorder({
      api: connection.api,
      reporter: { controller: 'workstation.dev/agent', instance: name },
    }),
    logger,
    clock: realClock,
    now: () => new Date(),
  });
  const source = new ClusterSource({
    ...setting,
    api: connection.api,
    clock: realClock,
    follow(listeners, signal) {
      followed.stores = follow(connection, name, reporting(listeners, report), signal);
      return followed.stores;
    },
  });
  return {
    source,
    report,
    server: connection.server,
    beat: (signal) => heartbeat(connection, setting, signal),
    close: () => connection.close(),
  };
}

/** Whatever the server tells anew may have been written over. */
function reporting(listeners: Listeners, report: ClusterReport): Listeners {
  return {
    ...listeners,
    onUser(name) {
      listeners.onUser(name);
      report.seen('user', name);
    },
    onWorkstation(name) {
      listeners.onWorkstation(name);
      report.seen('workstation', name);
    },
  };
}

function follow(
  { transport }: Connection,
  name: string,
  { onUser, onWorkstation, onTrouble }: Listeners,
  signal: AbortSignal,
): Followed {
  const users = new Reflector<AnyObject>({
    transport,
    resource: USERS,
    selectors: { fieldSelector: `spec.workstation=${name}` },
    onChange: onUser,
    onTrouble,
  });
  const workstations = new Reflector<AnyObject>({
    transport,
    resource: WORKSTATIONS,
    selectors: { fieldSelector: `metadata.name=${name}` },
    onChange: onWorkstation,
  });
  void users.run(signal);
  void workstations.run(signal);
  return { users, workstations };
}

async function heartbeat(
  connection: Connection,
  { name, namespace, logger }: ClusterSetting,
  signal: AbortSignal,
): Promise<void> {
  await beat(
    {
      api: connection.apiWithin(RENEWAL),
      lease: { namespace, name },
      identity: name,
      duration: LEASE,
      onTrouble: (trouble) =>
        trouble === undefined
          ? logger.log('notice', `the Lease ${namespace}/${name} is renewed again`)
          : logger.log('warning', `renew the Lease ${namespace}/${name}: ${trouble.message}`),
    },
    signal,
  );
}
