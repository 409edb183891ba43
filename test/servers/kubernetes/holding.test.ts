import { Heartbeat } from '../../../src/kubernetes/heartbeat.ts';
import { campaign } from '../../../src/kubernetes/elector.ts';
import type { Happening, KubernetesEvent } from '../../../src/kubernetes/happening.ts';
import { eventsFor } from '../../../src/kubernetes/happening.ts';
import type { Lease } from '../../../src/kubernetes/leases.ts';
import { leasesOf } from '../../../src/kubernetes/leases.ts';
import { Recorder } from '../../../src/kubernetes/recorder.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { describeServers } from '../../harness/requirements.ts';
import { FAST, setStage, until } from './stage.ts';
import type { Stage } from './stage.ts';

const NAMESPACE = 'default';

describeServers('what is kept on a server', ['etcd', 'kube-apiserver'], () => {
  let server: Apiserver;
  let stage: Stage;
  beforeAll(async () => {
    server = await startApiserver();
    stage = await setStage(server);
  });
  afterAll(async () => {
    await stage.end();
    await server.stop();
  });

  const lease = (name: string) => stage.direct.api.get<Lease>(leasesOf(NAMESPACE), name);

  it('a heartbeat is renewed', async () => {
    const stopping = new AbortController();
    const { api } = stage.through;
    const name = { namespace: NAMESPACE, name: 'machine' };
    const heartbeat = new Heartbeat({ api, lease: name, identity: 'machine', clock: FAST });
    const beating = heartbeat.run(stopping.signal);
    await until(async () => (await lease('machine')) !== undefined);
    const first = (await lease('machine'))?.spec?.renewTime ?? '';
    await until(async () => ((await lease('machine'))?.spec?.renewTime ?? '') > first);
    stopping.abort();
    await beating;
  });

  it('an election has one leader, and another when that one is cut off', async () => {
    const leading = new Map<string, AbortSignal>();
    const stopping = new AbortController();
    const stand = (identity: string, { api }: Stage['direct']) =>
      campaign(
        { api, lease: { namespace: NAMESPACE, name: 'election' }, identity, clock: FAST },
        (signal) => {
          leading.set(identity, signal);
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        },
        stopping.signal,
      );
    const first = stand('first', stage.through);
    await until(() => leading.has('first'));
    const second = stand('second', stage.direct);
    await until(
      async () => (await lease('election'))?.spec?.acquireTime !== (await lease('election'))?.spec?.renewTime,
    );
    expect([...leading.keys()]).toEqual(['first']);
    stage.proxy.fault = () => ({ kind: 'hang' });
    await until(() => leading.has('second'));
    expect(leading.get('first')?.aborted).toBe(true);
    stage.proxy.fault = () => undefined;
    expect(await first).toEqual({ kind: 'lost' });
    stopping.abort();
    expect(await second).toEqual({ kind: 'stopped' });
    expect((await lease('election'))?.spec).toMatchObject({ holderIdentity: '', leaseTransitions: 1 });
  });

  it('Events are counted', async () => {
    const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: 'a' };
    const happening = { regarding, type: 'Warning', reason: 'CloneFailed', action: 'Reconcile' } as const;
    const recorder = new Recorder({
      api: stage.through.api,
      reporter: { controller: 'test.dev/agent', instance: 'machine' },
      clock: FAST,
    });
    const told: Happening = { ...happening, note: `the remote is down ${'ü'.repeat(600)}` };
    const found = async () =>
      (await stage.direct.api.list<KubernetesEvent>(eventsFor(regarding))).filter(
        ({ reason }) => reason === 'CloneFailed',
      );
    recorder.record(told);
    await until(async () => (await found()).length === 1);
    recorder.record(told);
    await until(async () => (await found())[0]?.series?.count === 2);
    recorder.record(told);
    await recorder.close(AbortSignal.timeout(10_000));
    expect((await found()).map(({ series }) => series?.count)).toEqual([3]);
    expect((await found())[0]?.note).toMatch(/^the remote is down ü+…$/);
  });
});
