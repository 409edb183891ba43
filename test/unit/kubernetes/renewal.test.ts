import { keepRenewed } from '../../../src/kubernetes/renewal.ts';
import { claimsOf } from '../../../src/kubernetes/tokens.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { settle } from './fake-transport.ts';

const ACCOUNT = { namespace: 'system', name: 'agent-devvm' };
const HOUR = 3600_000;
const MINUTE = 60_000;

let clock: FakeClock;
let stopping: AbortController;
let file: string;
let asked: number[];
let troubles: (string | undefined)[];
let answer: () => string;

function tokenOf(claims: { sub?: string; iat: number; exp: number }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ sub: 'system:serviceaccount:system:agent-devvm', ...claims })}.signature`;
}

/** A token that is given now and ends after so many hours. */
function fresh(hours: number): string {
  const iat = Math.round(clock.now() / 1000);
  return tokenOf({ iat, exp: iat + hours * 3600 });
}

function begin(): Promise<void> {
  return keepRenewed(
    {
      account: ACCOUNT,
      path: '/etc/token',
      file: {
        read: () => file,
        write(token) {
          file = token;
        },
      },
      async request(seconds) {
        asked.push(seconds);
        return answer();
      },
      onTrouble: (trouble) => troubles.push(trouble),
      clock,
      wall: () => clock.now(),
      random: () => 0,
    },
    stopping.signal,
  );
}

async function pass(ms: number, step = MINUTE): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    await settle();
    clock.advance(Math.min(step, ms - passed));
  }
  await settle();
}

beforeEach(() => {
  clock = new FakeClock();
  stopping = new AbortController();
  asked = [];
  troubles = [];
  answer = () => fresh(7 * 24);
});
afterEach(async () => {
  stopping.abort();
  await settle();
  expect(clock.timers).toBe(0);
});

describe('a token of one’s own', () => {
  it.each([
    ['a day, where it lasts a week', 7 * 24, 24],
    ['four fifths of its life, where that is less', 1, 0.8],
  ])('is renewed after %s, for as long a life', async (_when, life, old) => {
    file = fresh(life);
    void begin();
    await pass(old * HOUR - MINUTE);
    expect(asked).toEqual([]);
    await pass(2 * MINUTE);
    expect(asked).toEqual([life * 3600]);
    expect(claimsOf(file)?.issuedAt).toBeGreaterThan(old * HOUR - MINUTE);
    expect(troubles).toEqual([]);
  });

  it('is renewed soon after a machine wakes that has slept for days', async () => {
    file = fresh(7 * 24);
    void begin();
    await settle();
    clock.advance(3 * 24 * HOUR);
    await settle();
    expect(asked).toHaveLength(1);
  });

  it('stays as it is while it cannot be renewed, which is tried ever less often and said until it could', async () => {
    const before = (file = fresh(1));
    answer = () => {
      throw new Error('request a token: the API server answered 403');
    };
    void begin();
    await pass(48 * MINUTE);
    const first = asked.length;
    await pass(11 * MINUTE, 1000);
    expect(file).toBe(before);
    // After 5, 10, 20, 40, 80, 160 and 300 seconds.
    expect(asked.length - first).toBe(7);
    expect(new Set(troubles)).toEqual(
      new Set([
        'renew the token in /etc/token: request a token: the API server answered 403; it ends at 1970-01-01T01:00:01Z',
      ]),
    );
    answer = () => fresh(1);
    await pass(11 * MINUTE);
    expect(troubles.at(-1)).toBeUndefined();
    expect(file).not.toBe(before);
  });

  it('that has ended takes somebody who may join', async () => {
    file = fresh(1);
    clock.advance(2 * HOUR);
    answer = () => {
      throw new Error('request a token: the API server answered 401');
    };
    void begin();
    await settle();
    expect(troubles[0]).toMatch(
      /it ended at 1970-01-01T01:00:01Z: run workstation join again on this machine$/,
    );
  });

  it.each([
    ['nothing', ''],
    ['a secret of another kind', 's3cret'],
    ['what only looks like one', 'a.b.c'],
  ])('is missed where %s stands in its place, and what stands there is not told', async (_what, text) => {
    file = text;
    void begin();
    await settle();
    expect(troubles).toEqual([
      'renew the token in /etc/token: what is there is no token: run workstation join again',
    ]);
    file = fresh(1);
    await pass(MINUTE);
    expect(troubles.at(-1)).toBeUndefined();
  });
});

it('a token of another account is left alone', async () => {
  file = tokenOf({ sub: 'system:serviceaccount:system:agent-other', iat: -1e6, exp: 0 });
  await begin();
  expect([asked, troubles]).toEqual([[], []]);
});
