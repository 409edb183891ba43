import { mergeConditions, type Finding } from '../../../src/api/conditions.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import { realClock } from '../../../src/controller/clock.ts';
import { connect, type Connection } from '../../../src/kubernetes/connect.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import type { Exchange } from '../../../src/kubernetes/transport.ts';
import { findingsOfStalled } from '../../../src/reconcile/findings.ts';
import { ClusterReport } from '../../../src/report/cluster/report.ts';
import { USERS, WORKSTATIONS, type AnyObject } from '../../../src/source/cluster/resources.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import { describeServers } from '../../harness/requirements.ts';
import { until } from '../../harness/servers/crds.ts';
import { ClusterStage, machine, person, quiet, type Running } from './stage.ts';

const READY: Finding[] = [
  { type: 'Ready', status: 'True', reason: 'Ready', message: 'everything is as declared' },
];
const SILENT: Logger = { log: () => undefined, with: () => SILENT };

/** The reports of a real agent, of whose passes only the outcome is made up here. */
describeServers('the controller and the reports of an agent', ['etcd', 'kube-apiserver'], () => {
  let stage: ClusterStage;
  let running: Running;
  let connection: Connection;
  let users: Reflector<AnyObject>;
  let report: ClusterReport;
  const exchanges: Exchange[] = [];
  const stop = new AbortController();

  beforeAll(async () => {
    stage = await ClusterStage.open();
    running = await stage.run();
    await stage.machine('devvm');
    connection = await connect({
      kubeconfig: stage.server.kubeconfig,
      onExchange: (exchange) => exchanges.push(exchange),
    });
    users = new Reflector<AnyObject>({
      transport: connection.transport,
      resource: USERS,
      selectors: { fieldSelector: 'spec.workstation=devvm' },
      onChange: (name) => report.seen('user', name),
    });
    report = new ClusterReport({
      name: 'devvm',
      api: connection.api,
      users: USERS,
      workstations: WORKSTATIONS,
      seen: (_, name) => users.get(name),
      recorder: { record: () => undefined, close: () => Promise.resolve() },
      logger: SILENT,
      clock: realClock,
      now: () => new Date(),
    });
    void users.run(stop.signal);
  });
  afterAll(async () => {
    stop.abort();
    await report.close(AbortSignal.timeout(1000));
    await running.stop();
    connection.close();
    await stage.stop();
  });

  /** What a pass over somebody came to. */
  async function passed(name: string, findings: readonly Finding[]): Promise<void> {
    await until('the agent knows them', async () => users.get(name) !== undefined);
    const { metadata, status } = users.get(name)!;
    const { generation = 1, creationTimestamp = '' } = metadata;
    const conditions = mergeConditions(status?.conditions ?? [], findings, new Date(), generation);
    report.user({
      apiVersion: API_VERSION,
      kind: 'WorkstationUser',
      metadata: { name, generation, creationTimestamp },
      spec: {},
      status: { observedGeneration: generation, osUser: name, uid: 1001, ports: {}, conditions },
    });
  }

  /** Writes of the status of somebody by either of the two, since the last call. */
  function writes(name: string): number {
    const all = [...running.exchanges(), ...exchanges.splice(0)];
    return all.filter(({ path }) => path === `${person(name)}/status`).length;
  }

  it('write a new status twice in all', async () => {
    await stage.person('emo');
    await stage.said(person('emo'), 'Accepted', 'True/Accepted');
    await passed('emo', READY);
    await stage.said(person('emo'), 'Ready', 'True/Ready');
    await quiet(300);
    expect(writes('emo')).toBe(2);
  });

  it('do not quarrel over somebody who is refused, and let them go together', async () => {
    await stage.person('zed', { workstation: 'devvm', osUser: 'emo' });
    await stage.said(person('zed'), 'Accepted', 'False/AccountTaken');
    const { reason, message } = (await stage.user('zed'))!.status!.conditions!.find(
      ({ type }) => type === 'Accepted',
    )!;
    await passed('zed', findingsOfStalled(reason, message));
    await stage.said(person('zed'), 'Stalled', 'True/AccountTaken');
    await quiet(500);
    writes('zed');
    await quiet(1000);
    expect(writes('zed')).toBe(0);
    await stage.delete(person('emo'));
    await until('the agent sees it', async () => users.get('emo')?.metadata.deletionTimestamp !== undefined);
    report.offboarded('emo');
    await stage.said(person('zed'), 'Accepted', 'True/Accepted');
    await passed('zed', READY);
    await until(
      'nothing of the stall is left',
      async () => (await stage.conditions(person('zed')))['Stalled'] === undefined,
    );
    await stage.said(person('zed'), 'Ready', 'True/Ready');
  });

  it('do not quarrel over an agent that speaks and does not renew its Lease', async () => {
    await stage.renew('devvm', 2);
    await stage.said(machine('devvm'), 'Ready', 'Unknown/AgentLost');
    writes('zed');
    // Two rounds of what a Lease lasts, with its grace period: in each, one says that the agent is lost, the other that it lives.
    await quiet(6000);
    const count = writes('zed');
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(6);
    await stage.renew('devvm');
    await stage.said(person('zed'), 'Ready', 'True/Ready');
  });
});
