import { main } from '../../../src/cli/main.ts';
import type { Io } from '../../../src/cli/io.ts';

async function run(...args: string[]) {
  let err = '';
  const io: Io = {
    out: () => undefined,
    err: (text) => void (err += text),
    env: {},
    isTerminal: false,
    columns: 80,
    now: () => new Date(),
  };
  const code = await main(['controller', ...args], io);
  return { code, err };
}

const ORDER =
  'read the times of the election: the lease must last longer than the renew deadline, and that longer than the retry period';

describe('workstation controller', () => {
  it.each<[string, string[], string]>([
    [
      'a roster of no namespace',
      ['--roster-configmap', 'people'],
      'read --roster-configmap: found people, give NAMESPACE/NAME',
    ],
    [
      'a roster of too many parts',
      ['--roster-configmap', 'a/b/c'],
      'read --roster-configmap: found a/b/c, give NAMESPACE/NAME',
    ],
    [
      'a roster of no machine',
      ['--roster-configmap', 'people/roster'],
      'mirror a roster: it is not known whose it is: name the machine with --workstation',
    ],
    [
      'a machine of no roster',
      ['--workstation', 'm'],
      'read --workstation: there is no roster to mirror for m: name it with --roster-configmap',
    ],
    [
      'a time that is none',
      ['--agent-grace-period', 'soon'],
      'read --agent-grace-period: found soon, give a duration such as 30s or 10m',
    ],
    ['a lease that is too short', ['--leader-elect-lease-duration', '10s'], ORDER],
    ['a deadline that is too short', ['--leader-elect-renew-deadline', '2s'], ORDER],
  ])('refuses %s', async (_, args, message) => {
    expect(await run(...args)).toEqual({ code: 1, err: `workstation: ${message}\n` });
  });

  it.each(['0', '-1', 'x'])('refuses %s workers', async (count) => {
    const { code, err } = await run(`--workers=${count}`);
    expect(code).toBe(1);
    expect(err).toMatch(/--workers <count>' argument '.*' is invalid/);
  });

  it('says where it looked for an API server', async () => {
    expect(await run()).toEqual({
      code: 1,
      err: expect.stringMatching(/^workstation: connect to an API server: found neither --kubeconfig/),
    });
  });
});
