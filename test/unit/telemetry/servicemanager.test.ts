import { feedWatchdog, ServiceManager, watchdogLimit } from '../../../src/telemetry/servicemanager.ts';

function setUp() {
  const sent: string[] = [];
  const manager = new ServiceManager(
    (lines) => void sent.push(lines.join('\n')),
    () => 12_345_678n,
  );
  return { sent, manager };
}

describe('the service manager', () => {
  it('is told what sd_notify(3) asks for', () => {
    const { sent, manager } = setUp();
    manager.ready('everybody is ready');
    manager.reloading();
    manager.extend(1.5);
    manager.stopping('finishing\n1 action');
    expect(sent).toEqual([
      'READY=1\nSTATUS=everybody is ready',
      'RELOADING=1\nMONOTONIC_USEC=12345',
      'EXTEND_TIMEOUT_USEC=1500',
      'STOPPING=1\nSTATUS=finishing\\x0a1 action',
    ]);
  });

  it('is told a status when it is another one', () => {
    const { sent, manager } = setUp();
    manager.ready('a');
    for (const text of ['a', 'b', 'b', 'a']) manager.status(text);
    expect(sent).toEqual(['READY=1\nSTATUS=a', 'STATUS=b', 'STATUS=a']);
  });
});

describe('the watchdog', () => {
  it('is fed at once and at each half of its limit, until that is ended', () => {
    const { sent, manager } = setUp();
    const timers: { fn: () => void; ms: number }[] = [];
    let cancelled = 0;
    const stop = feedWatchdog(manager, 3000, (fn, ms) => {
      timers.push({ fn, ms });
      return () => void cancelled++;
    });
    timers[0]?.fn();
    expect(sent).toEqual(['WATCHDOG=1', 'WATCHDOG=1']);
    expect(timers.map(({ ms }) => ms)).toEqual([1500, 1500]);
    stop();
    expect(cancelled).toBe(1);
  });

  it.each([
    ['nobody watches', {}, undefined],
    ['this process is watched', { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '7' }, 3000],
    ['no process is named', { WATCHDOG_USEC: '1500' }, 1.5],
    ['another one is watched', { WATCHDOG_USEC: '3000000', WATCHDOG_PID: '8' }, undefined],
    ['it is no number', { WATCHDOG_USEC: '3s' }, undefined],
    ['it is off', { WATCHDOG_USEC: '0' }, undefined],
  ])('has a limit in milliseconds, where %s', (_, env, limit) => {
    expect(watchdogLimit(env, 7)).toBe(limit);
  });
});
