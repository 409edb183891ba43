import { assert, character, property, string } from '../../property.ts';
import { printCompact, printIndented } from '../../../src/roster/json.ts';
import { byCodePoint, sortedSet } from '../../../src/roster/order.ts';

const value = new Map<string, Parameters<typeof printCompact>[0]>([
  ['b', [1, 'x', new Map()]],
  ['10', true],
  ['9', []],
  ['é\n"\x7f😀', ''],
]);

it('is indented and escaped to ASCII', () => {
  expect(printIndented(value)).toBe(
    '{\n  "10": true,\n  "9": [],\n  "b": [\n    1,\n    "x",\n    {}\n  ],\n  "\\u00e9\\n\\"\\u007f\\ud83d\\ude00": ""\n}',
  );
});

it('is compact and otherwise as it stands', () => {
  expect(printCompact(value)).toBe('{"10":true,"9":[],"b":[1,"x",{}],"é\\n\\"\x7f😀":""}');
});

it('strings are ordered as their UTF-8 bytes are', () => {
  const texts = string({ unit: character, maxLength: 4 });
  assert(
    property(texts, texts, (a, b) => {
      expect(Math.sign(byCodePoint(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { examples: [['\uff5e', '😀'], ['a', 'ab'], ['', '']] }, // prettier-ignore
  );
  expect(sortedSet(['b', 'a', 'b'])).toEqual(['a', 'b']);
});
