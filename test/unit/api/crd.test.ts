import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { customResourceDefinitions, printCustomResourceDefinitions } from '../../../src/api/crd/index.ts';
import { type Schema, structuralSchema } from '../../../src/api/crd/structural.ts';
import { bounded } from '../../../src/api/primitives.ts';
import { withRules } from '../../../src/api/rules.ts';

const COMMITTED = join(import.meta.dirname, '../../../crds/workstation.dev.yaml');

describe('the CRDs', () => {
  it('are committed as they are made: `workstation crds > crds/workstation.dev.yaml`', () => {
    expect(printCustomResourceDefinitions()).toBe(readFileSync(COMMITTED, 'utf8'));
  });

  it('describe every field', () => {
    const missing = roots().flatMap((root) => [...undescribed(root, '')]);
    expect(missing).toEqual([]);
  });

  it('say each rule of a user in the words of the command line', () => {
    const [user] = roots();
    expect(rulesOf(user)).toEqual([
      'metadata.name is no Linux account name: set spec.osUser',
      'metadata.name is the name of a system account: choose another or set spec.osUser',
    ]);
    expect(rulesOf(field(user, 'spec'))).toEqual(
      expect.arrayContaining([
        'osUser is the name of a system account: choose another',
        'tier namespace-owner requires namespaces: name at least one',
        'osUser cannot change: delete the user and create it anew',
      ]),
    );
    expect(rulesOf(field(user, 'spec', 'authentikUser'))).toEqual([
      'must be one line without "=", not beginning with "#" or a space: it becomes a line of the published maps',
    ]);
  });

  it('select users by their workstation', () => {
    expect(versions()[0]?.['selectableFields']).toEqual([{ jsonPath: '.spec.workstation' }]);
  });

  it.each([
    [[], ['Tier', 'Workstation', 'Ready', 'Reason', 'Age'], ['OS-User', 'UID', 'Layout', 'Message']],
    [
      ['web', 'api'],
      ['Tier', 'Workstation', 'Ready', 'Reason', 'web', 'Age'],
      ['OS-User', 'UID', 'api', 'Layout', 'Message'],
    ],
  ])('show with the ports of %j the columns %j, and %j when wide', (portColumns, narrow, wide) => {
    const columns = versions({ portColumns })[0]?.['additionalPrinterColumns'] as {
      name: string;
      priority?: number;
    }[];
    expect(columns.filter(({ priority }) => priority === undefined).map(({ name }) => name)).toEqual(narrow);
    expect(columns.filter(({ priority }) => priority === 1).map(({ name }) => name)).toEqual(wide);
  });
});

describe('a structural schema', () => {
  const text = z.string().max(9);

  it.each([
    [
      'a closed object',
      z.strictObject({ a: text }),
      { type: 'object', required: ['a'], properties: { a: { type: 'string', maxLength: 9 } } },
    ],
    ['a literal', z.literal('a'), { type: 'string', enum: ['a'] }],
    ['a whole number', z.int(), { type: 'integer', format: 'int64' }],
    [
      'a small whole number',
      z.int().min(1).max(9),
      { type: 'integer', format: 'int32', minimum: 1, maximum: 9 },
    ],
    [
      'a map',
      z.record(z.string(), text),
      { type: 'object', additionalProperties: { type: 'string', maxLength: 9 } },
    ],
    [
      'anything',
      z.strictObject({ a: z.json() }),
      {
        type: 'object',
        required: ['a'],
        properties: { a: { 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
    [
      'what a map may have as keys',
      bounded(z.record(text.regex(/^\w$/, 'must be a letter'), text), 2),
      {
        type: 'object',
        maxProperties: 2,
        additionalProperties: { type: 'string', maxLength: 9 },
        'x-kubernetes-validations': [
          {
            rule: "self.all(key, size(key) <= 9 && key.matches(r'^\\w$'))",
            message: 'must be a letter',
          },
        ],
      },
    ],
    [
      'base64 with words',
      z.base64('must be base64').max(9),
      {
        type: 'string',
        maxLength: 9,
        'x-kubernetes-validations': [{ rule: expect.any(String), message: 'must be base64' }],
      },
    ],
    ['a time', z.iso.datetime(), { type: 'string', format: 'date-time' }],
    ['base64', z.base64().max(9), { type: 'string', maxLength: 9, pattern: expect.any(String) }],
    [
      'a pattern',
      text.regex(/^\/[^\s\u2028]$/),
      {
        type: 'string',
        maxLength: 9,
        pattern: expect.stringMatching(/^\^\/\[\^.*\\x\{3000\}.*\\x\{2028\}\]\$$/),
      },
    ],
    [
      'a pattern with words',
      text.regex(/^\w$/, 'must be a letter'),
      {
        type: 'string',
        maxLength: 9,
        'x-kubernetes-validations': [{ rule: "self.matches(r'^\\w$')", message: 'must be a letter' }],
      },
    ],
    [
      'a rule',
      withRules(z.strictObject({}), [{ cel: 'true', holds: () => true, message: 'never' }]),
      { type: 'object', 'x-kubernetes-validations': [{ rule: 'true', message: 'never' }] },
    ],
  ])('keeps %s', (_, schema, expected) => {
    expect(structuralSchema(schema)).toEqual(expected);
  });

  it.each([
    ['a union', z.strictObject({ a: z.union([text, z.int()]) }), 'make a CRD: .a: no API server takes anyOf'],
    ['a tuple', z.strictObject({ a: z.tuple([text]) }), 'make a CRD: .a.[]: no API server takes anyOf'],
    ['any value', z.strictObject({ a: z.any() }), 'make a CRD: .a: a type is missing'],
    ['null', z.strictObject({ a: text.nullable() }), 'make a CRD: .a: no API server takes nullable'],
    ['text without an end', z.array(z.string()).max(1), 'make a CRD: .[]: maxLength is missing'],
    ['a list without an end', z.record(z.string(), z.array(text)), 'make a CRD: .*: maxItems is missing'],
    [
      'a map without an end, whose keys have words',
      z.record(text.regex(/a/, 'must be a'), text),
      'make a CRD: the root: maxProperties is missing',
    ],
    [
      'a pattern that looks ahead',
      text.regex(/^(?!a)/),
      'make a CRD: the root: the pattern looks around, which RE2 cannot',
    ],
    ['a quote in a pattern with words', text.regex(/'/, 'must be a quote'), /the pattern holds a quote/],
  ])('refuses %s', (_, schema, message) => {
    expect(() => structuralSchema(schema)).toThrow(message);
  });
});

type Options = Parameters<typeof customResourceDefinitions>[0];

function versions(options?: Options): Schema[] {
  return customResourceDefinitions(options).flatMap(({ spec }) => (spec as { versions: Schema[] }).versions);
}

function roots(): Schema[] {
  return versions().map(({ schema }) => (schema as { openAPIV3Schema: Schema }).openAPIV3Schema);
}

function field(root: Schema | undefined, ...path: string[]): Schema | undefined {
  return path.reduce(
    (node, key) => (node?.['properties'] as Record<string, Schema> | undefined)?.[key],
    root,
  );
}

function rulesOf(node: Schema | undefined): string[] {
  const rules = node?.['x-kubernetes-validations'] as { message: string }[] | undefined;
  return rules?.map(({ message }) => message) ?? [];
}

function* undescribed(node: Schema, path: string): Generator<string> {
  for (const [key, child] of Object.entries((node['properties'] ?? {}) as Record<string, Schema>)) {
    const at = `${path}.${key}`;
    if (child['description'] === undefined && at !== '.metadata') yield at;
    yield* undescribed(child, at);
  }
  for (const key of ['items', 'additionalProperties']) {
    if (typeof node[key] === 'object') yield* undescribed(node[key] as Schema, `${path}[]`);
  }
}
