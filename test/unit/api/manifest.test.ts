import * as fc from '../../property.ts';
import { importManifests } from '../../../src/api/manifest.ts';
import { printProblem } from '../../../src/api/text/problem.ts';
import { manifests } from './cases/manifests.ts';
import { workstations } from './cases/workstations.ts';

const problemsOf = (text: string) =>
  importManifests('f', text).problems.map((problem) => printProblem(problem).replace(/^f: ?/, ''));

describe('a manifest with', () => {
  it.each(Object.entries(manifests))('%s', (_, { text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe('a Workstation with', () => {
  it.each(Object.entries(workstations))('%s', (_, { text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe('a manifest', () => {
  it('gives its sound objects though others have problems', () => {
    const [sound, broken] = [manifests['one user'], manifests['another kind']];
    const { users, problems } = importManifests('f', `${sound?.text}---\n${broken?.text}`);
    expect(users.map(({ object }) => object.metadata.name)).toEqual(['emo']);
    expect(problems).toHaveLength(1);
  });

  it('of any shape never throws, and gives problems or objects', () => {
    const key = fc.constantFrom(...KEYS);
    const leaf = fc.constantFrom(...LEAVES);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
      ),
    }));
    const kinds = fc.constantFrom('WorkstationUser', 'Workstation', 'List');
    const almost = fc.record({
      kind: kinds,
      spec: tree,
      metadata: tree,
      items: fc.array(tree, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.oneof(tree, almost), (value) => {
        const { users, workstations: found, problems } = importManifests('f', JSON.stringify(value));
        for (const problem of problems) expect(problem.message).toMatch(/^[^\x00-\x1f]+[^.]$/);
        const isEmptyList = (value as { kind?: unknown } | null)?.kind === 'List';
        expect(users.length + found.length + problems.length > 0 || isEmptyList).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

const KEYS = [
  'apiVersion', 'kind', 'metadata', 'spec', 'items', 'name', 'tier', 'namespaces', 'repos', 'osUser', 'files',
  'services', 'port', 'envFile', 'machine', 'maps', 'x', '', 'constructor', 'toString',
]; // prettier-ignore

const LEAVES = [
  'WorkstationUser', 'Workstation', 'List', 'workstation.dev/v1alpha1', 'emo', 'admin', 'infra', '', 'a\nb',
  7, -1, 1.5, true, null,
]; // prettier-ignore
