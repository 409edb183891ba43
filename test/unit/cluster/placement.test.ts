import { place, type Residents } from '../../../src/cluster/placement.ts';
import type { ObjectMeta } from '../../../src/kubernetes/objects.ts';
import { user, workstation } from './objects.ts';

interface Machine {
  readonly users?: number;
  readonly labels?: ObjectMeta['labels'];
  readonly isReady?: boolean;
  readonly residents?: Partial<Residents>;
  readonly spec?: object;
}

const ANY: Residents = { count: 0, accounts: new Set(), identities: new Set(), tiers: new Map() };

function placed(machines: Readonly<Record<string, Machine>>, spec: Parameters<typeof user>[1] = {}): string {
  const candidates = Object.entries(machines).map(([name, machine]) => ({
    workstation: workstation(name, machine.spec, { labels: machine.labels ?? {} }),
    isReady: machine.isReady ?? true,
    residents: { ...ANY, ...machine.residents, count: machine.users ?? 0 },
  }));
  const placement = place(user('emo', spec), candidates);
  const backwards = place(user('emo', spec), candidates.toReversed());
  expect(backwards).toEqual(placement);
  return placement.kind === 'placed' ? placement.workstation : placement.message;
}

const web = (last: number, selection: object = {}) => ({
  services: [{ name: 'web', port: { base: 3000, last }, envFile: '/e/${user}', env: {}, ...selection }],
});

describe('somebody who names no machine', () => {
  it.each<[string, Readonly<Record<string, Machine>>, Parameters<typeof user>[1], string]>([
    ['goes where the fewest people are', { a: { users: 2 }, b: { users: 1 }, c: { users: 3 } }, {}, 'b'],
    ['goes to the first by name among equals', { b: {}, a: {}, c: {} }, {}, 'a'],
    ['goes to no machine that is not ready', { a: { isReady: false }, b: { users: 9 } }, {}, 'b'],
    [
      'goes where all labels are that are asked for',
      { a: { labels: { disk: 'ssd' } }, b: { labels: { disk: 'ssd', zone: 'x' }, users: 9 } },
      { workstationSelector: { disk: 'ssd', zone: 'x' } },
      'b',
    ],
    [
      'goes to no machine where the account is somebody else’s',
      { a: { residents: { accounts: new Set(['e']) } }, b: { users: 9 } },
      { osUser: 'e' },
      'b',
    ],
    [
      'goes to no machine where somebody has the same identity',
      { a: { residents: { identities: new Set(['sso-emo']) } }, b: { users: 9 } },
      {},
      'b',
    ],
    [
      'goes to no machine without a free port',
      { a: { spec: web(3000), residents: { tiers: new Map([['admin', 1]]) } }, b: { users: 9 } },
      {},
      'b',
    ],
    [
      'takes the last free port',
      { a: { spec: web(3001), residents: { tiers: new Map([['admin', 1]]) } }, b: { users: 9 } },
      {},
      'a',
    ],
    [
      'needs no port of a service for others',
      { a: { spec: web(3000, { tiers: ['admin'] }), residents: { tiers: new Map([['admin', 1]]) } } },
      {},
      'a',
    ],
    [
      'is in the way of nobody who needs no port',
      { a: { spec: web(3000, { tiers: ['power-user'] }), residents: { tiers: new Map([['admin', 5]]) } } },
      {},
      'a',
    ],
    ['waits while there is no machine', {}, {}, 'place emo: there is no Workstation: create one'],
    [
      'waits, and hears what is wrong with each machine',
      {
        a: { isReady: false },
        b: { labels: { disk: 'hdd' } },
        c: { residents: { accounts: new Set(['emo']) }, labels: { disk: 'ssd' } },
        d: { spec: web(3000), residents: { tiers: new Map([['admin', 1]]) }, labels: { disk: 'ssd' } },
        ...Object.fromEntries(['e', 'f', 'g'].map((name) => [name, { isReady: false }])),
      },
      { workstationSelector: { disk: 'ssd' } },
      'place emo: none of 7 Workstations fits: 4 not ready (a, e, f, …), 1 with the account emo taken (c), 1 without a free port of web (d), 1 without the label disk=ssd (b): see that its agent runs, or create the user anew with another osUser, or raise the last port of the service, or label one, or change workstationSelector',
    ],
  ])('%s', (_, machines, spec, expected) => {
    expect(placed(machines, spec)).toBe(expected);
  });
});
