import { statSync, utimesSync } from 'node:fs';
import { signatureOf } from '../../../src/source/files/signature.ts';
import { Looks, type Occasion } from '../../../src/source/files/looks.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { manifest, roster, Stage, until } from './stage.ts';

describe('the signature of files', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
    stage.write('roster.yaml', roster('ana'));
    // Whole milliseconds, which can be set back exactly.
    utimesSync(stage.path('roster.yaml'), 1, 1);
    stage.write('people/ana.yaml', manifest('ana'));
  });
  afterEach(() => stage.end());

  const sign = (ms = 60_000) =>
    signatureOf([stage.path('roster.yaml'), stage.path('people'), stage.path('gone')], Date.now() + ms);

  it('stays the same while nothing changes, whatever lies beside them', async () => {
    const before = await sign();
    stage.write('people/README', 'x');
    stage.write('other.yaml', 'x');
    expect(await sign()).toBe(before);
    expect(before).toContain('gone\0ENOENT');
  });

  it.each<readonly [string, (stage: Stage) => void]>([
    ['a write', (stage) => stage.write('roster.yaml', roster('bob'))],
    ['a rename', (stage) => stage.replace('roster.yaml', roster('ana'))],
    ['a new manifest', (stage) => stage.write('people/bob.yaml', manifest('bob'))],
    ['a file that was missing', (stage) => stage.write('gone', roster('ana'))],
    [
      'a write of as many bytes whose times are set back',
      (stage) => {
        const { atime, mtime } = statSync(stage.path('roster.yaml'));
        stage.write('roster.yaml', roster('bob'));
        utimesSync(stage.path('roster.yaml'), atime, mtime);
      },
    ],
  ])('differs after %s', async (_, change) => {
    const before = await sign();
    change(stage);
    expect(await sign()).not.toBe(before);
  });

  it('is not given while a second write within one tick of the clock could have none of its own', async () => {
    expect(await sign(0)).toBeUndefined();
  });
});

describe('looks', () => {
  let clock: FakeClock;
  let seen: Occasion[];
  let finish: (() => void) | undefined;
  let looks: Looks;
  beforeEach(() => {
    clock = new FakeClock();
    seen = [];
    looks = new Looks({
      clock,
      pollMs: 1000,
      look: (occasion) => {
        seen.push(occasion);
        return new Promise((resolve) => (finish = resolve));
      },
      onError: () => undefined,
    });
  });
  afterEach(() => {
    finish?.();
    return looks.stop();
  });

  it('are one for all that is heard within one settling', async () => {
    for (const ms of [10, 10, 500]) looks.hear(ms);
    clock.advance(10);
    expect(clock.timers).toBe(0);
    await until(() => seen.length > 0);
    expect(seen).toEqual(['heard']);
  });

  it('come as early as the most urgent of what is heard', async () => {
    looks.hear(500);
    looks.hear(10);
    clock.advance(10);
    await until(() => seen.length === 1);
    expect(clock.timers).toBe(0);
  });

  it('never overlap, and what is heard during one is one more', async () => {
    looks.hear(0);
    clock.advance(0);
    await until(() => seen.length === 1);
    for (const _ of [1, 2, 3]) {
      looks.hear(10);
      clock.advance(10);
    }
    expect(seen).toHaveLength(1);
    void looks.ask();
    await until(() => (finish?.(), seen.includes('asked')));
    expect(seen).toEqual(['heard', 'heard', 'asked']);
  });

  it('are made every so often, though none is heard, and never one poll before the other has ended', async () => {
    looks.start();
    clock.advance(0);
    await until(() => seen.length === 1);
    clock.advance(10_000);
    finish?.();
    await until(() => seen.length === 2);
    expect(clock.timers).toBe(0);
    finish?.();
    await until(() => clock.timers === 1);
    expect(seen).toEqual(['heard', 'poll']);
  });

  it('end with stop, which waits for the one that runs', async () => {
    looks.start();
    clock.advance(0);
    await until(() => seen.length === 1);
    let isStopped = false;
    const stopped = looks.stop().then(() => (isStopped = true));
    looks.hear(0);
    expect(isStopped).toBe(false);
    finish?.();
    await stopped;
    expect(clock.timers).toBe(0);
    expect(seen).toEqual(['heard']);
  });
});
