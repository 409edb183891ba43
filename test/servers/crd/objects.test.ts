import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import * as fc from '../../property.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import { describeServers } from '../../harness/requirements.ts';
import { serverProgram } from '../../harness/servers/build.ts';
import { applyDefinitions, until, USERS } from '../../harness/servers/crds.ts';
import { kubectl, kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { complaintsHere, complaintsThere } from './sent.ts';

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
const user = (name: string, spec: object = {}, labels: object = {}) => ({
  apiVersion: API_VERSION,
  kind: 'WorkstationUser',
  metadata: { name, labels },
  spec: { authentikUser: name, k8sUser: name, tier: 'admin', ...spec },
});
const condition = (type: string, status: string, reason = 'Because') => ({
  type,
  status,
  reason,
  message: '',
  lastTransitionTime: '2026-01-02T03:04:05Z',
});

describeServers('objects on an API server', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  const run = (args: readonly string[], input?: string) => kubectl(server.kubeconfig, args, input);
  const output = (...args: string[]) => kubectlOutput(server.kubeconfig, args);
  const create = async (object: ReturnType<typeof user>) =>
    expect(await server.request('POST', `${USERS}?fieldValidation=Strict`, object)).toMatchObject({
      status: 201,
    });
  const change = (name: string, spec: object) => server.request('PATCH', `${USERS}/${name}`, { spec }, MERGE);
  const report = (
    name: string,
    manager: string,
    conditions: readonly object[],
    observedGeneration?: number,
  ) =>
    server.request(
      'PATCH',
      `${USERS}/${name}/status?fieldManager=${manager}&fieldValidation=Strict`,
      {
        apiVersion: API_VERSION,
        kind: 'WorkstationUser',
        metadata: { name },
        status: { conditions, ...(observedGeneration !== undefined && { observedGeneration }) },
      },
      APPLY,
    );

  beforeAll(async () => {
    server = await startApiserver();
    await applyDefinitions(server);
  });
  afterAll(() => server.stop());

  describe('that change', () => {
    const MOVED =
      'workstation cannot change once set: delete the user and create it anew on the other machine';
    const RENAMED = 'osUser cannot change: delete the user and create it anew';

    it.each([
      ['may be placed', {}, { workstation: 'a' }, undefined],
      ['may not move', { workstation: 'a' }, { workstation: 'b' }, MOVED],
      ['may not leave their machine', { workstation: 'a' }, { workstation: null }, MOVED],
      ['may not take another account', { osUser: 'a' }, { osUser: 'b' }, RENAMED],
      ['may not take an account instead of that of their name', {}, { osUser: 'b' }, RENAMED],
      ['may not take the account of their name instead', { osUser: 'a' }, { osUser: null }, RENAMED],
      ['may get another tier', {}, { tier: 'power-user' }, undefined],
    ])('%s', async (does, before, after, refusal) => {
      const name = does.replaceAll(' ', '-').slice(0, 30);
      await create(user(name, before));
      const { status, body } = await change(name, after);
      expect([status, (body as { message?: string }).message]).toEqual(
        refusal === undefined ? [200, undefined] : [422, expect.stringContaining(refusal)],
      );
    });
  });

  describe('status', () => {
    it('is changed through its subresource only, which changes nothing else', async () => {
      await create(user('apart'));
      await server.request('PATCH', `${USERS}/apart`, { status: { uid: 7 } }, MERGE);
      expect(await server.request('GET', `${USERS}/apart`)).toMatchObject({
        body: { status: { observedGeneration: -1 } },
      });
      expect((await server.request('GET', `${USERS}/apart`)).body).not.toHaveProperty('status.uid');
      const both = { status: { uid: 7 }, spec: { tier: 'power-user' } };
      await server.request('PATCH', `${USERS}/apart/status`, both, MERGE);
      expect(await server.request('GET', `${USERS}/apart`)).toMatchObject({
        body: { status: { uid: 7 }, spec: { tier: 'admin' }, metadata: { generation: 1 } },
      });
    });

    it('has the conditions of two managers, who neither conflict nor take away what the other said', async () => {
      await create(user('shared'));
      const types = async () => {
        const { body } = await server.request('GET', `${USERS}/shared`);
        const { conditions } = (body as { status: { conditions: { type: string; status: string }[] } })
          .status;
        return conditions.map(({ type, status }) => `${type}=${status}`).sort();
      };
      expect((await report('shared', 'agent', [condition('Ready', 'True')])).status).toBe(200);
      expect((await report('shared', 'controller', [condition('Accepted', 'True')])).status).toBe(200);
      expect(await types()).toEqual(['Accepted=True', 'Ready=True']);
      const later = [condition('Ready', 'False'), condition('Stalled', 'True')];
      expect((await report('shared', 'agent', later)).status).toBe(200);
      expect((await report('shared', 'controller', [])).status).toBe(200);
      expect(await types()).toEqual(['Ready=False', 'Stalled=True']);
      expect((await report('shared', 'controller', [condition('Ready', 'Unknown')])).status).toBe(409);
    });

    it.each([
      ['a condition without a reason', { conditions: [condition('Ready', 'True', '')] }],
      ['a condition twice', { conditions: [condition('Ready', 'True'), condition('Ready', 'False')] }],
      ['a service that is no label', { ports: { 'a b': 3000 } }],
      ['a port that is none', { ports: { web: 70000 } }],
      ['a field that nobody knows', { uids: 7 }],
    ])('with %s is refused', async (what, status) => {
      const name = what.replaceAll(' ', '-');
      await create(user(name));
      const path = `${USERS}/${name}/status?fieldValidation=Strict`;
      expect((await server.request('PATCH', path, { status }, MERGE)).status).toBeGreaterThanOrEqual(400);
    });
  });

  describe('in kubectl', () => {
    it('are waited for until they are Ready', async () => {
      await create(user('emo'));
      expect(run(['wait', '--for=condition=Ready', 'wsu/emo', '--timeout=0'])).toMatchObject({ code: 1 });
      const waiting = spawn(serverProgram('kubectl'), [
        '--kubeconfig',
        server.kubeconfig,
        'wait',
        '--for=condition=Ready',
        'wsu/emo',
        '--timeout=60s',
      ]);
      const said = text(waiting.stdout);
      await report('emo', 'agent', [condition('Ready', 'False')], 1);
      expect(waiting.exitCode).toBeNull();
      await report('emo', 'agent', [condition('Ready', 'True')], 1);
      expect(await once(waiting, 'exit')).toEqual([0, null]);
      expect(await said).toBe('workstationuser.workstation.dev/emo condition met\n');
    });

    it('are not taken for Ready by what was said of an earlier spec', async () => {
      await create(user('changed'));
      await report('changed', 'agent', [condition('Ready', 'True')], 1);
      expect(run(['wait', '--for=condition=Ready', 'wsu/changed', '--timeout=0'])).toMatchObject({ code: 0 });
      await change('changed', { tier: 'power-user' });
      expect(run(['wait', '--for=condition=Ready', 'wsu/changed', '--timeout=0'])).toMatchObject({ code: 1 });
    });

    it('are applied, by the server too, and differ from a manifest only where they do', async () => {
      const manifest = (tier: string) => JSON.stringify(user('ann', { tier }, { team: 'b' }));
      expect(run(['apply', '--server-side', '-f', '-'], manifest('admin'))).toMatchObject({ code: 0 });
      expect(run(['diff', '--server-side', '-f', '-'], manifest('admin'))).toMatchObject({
        code: 0,
        stdout: '',
      });
      const { code, stdout } = run(['diff', '--server-side', '-f', '-'], manifest('power-user'));
      expect([code, stdout]).toEqual([
        1,
        expect.stringMatching(/^- {2}tier: admin\n\+ {2}tier: power-user$/m),
      ]);
      expect(run(['apply', '-f', '-'], JSON.stringify(user('bea', {}, { team: 'b' })))).toMatchObject({
        code: 0,
      });
      expect(run(['diff', '-f', '-'], JSON.stringify(user('bea', {}, { team: 'b' })))).toMatchObject({
        code: 0,
        stdout: '',
      });
    });

    it('are listed by label, and deleted', async () => {
      await create(user('lea', {}, { team: 'l' }));
      expect(output('get', 'wsu', '-l', 'team=l', '-o', 'name')).toBe(
        'workstationuser.workstation.dev/lea\n',
      );
      output('label', 'wsu', 'lea', 'team=m', '--overwrite');
      expect(output('get', 'wsu', '-l', 'team=l', '-o', 'name')).toBe('');
      output('delete', 'wsu', 'lea');
      await until('lea is gone', async () => (await server.request('GET', `${USERS}/lea`)).status === 404);
    });

    it('are refused with the sentence of the command line', () => {
      const { code, stderr } = run(['apply', '-f', '-'], JSON.stringify(user('eva', { osUser: 'root' })));
      expect(code).toBe(1);
      expect(stderr).toContain('spec: Invalid value: osUser is the name of a system account: choose another');
    });
  });

  it('with any text in any field are accepted or refused as by the command line', async () => {
    const names = ['workstation', 'osUser', 'authentikUser', 'k8sUser', 'tier', 'codeLayout', 'offboarding'];
    const value = fc.oneof(
      fc.constantFrom(...TEXTS),
      fc.array(fc.constantFrom(...PARTS)).map((all) => all.join('')),
    );
    const change = fc.record({
      field: fc.constantFrom(...names, 'namespaces', 'repos'),
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ field, values }) => {
        const isList = field === 'namespaces' || field === 'repos';
        const shape = field === 'namespaces' ? { tier: 'namespace-owner' } : { codeLayout: 'workspace' };
        const object = user('someone', { ...shape, [field]: isList ? values : values[0] });
        const sent = { path: USERS, object };
        const [here, there] = [complaintsHere(sent), await complaintsThere(server, sent)];
        expect({ here, there, accepted: there.length === 0 }).toMatchObject({ accepted: here.length === 0 });
      }),
      { numRuns: 300 },
    );
  });
});

/** Texts that patterns of two languages may see differently, and those that an attacker would try. */
const TEXTS = [
  '', 'a', 'emo', 'root', 'admin', 'single', 'Retain', 'infra', 'a\n', 'a\r\n', '\na', 'a\u0000', 'a\u2028b', 'a\u0085',
  '\u00a0a', 'a\u00a0', '\ufeffa', 'a=b', '#a', ' a', 'a ', 'ä', 'ß', 'İ', 'ｅmo', 'a\u0301', '😀', '-a', 'a-', '_a',
  '.a', 'a.', 'a..b', '../a', 'a/b', '$(id)', '%s', "a'b", 'a"b', 'a\\b', '0', '00', 'x'.repeat(32), 'x'.repeat(33),
  'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(253), 'x'.repeat(254),
]; // prettier-ignore
const PARTS = [
  'a',
  'B',
  '0',
  '-',
  '_',
  '.',
  '=',
  '#',
  ' ',
  '\t',
  '\n',
  '\u00a0',
  '\u2029',
  '\u200b',
  'é',
  '/',
  ':',
  '{',
  '😀',
];
