/** What an agent in a cluster stands on: its users and Workstation there, reports, Events and a heartbeat. */
import { agentAccount } from '../api/marks.ts';
import { realClock } from '../controller/clock.ts';
import { connect, type Connection } from '../kubernetes/connect.ts';
import { ApiError } from '../kubernetes/api.ts';
import { Heartbeat } from '../kubernetes/heartbeat.ts';
import { tokenFileAt } from '../kubernetes/tokenfile.ts';
import { requestToken } from '../kubernetes/tokens.ts';
import { keepRenewed, type RenewalOptions } from '../kubernetes/renewal.ts';
import { Recorder } from '../kubernetes/recorder.ts';
import { Reflector } from '../kubernetes/reflector.ts';
import { ClusterReport } from '../report/cluster/report.ts';
import type { StateFiles } from '../report/store.ts';
import { USERS, WORKSTATIONS, type AnyObject } from '../source/cluster/resources.ts';
import { ClaimRefused, type Followed, type Listeners } from '../source/cluster/setting.ts';
import { ClusterSource } from '../source/cluster/source.ts';
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
  /** Renews the Lease, and the token where it is the agent's to renew, until `signal` fires. */
  accompany(signal: AbortSignal): Promise<void>;
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
  const heartbeat = heartbeatOf(connection, setting, () => source.setBack());
  const source: ClusterSource = new ClusterSource({
    ...setting,
    api: connection.api,
    clock: realClock,
    claim: () => claim(heartbeat, setting),
    heartbeat,
    follow(listeners, signal) {
      followed.stores = follow(connection, name, reporting(listeners, report), signal);
      return followed.stores;
    },
  });
  return {
    source,
    report,
    server: connection.server,
    accompany: async (signal) => {
      const renewal = renewed(connection, setting, (trouble) => source.credentials(trouble), signal);
      await Promise.all([heartbeat.run(signal), renewal]);
    },
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

/** Only a machine that has joined has an account of its own: the kubelet renews what pods have. */
async function renewed(
  { transport, access: { tokenFile } }: Connection,
  { name, namespace, logger }: ClusterSetting,
  tell: (trouble: string | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  if (tokenFile === undefined) return;
  const account = { namespace, name: agentAccount(name) };
  const options: RenewalOptions = {
    account,
    path: tokenFile,
    file: tokenFileAt(tokenFile),
    request: (seconds) => requestToken(transport, account, seconds),
    onTrouble(trouble) {
      logger.log(
        trouble === undefined ? 'notice' : 'warning',
        trouble ?? `the token in ${tokenFile} is renewed again`,
      );
      tell(trouble);
    },
  };
  await keepRenewed(options, signal);
}

/** Whoever may not keep the Lease of this machine is not its agent. */
async function claim(heartbeat: Heartbeat, { name }: ClusterSetting): Promise<void> {
  try {
    await heartbeat.beat();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    const remedy = 'give --name the machine that the credentials are of, or credentials of this machine';
    throw new ClaimRefused(`be the agent of ${name}: ${error.message}: ${remedy}`, { cause: error });
  }
}

function heartbeatOf(
  connection: Connection,
  { name, namespace, logger }: ClusterSetting,
  setBack: () => void,
): Heartbeat {
  return new Heartbeat({
    api: connection.apiWithin(RENEWAL),
    lease: { namespace, name },
    identity: name,
    duration: LEASE,
    onTrouble: (trouble) =>
      trouble === undefined
        ? logger.log('notice', `the Lease ${namespace}/${name} is renewed again`)
        : logger.log('warning', `renew the Lease ${namespace}/${name}: ${trouble.message}`),
    onSetBack() {
      const found = `the Lease ${namespace}/${name} is not as it was left`;
      logger.log(
        'warning',
        `${found}: the API server may have been restored from a backup: whoever it lacks is kept`,
      );
      setBack();
    },
  });
}
