import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chart } from '../../../charts/generate.ts';
import { templateOf } from '../../../charts/template.ts';

const CHART = join(import.meta.dirname, '../../../charts/workstation');

describe('the chart', () => {
  it('is committed as it is made from the manifests: `node charts/generate.ts`', () => {
    const made = [...chart()].sort(([a], [b]) => (a < b ? -1 : 1));
    const files = readdirSync(CHART, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const committed = files.map(
      (path) => [path.slice(CHART.length + 1), readFileSync(path, 'utf8')] as const,
    );
    expect(committed.sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(made);
  });

  it('installs the image of its own version', () => {
    const of = (path: string) => parse(chart().get(path) ?? '') as Record<string, string>;
    expect(of('values.yaml')['image']).toBe(`workstation:${of('Chart.yaml')['appVersion']}`);
  });
});

describe('a template', () => {
  const text =
    '# why\nkind: A\nmetadata: {name: a}\nspec:\n  count: 1 # one\n  list:\n    - deep: {x: 1}\n---\nkind: B\n';
  const at = (...path: (string | number)[]) => [{ kind: 'A', object: 'a', path }];

  it.each([
    ['a number', at('spec', 'count'), '  count: {{ .Values.v }} # one'],
    ['text', at('metadata', 'name'), 'metadata: {name: {{ .Values.v | quote }}}'],
    ['a mapping', at('spec'), 'spec: {{- toYaml .Values.v | nindent 2 }}'],
    ['a mapping in a list', at('spec', 'list', 0, 'deep'), '    - deep: {{- toYaml .Values.v | nindent 8 }}'],
  ])('has a value for %s', (_, places, line) => {
    const made = templateOf(text, [{ name: 'v', comment: '', at: places }], {});
    expect(made.split('\n')).toContain(line);
    expect(made).toMatch(/^# why\nkind: A\n[^]*\n---\nkind: B\n$/);
  });
});
