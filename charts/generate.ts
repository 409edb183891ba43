/**
 * Makes charts/workstation from manifests/, so that whoever prefers Helm gets the same objects.
 *
 *   node charts/generate.ts     writes the chart
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Document, parseAllDocuments, stringify } from 'yaml';
import { templateOf, valueAt } from './template.ts';
import { SOURCES, VALUES, type Value } from './values.ts';

const CHART = join(import.meta.dirname, 'workstation');
const NAMESPACE = 'workstation-system';

/** Every file of the chart, by its path in it. */
export function chart(): Map<string, string> {
  const { version, description } = JSON.parse(read('../package.json')) as Record<string, string>;
  const values = defaults();
  return new Map([
    [
      'Chart.yaml',
      stringify({
        apiVersion: 'v2',
        name: 'workstation',
        description,
        type: 'application',
        version,
        appVersion: version,
      }),
    ],
    ['values.yaml', valuesFile(values)],
    ['values.schema.json', `${JSON.stringify(schemaOf(values), null, 2)}\n`],
    ['templates/namespace.yaml', NAMESPACE_CHECK],
    ['templates/NOTES.txt', NOTES],
    ...SOURCES.map((source): [string, string] => [
      `templates/${source.to}`,
      `# Made from manifests by charts/generate.ts.\n${templateOf(manifest(source.from), VALUES, source)}`,
    ]),
  ]);
}

/** The policies name the service accounts, and agents look for their leases, in this namespace. */
const NAMESPACE_CHECK = `{{- if ne .Release.Namespace "${NAMESPACE}" }}
{{- fail (printf "install workstation: found the namespace %s, must be ${NAMESPACE}: use --namespace ${NAMESPACE} --create-namespace" .Release.Namespace) }}
{{- end }}
`;

/** What kustomize does with the namespace, and Helm cannot do with the one it installs into. */
const NOTES = `{{- if .Values.agent.daemonSet -}}
Agents reach into their nodes, which pods of this namespace must be allowed to do:

  kubectl label namespace ${NAMESPACE} pod-security.kubernetes.io/enforce=privileged

A node becomes a workstation when somebody says so:

  kubectl label node NAME workstation.dev/agent=true
{{- else -}}
A machine becomes a workstation by joining: run 'workstation join' there.
{{- end }}
`;

function valuesFile(values: object): string {
  const document = new Document(values);
  document.commentBefore = ' Made from manifests by charts/generate.ts: these are what stands there.';
  for (const { name, comment } of VALUES) {
    const path = name.split('.');
    const pair = document.getIn(path.slice(0, -1), true) ?? document.contents;
    const items = (pair as { items: { key: { value: unknown; commentBefore?: string } }[] }).items;
    const key = items.find((item) => item.key.value === path.at(-1))?.key;
    if (key) key.commentBefore = ` ${comment}`;
  }
  return document.toString({ lineWidth: 0 });
}

function defaults(): Record<string, unknown> {
  const manifests = SOURCES.flatMap(({ from }) => parseAllDocuments(manifest(from)) as Document[]);
  const document = new Document({});
  for (const value of VALUES)
    document.setIn(value.name.split('.'), document.createNode(defaultOf(value, manifests)));
  return document.toJS() as Record<string, unknown>;
}

function defaultOf({ name, at: [place], ...value }: Value, manifests: readonly Document[]): unknown {
  if ('default' in value) return value.default;
  const found = place === undefined ? undefined : valueAt(manifests, place);
  if (found === undefined)
    throw new Error(`make the chart: ${name}: nothing stands at its place in the manifests`);
  return found;
}

/** A value that nobody knows is refused rather than ignored; what Kubernetes has a schema for is its own matter. */
function schemaOf(value: unknown, depth = 0): object {
  if (typeof value !== 'object' || value === null)
    return { type: typeof value === 'number' ? 'integer' : typeof value };
  if (Array.isArray(value)) return { type: 'array' };
  if (depth > 1) return { type: 'object' };
  const properties = Object.entries(value).map(([key, member]) => [key, schemaOf(member, depth + 1)]);
  return {
    type: 'object',
    additionalProperties: false,
    // Helm itself gives every chart a value `global`.
    properties: Object.fromEntries([...properties, ...(depth === 0 ? [['global', {}]] : [])]) as object,
  };
}

function manifest(path: string): string {
  return read(join('../manifests', path));
}

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, path), 'utf8');
}

if (import.meta.main) {
  rmSync(CHART, { recursive: true, force: true });
  for (const [path, text] of chart()) {
    mkdirSync(dirname(join(CHART, path)), { recursive: true });
    writeFileSync(join(CHART, path), text);
  }
}
