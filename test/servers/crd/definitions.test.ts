import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { customResourceDefinitions } from '../../../src/api/crd/index.ts';
import type { Schema } from '../../../src/api/crd/structural.ts';
import { Workstation } from '../../../src/api/workstation/index.ts';
import { API_VERSION, WorkstationUser } from '../../../src/api/user.ts';
import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions, DEFINITIONS, until, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const OPTIONS = { portColumns: ['t3', 'playwright'] };
const DECLARED = customResourceDefinitions(OPTIONS) as unknown as readonly Definition[];
const user = (name: string, spec: object = {}) => ({
  apiVersion: API_VERSION,
  kind: 'WorkstationUser',
  metadata: { name },
  spec: { authentikUser: name, k8sUser: name, tier: 'admin', ...spec },
});

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

describeServers('the definitions on an API server', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  const kubectl = (...args: string[]) => kubectlOutput(server.kubeconfig, args);
  const columns = (...args: string[]) =>
    (kubectl('get', ...args).split('\n')[0] ?? '').split(/ {2,}/).map((name) => name.trim());
  const create = async (path: string, object: object) => {
    const answer = await server.request('POST', `${path}?fieldValidation=Strict`, object);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body as { spec: object };
  };

  beforeAll(async () => {
    server = await startApiserver();
    await applyDefinitions(server, OPTIONS);
  });
  afterAll(() => server.stop());

  it.each(DECLARED)(
    '$metadata.name is kept as it was sent, and is structural',
    async ({ metadata, spec }) => {
      const { body } = await server.request('GET', `${DEFINITIONS}/${metadata.name}`);
      const { status, ...kept } = body as { status: { conditions: { type: string; status: string }[] } };
      // Through JSON, since a key that is undefined is none there.
      expect(kept).toMatchObject({ spec: JSON.parse(JSON.stringify(spec)) as object });
      expect(Object.fromEntries(status.conditions.map(({ type, status }) => [type, status]))).toEqual({
        Established: 'True',
        NamesAccepted: 'True',
      });
    },
  );

  it.each(DECLARED)('every field of $spec.names.kind is explained', async ({ spec }) => {
    const plural = spec.names.plural;
    await until(`${plural} can be explained`, async () => {
      const { body } = await server.request('GET', '/openapi/v3');
      return 'apis/workstation.dev/v1alpha1' in (body as { paths: object }).paths;
    });
    const root = spec.versions[0]?.schema.openAPIV3Schema ?? {};
    for (const { path, fields } of mappings(root, plural)) {
      const said = Object.entries(fields).map(([key, { description }]) => [key, description]);
      expect({ path, fields: explanations(kubectl('explain', path)) }).toMatchObject({
        path,
        fields: Object.fromEntries(said) as object,
      });
    }
  });

  it('keep the whole example site as the command line reads it: nothing lost, the same defaults', async () => {
    const text = readFileSync(join(EXAMPLES, 'devvm/workstation.yaml'), 'utf8');
    const site = parse(text) as object;
    const kept = await create(WORKSTATIONS, site);
    expect(kept.spec).toEqual(Workstation.parse(site).spec);
    const least = { apiVersion: API_VERSION, kind: 'Workstation', metadata: { name: 'least' }, spec: {} };
    expect((await create(WORKSTATIONS, least)).spec).toEqual(Workstation.parse(least).spec);
    expect((await create(USERS, user('least'))).spec).toEqual(WorkstationUser.parse(user('least')).spec);
  });

  it('answer to short names and a category', async () => {
    await create(USERS, user('named'));
    expect(kubectl('get', 'wsu', 'named', '-o', 'name').trim()).toBe('workstationuser.workstation.dev/named');
    expect(kubectl('get', 'ws', '-o', 'name')).toContain('workstation.workstation.dev/devvm');
    const all = kubectl('get', 'workstation-dev', '-o', 'name');
    expect(all).toContain('workstation.workstation.dev/devvm\n');
    expect(all).toContain('workstationuser.workstation.dev/named\n');
  });

  it('show the columns that were asked for', () => {
    const narrow = ['NAME', 'TIER', 'WORKSTATION', 'READY', 'REASON', 'T3', 'AGE'];
    expect(columns('wsu')).toEqual(narrow);
    expect(columns('wsu', '-o', 'wide')).toEqual([
      ...narrow,
      'OS-USER',
      'UID',
      'PLAYWRIGHT',
      'LAYOUT',
      'MESSAGE',
    ]);
    expect(columns('ws')).toEqual(['NAME', 'READY', 'USERS', 'VERSION', 'AGE']);
    expect(columns('ws', '-o', 'wide')).toEqual([
      'NAME',
      'READY',
      'USERS',
      'VERSION',
      'AGE',
      'REASON',
      'MESSAGE',
    ]);
  });

  it('let users be selected by their workstation', async () => {
    await create(USERS, user('here', { workstation: 'devvm' }));
    await create(USERS, user('there', { workstation: 'other' }));
    const names = kubectl('get', 'wsu', '--field-selector', 'spec.workstation=devvm', '-o', 'name');
    expect(names).toBe('workstationuser.workstation.dev/here\n');
  });
});

interface Mapping {
  /** As `kubectl explain` takes it. */
  readonly path: string;
  readonly fields: Readonly<Record<string, Schema>>;
}

/** Every mapping of a schema that has fields of its own; what Kubernetes explains itself is left out. */
function* mappings(schema: Schema, path: string): Generator<Mapping> {
  const below = (schema['items'] ?? schema['additionalProperties'] ?? schema) as Schema;
  const { metadata: _, ...fields } = (below['properties'] ?? {}) as Record<string, Schema>;
  const isRoot = !path.includes('.');
  const { apiVersion: _version, kind: _kind, ...own } = fields;
  if (Object.keys(fields).length > 0) yield { path, fields: isRoot ? own : fields };
  for (const [key, field] of Object.entries(fields)) yield* mappings(field, `${path}.${key}`);
}

/** What kubectl explains, by field, on one line each. */
function explanations(text: string): Record<string, string> {
  const fields = text.split(/^ {2}(?=\S+\t)/m).slice(1);
  return Object.fromEntries(
    fields.map((field) => {
      const [head = '', ...lines] = field.split('\n').filter((line) => !line.startsWith('  enum: '));
      return [head.split('\t')[0], lines.join(' ').replaceAll(/\s+/g, ' ').trim()];
    }),
  ) as Record<string, string>;
}
