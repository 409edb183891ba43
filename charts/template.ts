/** From a manifest to a template of Helm: the same text, with values at some places. */
import { parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import type { Place, Source, Value } from './values.ts';

/** The text of a manifest as a template. Comments stay. */
export function templateOf(
  text: string,
  values: readonly Value[],
  { onlyWith, isKept }: Pick<Source, 'onlyWith' | 'isKept'>,
): string {
  const documents = parseAllDocuments(text) as Document[];
  if (isKept) for (const document of documents) document.setIn(KEPT, 'keep');
  const tokens = new Map<string, string>();
  for (const document of documents) {
    for (const value of values) {
      for (const { path } of value.at.filter((place) => isIn(document, place))) {
        const token = `VALUE${tokens.size}`;
        tokens.set(token, expressionOf(value, document.getIn(path)));
        document.setIn(path, token);
      }
    }
  }
  const template = [...tokens].reduce(replaceToken, documents.map(print).join('---\n'));
  return onlyWith === undefined ? template : `{{- if .Values.${onlyWith} }}\n${template}{{- end }}\n`;
}

/** https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource */
const KEPT = ['metadata', 'annotations', 'helm.sh/resource-policy'];

/** The value at a place of manifests; undefined when it is not there. */
export function valueAt(manifests: readonly Document[], place: Place): unknown {
  const node: unknown = manifests.find((one) => isIn(one, place))?.getIn(place.path);
  return isNode(node) ? node.toJSON() : node;
}

function isIn(document: Document, { kind, object }: Place): boolean {
  return document.get('kind') === kind && document.getIn(['metadata', 'name']) === object;
}

function isNode(node: unknown): node is { toJSON(): unknown } {
  return typeof node === 'object' && node !== null;
}

function expressionOf({ name, expression }: Value, now: unknown): string {
  if (expression !== undefined) return expression;
  if (isNode(now)) return `{{- toYaml .Values.${name} | nindent INDENT }}`;
  return typeof now === 'string' ? `{{ .Values.${name} | quote }}` : `{{ .Values.${name} }}`;
}

function print(document: Document): string {
  return document.toString({ lineWidth: 120, flowCollectionPadding: false }).replaceAll(/^---\n/gm, '');
}

/** What is below a key is indented by two more than the key. */
function replaceToken(text: string, [token, expression]: readonly [string, string]): string {
  return text.replace(new RegExp(`^( *)(.*)\\b${token}\\b`, 'm'), (_, indent: string, key: string) => {
    const depth = indent.length + (key.startsWith('- ') ? 4 : 2);
    return `${indent}${key}${expression.replace('INDENT', String(depth))}`;
  });
}
