import { ApiError, type Api } from '../../../../src/kubernetes/api.ts';
import type { KubernetesObject } from '../../../../src/kubernetes/objects.ts';
import { differs, superfluous } from '../../../../src/report/cluster/difference.ts';
import { ClusterReport } from '../../../../src/report/cluster/report.ts';
import type { SeenObject } from '../../../../src/report/cluster/setting.ts';
import type { RecordedUser } from '../../../../src/report/record.ts';
import { USERS, WORKSTATIONS } from '../../../../src/source/cluster/resources.ts';
import { API_VERSION, UserSpec } from '../../../../src/api/user.ts';
import { FakeClock } from '../../controller/fake-clock.ts';

const condition = (type: string, status = 'True', more: object = {}) => ({
  type,
  status,
  reason: 'Because',
  message: '',
  lastTransitionTime: '2026-01-02T03:04:05Z',
  observedGeneration: 1,
  ...more,
});

function recorded(...conditions: object[]): RecordedUser {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name: 'emo', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: UserSpec.parse({ authentikUser: 'emo', k8sUser: 'emo', tier: 'admin' }),
    status: {
      observedGeneration: 1,
      osUser: 'emo',
      ports: { t3: 3773 },
      conditions: conditions as unknown as RecordedUser['status']['conditions'],
    },
  };
}

function stage() {
  const clock = new FakeClock();
  const seen = new Map<string, SeenObject>([['emo', { metadata: { name: 'emo' } }]]);
  const applied: { name: string; status: Record<string, unknown> }[] = [];
  const told: object[] = [];
  let refuse: ApiError | undefined;
  const report = new ClusterReport({
    name: 'devvm',
    api: {
      apply(_resource: unknown, object: KubernetesObject & { status: Record<string, unknown> }) {
        if (refuse !== undefined) return Promise.reject(refuse);
        applied.push({ name: object.metadata.name, status: object.status });
        seen.set(object.metadata.name, object);
        return Promise.resolve(object);
      },
    } as unknown as Api,
    users: USERS,
    workstations: WORKSTATIONS,
    seen: (_kind, name) => seen.get(name),
    recorder: { record: (happening) => void told.push(happening), close: () => Promise.resolve() },
    logger: { log() {}, with: () => ({}) as never },
    clock,
    now: () => new Date('2026-01-02T03:04:05Z'),
  });
  return {
    report,
    clock,
    seen,
    applied,
    told,
    refuse: (error: ApiError | undefined) => (refuse = error),
    async settle() {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
  };
}

describe('the status of a user', () => {
  it('is applied once for an outcome, without the conditions of the controller', async () => {
    const it = stage();
    it.report.user(recorded(condition('Ready'), condition('Accepted')));
    await it.settle();
    expect(it.applied).toEqual([
      { name: 'emo', status: expect.objectContaining({ conditions: [condition('Ready')] }) },
    ]);
    it.report.user(recorded(condition('Ready'), condition('Accepted')));
    it.report.seen('user', 'emo');
    await it.settle();
    expect(it.applied).toHaveLength(1);
  });

  it('is written again when somebody wrote over it, or the object is another one', async () => {
    const it = stage();
    it.report.user(recorded(condition('Ready')));
    await it.settle();
    it.seen.set('emo', { metadata: { name: 'emo' }, status: { conditions: [condition('Ready', 'Unknown')] } } as SeenObject); // prettier-ignore
    it.report.seen('user', 'emo');
    await it.settle();
    expect(it.applied).toHaveLength(2);
    it.seen.set('emo', { metadata: { name: 'emo', uid: 'new' } });
    it.report.seen('user', 'emo');
    await it.settle();
    expect(it.applied).toHaveLength(3);
  });

  it('holds since the server was told so, whatever is remembered of it here', async () => {
    const it = stage();
    const earlier = { lastTransitionTime: '2026-01-01T00:00:00Z' };
    const conditions = [condition('Ready', 'True', earlier), condition('CodeReady', 'False', earlier)];
    it.report.user(recorded(condition('Ready')));
    await it.settle();
    const [first] = it.applied;
    it.seen.set('emo', { metadata: { name: 'emo' }, status: { ...first!.status, conditions } } as SeenObject);
    it.report.user(recorded(condition('Ready')));
    await it.settle();
    expect(it.applied).toEqual([
      first,
      { name: 'emo', status: { ...first!.status, conditions: [conditions[0]] } },
    ]);
    it.report.user(recorded(condition('Ready'), condition('CodeReady')));
    await it.settle();
    expect(it.applied.at(-1)?.status).toMatchObject({ conditions: [conditions[0], condition('CodeReady')] });
  });

  it('loses a condition that holds no more', async () => {
    const it = stage();
    it.report.user(recorded(condition('Ready'), condition('Reconciling')));
    await it.settle();
    it.report.user(recorded(condition('Ready')));
    await it.settle();
    expect(it.applied.at(-1)?.status).toMatchObject({ conditions: [condition('Ready')] });
  });

  it('is kept, the newest only, while the server refuses', async () => {
    const it = stage();
    it.refuse(new ApiError('apply: busy', { status: 503 }));
    it.report.user(recorded(condition('Ready', 'False')));
    await it.settle();
    it.report.user(recorded(condition('Ready', 'True')));
    await it.settle();
    it.refuse(undefined);
    it.clock.advance(5000);
    await it.settle();
    expect(it.applied.map(({ status }) => status)).toEqual([
      expect.objectContaining({ conditions: [condition('Ready', 'True')] }),
    ]);
  });

  it('of an object that is gone is let go', async () => {
    const it = stage();
    it.refuse(new ApiError('apply: not found', { status: 404, reason: 'NotFound' }));
    it.report.user(recorded(condition('Ready')));
    await it.settle();
    it.refuse(undefined);
    it.clock.advance(100_000);
    await it.settle();
    expect(it.applied).toEqual([]);
  });

  it('of somebody who is cut off says so', async () => {
    const it = stage();
    it.seen.set('emo', { metadata: { name: 'emo', generation: 3 } });
    it.report.offboarded('emo');
    await it.settle();
    expect(it.applied[0]?.status).toMatchObject({
      observedGeneration: 3,
      conditions: [
        { type: 'Ready', status: 'False', reason: 'Offboarded' },
        { type: 'Offboarded', status: 'True', observedGeneration: 3 },
      ],
    });
  });
});

it('an event names the object it is about, with its uid', () => {
  const it = stage();
  it.seen.set('emo', { metadata: { name: 'emo', uid: 'u1' } });
  const event = { type: 'Normal', reason: 'Ready', action: 'Reconcile', message: 'well', at: '2026-01-02T03:04:05Z' } as const; // prettier-ignore
  it.report.event({ ...event, user: 'emo' });
  it.report.event(event);
  expect(it.told).toEqual([
    expect.objectContaining({ regarding: expect.objectContaining({ kind: 'WorkstationUser', uid: 'u1' }), note: 'well' }), // prettier-ignore
    expect.objectContaining({ regarding: expect.objectContaining({ kind: 'Workstation', name: 'devvm' }) }),
  ]);
});

describe('a status that is there', () => {
  const wanted = { uid: 1001, ports: { b: 2, a: 1 }, conditions: [condition('Ready')] };

  it.each<[string, object | undefined, boolean]>([
    ['is as it should be, in whatever order', { ...wanted, ports: { a: 1, b: 2 } }, false],
    [
      'may hold what others say',
      { ...wanted, conditions: [condition('Accepted'), condition('Ready')] },
      false,
    ],
    ['lacks a condition', { ...wanted, conditions: [] }, true],
    ['has another port', { ...wanted, ports: { a: 1, b: 3 } }, true],
    ['is not there at all', undefined, true],
  ])('%s', (_what, found, expected) => {
    expect(differs(found as Record<string, unknown> | undefined, wanted)).toBe(expected);
  });

  it('says which of its conditions are not wanted', () => {
    expect(superfluous({ conditions: [condition('Stalled'), condition('Ready')] }, wanted)).toEqual([
      'Stalled',
    ]);
  });
});
