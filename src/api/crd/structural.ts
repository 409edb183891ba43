/**
 * Schemas as an API server takes them: structural, and what zod says that it would reject said otherwise.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 * What cannot be said otherwise throws: it is a fault of the schema, found when the CRDs are made.
 */
import * as z from 'zod';
import { KEY, keyOf, WORDS, wordsOf } from './dropped.ts';

/** A node of an OpenAPI v3 schema. */
export type Schema = Readonly<Record<string, unknown>>;

export function structuralSchema(schema: z.ZodType): Schema {
  const { definitions, ...root } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const words = wordsOf(zodSchema);
      if (words !== undefined) Object.assign(jsonSchema, { [WORDS]: words });
      const key = keyOf(zodSchema);
      if (key !== undefined) Object.assign(jsonSchema, { [KEY]: structuralSchema(key) });
    },
  }) as Schema;
  return convert(root, { definitions: (definitions ?? {}) as Record<string, Schema>, path: '' });
}

interface Context {
  readonly definitions: Readonly<Record<string, Schema>>;
  /** Where the node stands, for whoever has to mend it. */
  readonly path: string;
}

/** Keywords that are taken as they are. */
const KEPT = [
  'description', 'type', 'default', 'enum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'maxProperties',
  'minimum', 'maximum', 'required', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-validations',
]; // prettier-ignore

/** Keywords that are said otherwise, or that the API server says by itself. */
const CONVERTED = new Set<string>([
  'properties',
  'items',
  'additionalProperties',
  'pattern',
  'format',
  'contentEncoding',
  WORDS,
  KEY,
]);

function convert(node: Schema, context: Context): Schema {
  if (isAnything(node, context)) {
    return { ...pick(node, ['description']), 'x-kubernetes-preserve-unknown-fields': true };
  }
  const strange = Object.keys(node).filter((key) => !KEPT.includes(key) && !CONVERTED.has(key));
  if (strange.length > 0) throw fault(context, `no API server takes ${strange.join(', ')}`);
  if (typeof node['type'] !== 'string') throw fault(context, 'a type is missing');
  return {
    ...pick(node, KEPT),
    ...children(node, context),
    ...bounds(node, context),
  };
}

/** z.json(): a recursive union, by reference. */
function isAnything(node: Schema, { definitions }: Context): boolean {
  const [only] = (node['allOf'] as Schema[] | undefined) ?? [node];
  const reference = only?.['$ref'];
  if (typeof reference !== 'string') return false;
  const alternatives = definitions[reference.replace('#/definitions/', '')]?.['anyOf'] as
    Schema[] | undefined;
  const types = new Set(alternatives?.map(({ type }) => type));
  return ['string', 'number', 'boolean', 'array', 'object'].every((type) => types.has(type));
}

/** An object that takes no more fields is what structural schemas are anyway: unknown ones are pruned, or refused. */
function children({ properties, items, additionalProperties }: Schema, context: Context): Schema {
  const below = (key: string) => ({ ...context, path: `${context.path}.${key}` });
  const fields = Object.entries((properties ?? {}) as Record<string, Schema>);
  return {
    ...(fields.length > 0
      ? { properties: Object.fromEntries(fields.map(([key, field]) => [key, convert(field, below(key))])) }
      : {}),
    ...(items === undefined ? {} : { items: convert(items as Schema, below('[]')) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: convert(additionalProperties as Schema, below('*')) }
      : {}),
  };
}

/** The API server reckons what a rule costs from how large each value can be, so each has a bound. */
function bounds(node: Schema, context: Context): Schema {
  switch (node['type']) {
    case 'string':
      return text(node, context);
    case 'integer':
      return integer(node);
    case 'array':
      if (node['maxItems'] === undefined) throw fault(context, 'maxItems is missing');
      return {};
    case 'object':
      return node[KEY] === undefined ? {} : keys(node, node[KEY] as Schema, context);
    default:
      return {};
  }
}

/** A pattern with words of its own becomes a rule, so that the API server says them instead of the pattern. */
function text(node: Schema, context: Context): Schema {
  const { pattern, format, maxLength, enum: values, [WORDS]: message } = node;
  if (format === 'date-time') return { format };
  if (maxLength === undefined && values === undefined) throw fault(context, 'maxLength is missing');
  if (typeof pattern !== 'string') return {};
  if (message === undefined) return { pattern: re2(pattern, context) };
  if (pattern.includes("'"))
    throw fault(context, 'the pattern holds a quote, which CEL would take for its end');
  return { 'x-kubernetes-validations': [{ rule: `self.matches(r'${re2(pattern, context)}')`, message }] };
}

/** What must hold of a text must be said as a rule where the text is a key. */
function keys({ maxProperties }: Schema, key: Schema, context: Context): Schema {
  if (maxProperties === undefined) throw fault(context, 'maxProperties is missing');
  const rules = key['x-kubernetes-validations'] as readonly { rule: string; message: string }[];
  return {
    'x-kubernetes-validations': rules.map(({ rule, message }) => ({
      rule: `self.all(key, size(key) <= ${String(key['maxLength'])} && ${rule.replace('self', 'key')})`,
      message,
    })),
  };
}

/** White space as JavaScript has it, for use between brackets: RE2 knows only that of ASCII. */
const SPACE =
  '\\t\\n\\x0b\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/** A pattern of JavaScript as Go's regexp takes it: https://github.com/google/re2/wiki/Syntax */
function re2(pattern: string, context: Context): string {
  if (/\(\?[=!<]/.test(pattern)) throw fault(context, 'the pattern looks around, which RE2 cannot');
  return pattern
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => `\\x{${code}}`)
    .replaceAll('\\s', SPACE)
    .replaceAll('\\/', '/');
}

/** Without the bounds that only say what JavaScript can count. */
function integer({ minimum, maximum }: Schema): Schema {
  return {
    format: Number(maximum) <= 2 ** 31 - 1 ? 'int32' : 'int64',
    ...(minimum === Number.MIN_SAFE_INTEGER ? { minimum: undefined } : {}),
    ...(maximum === Number.MAX_SAFE_INTEGER ? { maximum: undefined } : {}),
  };
}

function pick(node: Schema, keys: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(node).filter(([key]) => keys.includes(key)));
}

function fault({ path }: Context, message: string): Error {
  return new Error(`make a CRD: ${path || 'the root'}: ${message}`);
}
