import { Systemctl } from '../../../../src/host/units/systemctl.ts';

function answering(answer: { code?: number | null; stdout?: string; stderr?: string }) {
  const calls: (readonly string[])[] = [];
  const systemctl = new Systemctl((args) => {
    calls.push(args);
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...answer });
  });
  return { systemctl, calls };
}

describe('the units that systemd has loaded', () => {
  it('are told from its listing', async () => {
    const listed = [
      { unit: 'a.service', load: 'loaded', active: 'active', sub: 'running', description: 'A' },
      {
        unit: 'b.service',
        load: 'loaded',
        active: 'activating',
        sub: 'start',
        job: 'start',
        description: 'B',
      },
      { unit: 'c.service', load: 'loaded', active: 'activating', sub: 'auto-restart', description: 'C' },
      { unit: 'd.service', load: 'loaded', active: 'inactive', sub: 'dead', job: 'start', description: 'D' },
      {
        unit: 'e.service',
        load: 'loaded',
        active: 'refreshing',
        sub: 'new',
        description: 'of a later systemd',
      },
    ];
    const { systemctl } = answering({ stdout: JSON.stringify(listed) });
    expect(Object.fromEntries(await systemctl.list(['a.service']))).toEqual({
      'a.service': { active: 'active', isMoving: false },
      'b.service': { active: 'activating', isMoving: true },
      'c.service': { active: 'failed', isMoving: false },
      'd.service': { active: 'inactive', isMoving: true },
      'e.service': { active: 'activating', isMoving: true },
    });
  });

  it('are asked for by template, so that the question stays short', async () => {
    const { systemctl, calls } = answering({ stdout: '[]' });
    await systemctl.list(['tool@a.service', 'tool@b.service', 'x\\x2dy.timer', 'tool@a.timer']);
    expect(calls).toEqual([
      ['list-units', '--all', '--output=json', '--', 'tool@*.service', 'x\\\\x2dy.timer', 'tool@*.timer'],
    ]);
  });

  it('cannot be told when it does not answer', async () => {
    const { systemctl } = answering({ code: 1, stderr: 'Failed to connect to bus: Host is down\n' });
    await expect(systemctl.list(['a.service'])).rejects.toThrow(
      'list units: Failed to connect to bus: Host is down: see systemctl status',
    );
  });
});

describe('what systemctl says to a request', () => {
  it('is about the units it names', async () => {
    const stderr =
      'Failed to start a.service: Unit a.service is masked.\nFailed to start b.service: Unit gone.service not found.\n';
    const { complaints, failure } = await answering({ code: 5, stderr }).systemctl.request('start', [
      'a.service',
    ]);
    expect(Object.fromEntries(complaints)).toEqual({
      'a.service': 'Unit a.service is masked',
      'b.service': 'Unit gone.service not found',
    });
    expect(failure).toBeUndefined();
  });

  it('is about all of them where it names none', async () => {
    const stderr = 'Failed to enable unit: Access denied\x1b[0m\n';
    const { failure } = await answering({ code: 1, stderr }).systemctl.change('enable', ['a.service']);
    expect(failure).toBe('Failed to enable unit: Access denied');
    const silent = await answering({ code: null }).systemctl.change('enable', ['a.service']);
    expect(silent.failure).toBe('systemctl failed and did not say why');
  });
});
