import { assert, dictionary, integer, property } from '../../property.ts';
import { derive, type DeriveRequest } from '../../../src/roster/derive.ts';
import { parsePortMap } from '../../../src/roster/portmap.ts';
import { accountNames, devvm, person, rosters } from './fixtures.ts';

const existingPorts = (t3: Record<string, unknown>) => new Map([['t3', new Map(Object.entries(t3))]]);

function derived(fields: Partial<DeriveRequest>) {
  return derive({ roster: [], workstation: devvm, existing: new Map(), ...fields });
}

function jsonOf(fields: Partial<DeriveRequest>): string {
  const result = derived(fields);
  if (result.kind === 'refused') throw new Error(result.problems.join('\n'));
  return result.json;
}

it('is JSON, in ASCII, its members in order of code points at every level', () => {
  assert(
    property(rosters, (roster) => {
      const json = jsonOf({ roster });
      expect(json).toMatch(/^[\n -~]*$/);
      const keys = [...json.matchAll(/^ {4}"((?:[^"\\]|\\.)*)": \{$/gm)].map(([, key]) =>
        JSON.parse(`"${key}"`),
      );
      const bytes = keys.map((key: string) => Buffer.from(key));
      const perMember = keys.length / 2;
      for (const part of [bytes.slice(0, perMember), bytes.slice(perMember)]) {
        expect(part).toEqual([...part].sort((a, b) => Buffer.compare(a, b)));
      }
      expect(Object.keys(JSON.parse(json))).toEqual([
        'accounts',
        'dispatch',
        'playwright_ports',
        'ports',
        'ttyd_user_map',
      ]);
    }),
  );
});

it('gives the same again when its ports are given back to it', () => {
  assert(
    property(rosters, dictionary(accountNames, integer({ min: 3770, max: 3780 })), (roster, existing) => {
      const first = jsonOf({ roster, existing: existingPorts(existing) });
      expect(jsonOf({ roster, existing: existingPorts(JSON.parse(first).ports) })).toBe(first);
    }),
  );
});

it('gives newcomers the lowest ports that nobody in the roster has, by code point', () => {
  const roster = ['ab', 'a1', 'a-b', 'z', 'a'].map((name) => person(name));
  const json = jsonOf({ roster, existing: existingPorts({ z: 3774, gone: 3773 }) });
  expect(JSON.parse(json).ports).toEqual({ a: 3773, 'a-b': 3775, a1: 3776, ab: 3777, z: 3774 });
});

it('keeps a port that two people have, and warns', () => {
  const existing = existingPorts({ a: 3780, b: 3780 });
  const result = derived({ roster: [person('a'), person('b')], existing });
  expect(result).toMatchObject({
    kind: 'derived',
    warnings: ['a and b share port 3780 of t3: give all but one another'],
  });
});

it.each([0, 70000, 3773.5, '3773', null, {}])('refuses the port %j', (port) => {
  const problems = [
    expect.stringMatching(/^keep the port of t3 for a: found .*: give an integer from 1 to 65535$/),
  ];
  expect(derived({ roster: [person('a')], existing: existingPorts({ a: port }) })).toEqual({
    kind: 'refused',
    problems,
  });
});

it('refuses when the range is exhausted', () => {
  const services = devvm.services.map((service) => ({ ...service, port: { base: 4000, last: 4000 } }));
  const result = derived({ roster: [person('a'), person('b')], workstation: { ...devvm, services } });
  expect(result).toMatchObject({
    kind: 'refused',
    problems: [expect.stringContaining('b'), expect.stringContaining('b')],
  });
});

it('refuses two members of one name and maps of no service', () => {
  const [map] = devvm.machine.maps;
  if (!map) throw new Error('the example has no map');
  const machine = {
    ...devvm.machine,
    maps: [
      { ...map, name: 'ports' },
      { ...map, service: 'none' },
    ],
  };
  expect(derived({ workstation: { ...devvm, machine } })).toEqual({
    kind: 'refused',
    problems: [
      'derive: two members are called ports: give the map or the service another name',
      'derive the map ttyd_user_map: there is no service none: declare it or name another',
    ],
  });
});

describe('parsePortMap', () => {
  it('keeps numbers that are no plain integers as they are written', () => {
    expect(parsePortMap('{"a":3773,"b":3773.0,"c":1e3,"__proto__":1}')).toEqual(
      new Map<string, unknown>([['a', 3773], ['b', '3773.0'], ['c', '1e3'], ['__proto__', 1]]), // prettier-ignore
    );
  });

  it.each(['{', '[]', '1', 'null'])('refuses %s', (text) =>
    expect(() => parsePortMap(text)).toThrow(SyntaxError),
  );
});
