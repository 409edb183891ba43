import {
  array, assert, constantFrom, dictionary, integer, property, record, shuffledSubarray, uniqueArray,
} from '../../property.ts'; // prettier-ignore
import { allocatePorts, parsePort, type PortRequest } from '../../../src/roster/ports.ts';
import { accountNames } from './fixtures.ts';

const request = (fields: Partial<PortRequest>): PortRequest => ({
  service: 'web',
  users: [],
  range: { base: 4000, last: 65535 },
  kept: new Map(),
  reserved: new Set(),
  ...fields,
});

const requests = record({
  users: uniqueArray(accountNames, { maxLength: 10 }),
  kept: dictionary(accountNames, integer({ min: 3998, max: 4010 })).map(
    (ports) => new Map(Object.entries(ports)),
  ),
  reserved: array(integer({ min: 3999, max: 4012 }), { maxLength: 6 }).map((ports) => new Set(ports)),
  last: constantFrom(4003, 4008, 65535),
}).map(({ last, ...rest }) => request({ ...rest, range: { base: 4000, last } }));

/** The rules as a reader would play them by hand: one free port after the other, for one name after the other. */
function naive({ users, kept, reserved, range }: PortRequest): Record<string, number> {
  const ports: Record<string, number> = {};
  const names = [...users].sort();
  for (const name of names) {
    const port = kept.get(name);
    if (port !== undefined && !Object.values(ports).includes(port)) ports[name] = port;
  }
  for (const name of names.filter((user) => !kept.has(user))) {
    for (let port = range.base; port <= range.last && ports[name] === undefined; port += 1) {
      const held =
        reserved.has(port) || [...kept.values()].includes(port) || Object.values(ports).includes(port);
      if (!held) ports[name] = port;
    }
  }
  return ports;
}

describe('allocatePorts', () => {
  it('does what the rules say, played by hand', () => {
    assert(
      property(requests, (input) => {
        expect(Object.fromEntries(allocatePorts(input).ports)).toEqual(naive(input));
      }),
    );
  });

  it('gives everybody either one port or one trouble, and nobody the port of another', () => {
    assert(
      property(requests, (input) => {
        const { ports, troubles } = allocatePorts(input);
        expect([...ports.keys(), ...troubles.map(({ osUser }) => osUser)].sort()).toEqual(
          [...input.users].sort(),
        );
        expect(new Set(ports.values()).size).toBe(ports.size);
      }),
    );
  });

  it('gives the same ports again to those who have them', () => {
    assert(
      property(requests, (input) => {
        const { ports } = allocatePorts(input);
        expect(allocatePorts({ ...input, users: ports.keys(), kept: ports }).ports).toEqual(ports);
      }),
    );
  });

  it('moves nobody when somebody comes', () => {
    assert(
      property(requests, accountNames, (input, newcomer) => {
        const { ports } = allocatePorts(input);
        const after = allocatePorts({ ...input, users: [...ports.keys(), newcomer], kept: ports }).ports;
        expect([...ports].filter(([user, port]) => after.get(user) !== port)).toEqual([]);
      }),
    );
  });

  it('gives a leaver’s port to nobody while it is held', () => {
    assert(
      property(requests, accountNames, (input, newcomer) => {
        const { ports } = allocatePorts(input);
        const [leaver] = ports.keys();
        const users = [...ports.keys(), newcomer].filter((user) => user !== leaver);
        const after = allocatePorts({ ...input, users, kept: ports }).ports;
        expect([...after.values()]).not.toContain(ports.get(leaver ?? ''));
      }),
    );
  });

  it('does not depend on the order of the roster', () => {
    assert(
      property(
        requests.chain((input) => {
          const users = [...input.users];
          return shuffledSubarray(users, { minLength: users.length }).map((shuffled) => ({
            input,
            shuffled,
          }));
        }),
        ({ input, shuffled }) =>
          expect(allocatePorts({ ...input, users: shuffled })).toEqual(allocatePorts(input)),
      ),
    );
  });

  it('leaves a port to its holder though it is outside the range or something listens on it', () => {
    const kept = new Map([['emo', 80]]);
    expect(allocatePorts(request({ users: ['emo'], kept, reserved: new Set([80]) })).ports).toEqual(kept);
  });

  it('refuses the second of two who keep one port, naming both, and serves the others', () => {
    const kept = new Map([['emo', 4000], ['anca', 4000]]); // prettier-ignore
    const { ports, troubles } = allocatePorts(request({ users: ['emo', 'bob', 'anca'], kept }));
    expect(ports).toEqual(new Map([['anca', 4000], ['bob', 4001]])); // prettier-ignore
    expect(troubles).toEqual([
      {
        osUser: 'emo',
        service: 'web',
        reason: 'PortConflict',
        message: 'keep port 4000 of web for emo: anca keeps the same one: give one of the two another port',
      },
    ]);
  });

  it('says who else was given the port of a departed person', () => {
    const kept = new Map([['emo', 4000], ['gone', 4000]]); // prettier-ignore
    const { ports, notes } = allocatePorts(request({ users: ['emo'], kept }));
    expect(ports).toEqual(new Map([['emo', 4000]]));
    expect(notes.map(({ message }) => message)).toEqual([expect.stringContaining('gone')]);
  });

  it.each([0, -1, 65536, 3773.5, Number.NaN])('refuses to keep %p, and gives no other port', (port) => {
    const { ports, troubles } = allocatePorts(request({ users: ['emo'], kept: new Map([['emo', port]]) }));
    expect(ports.size).toBe(0);
    expect(troubles.map(({ reason }) => reason)).toEqual(['InvalidPort']);
  });

  it('refuses the last newcomers when the range is exhausted', () => {
    const { ports, troubles } = allocatePorts(
      request({ users: ['a', 'b', 'c'], range: { base: 4000, last: 4001 }, reserved: new Set([4001]) }),
    );
    expect(ports).toEqual(new Map([['a', 4000]]));
    expect(troubles.map(({ osUser, reason }) => [osUser, reason])).toEqual([
      ['b', 'PortsExhausted'],
      ['c', 'PortsExhausted'],
    ]);
  });
});

describe('parsePort', () => {
  it.each(['1', '3773', '65535'])('takes %p', (text) => expect(parsePort(text)).toBe(Number(text)));

  it.each(['', '0', '03773', '65536', '99999', '123456', '+1', '-1', '1.0', '1e3', ' 1', '1\n', 'ж'])(
    'refuses %p',
    (text) => expect(parsePort(text)).toBeUndefined(),
  );
});
