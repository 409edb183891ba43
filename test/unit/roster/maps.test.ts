import { assert, property } from '../../property.ts';
import {
  mapEntries,
  parseJsonMap,
  parseLinesMap,
  publishedText,
  type PublishedMap,
} from '../../../src/roster/maps.ts';
import { person, rosters } from './fixtures.ts';

const lines: PublishedMap = { name: 'm', path: '/m', format: 'Lines', service: 'web', header: ['# who'] };
const json: PublishedMap = { ...lines, format: 'JSON', header: [] };
const roster = [
  person('b', { authentikUser: 'жоро' }),
  person('a', { authentikUser: '9' }),
  person('c', { authentikUser: '10' }),
];
const ports = new Map([['a', 4002], ['b', 4002], ['c', 4000]]); // prettier-ignore

it('Lines go by port, people on one port by the roster', () => {
  expect(publishedText(lines, mapEntries(roster, ports))).toBe('# who\n10=c\nжоро=b\n9=a\n\n');
});

it('Lines without anybody are the header and an empty line', () => {
  expect(publishedText(lines, [])).toBe('# who\n\n\n');
});

it('JSON is one line, by identity in code-point order', () => {
  expect(publishedText(json, mapEntries(roster, ports))).toBe(
    '{"10":{"os_user":"c","port":4000},"9":{"os_user":"a","port":4002},"жоро":{"os_user":"b","port":4002}}\n',
  );
});

it('an identity can be called anything that an object already has', () => {
  const odd = [person('a', { authentikUser: '__proto__' })];
  expect(publishedText(json, mapEntries(odd, ports))).toBe('{"__proto__":{"os_user":"a","port":4002}}\n');
});

it('people without a port are not published', () => {
  expect(mapEntries(roster, new Map([['c', 1]]))).toEqual([{ authentikUser: '10', osUser: 'c', port: 1 }]);
});

it('what was published can be read back', () => {
  assert(
    property(rosters, (people) => {
      const byUser = new Map(people.map(({ osUser }, index) => [osUser, 5000 - index]));
      const entries = mapEntries(people, byUser);
      const accounts = new Map(entries.map(({ authentikUser, osUser }) => [authentikUser, osUser]));
      expect(parseLinesMap(publishedText(lines, entries))).toEqual({ kind: 'parsed', value: accounts });
      const parsed = parseJsonMap(publishedText(json, entries));
      expect(parsed.kind === 'parsed' && [...parsed.value].sort((a, b) => a.port - b.port)).toEqual(entries);
    }),
  );
});

it.each([
  ['a', 'line 1 is not <authentikUser>=<osUser>'],
  ['# x\na=b=c', 'line 2 is not'],
  ['a=b\na=c', 'line 2 names a a second time'],
])('refuses the lines %j', (text, found) =>
  expect(parseLinesMap(text)).toEqual({ kind: 'invalid', message: expect.stringContaining(found) }),
);

it.each([
  ['[', 'no JSON object'],
  ['[]', 'no JSON object'],
  ['{"a":1}', 'the member "a" is not'],
  ['{"a":{"os_user":"x","port":"1"}}', 'the member "a" is not'],
  ['{"a":null}', 'the member "a" is not'],
])('refuses the JSON %j', (text, found) =>
  expect(parseJsonMap(text)).toEqual({ kind: 'invalid', message: expect.stringContaining(found) }),
);
