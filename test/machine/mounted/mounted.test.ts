import { join } from 'node:path';
import { CHECKOUT, createMachine, type Machine, type Result } from '../../harness/machine/machine.ts';
import { runProcess } from '../../harness/machine/process.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { capture } from '../../harness/site/capture.ts';
import { declare } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { PEOPLE } from '../golden.ts';

const WORKSTATION = join(import.meta.dirname, '../../../bin/workstation');

/** Where the container finds the machine's files. */
const HOST = '/proc/1/root';
const DECLARED = ['--roster', `${HOST}/etc/workstation/roster.yaml`];

/** The surroundings of a container that shares the machine's processes: files and network of its own, a /proc of theirs. */
function inContainer(machine: Machine, argv: readonly string[]): Promise<Result> {
  const enter = ['nsenter', '--target', `${machine.leader}`, '--pid', '--', 'unshare', '--mount', '--net'];
  const script = 'mount -t proc proc /proc && exec "$@"';
  return runProcess([...enter, 'sh', '-c', script, 'sh', ...argv], { timeout: 120_000 });
}

async function boot(): Promise<Machine> {
  const machine = await createMachine({ kind: 'booted', base: await siteBase() });
  await declare(machine);
  return machine;
}

const startTimes = (machine: Machine) =>
  machine.output(['systemctl', 'show', '--property=Id,ActiveEnterTimestampMonotonic', 't3-serve@*']);

describeMachine('a live machine that is mounted into a container', () => {
  let machine: Machine;
  const before = () =>
    runProcess(['sh', '-c', 'cat /etc/passwd /etc/group; ls -la --time-style=full-iso /home']);

  beforeAll(async () => {
    machine = await boot();
  });
  afterAll(() => machine.destroy());

  it('becomes what it becomes from inside, and what surrounds the program stays as it is', async () => {
    const outer = await before();
    const { stdout, stderr } = await inContainer(machine, [
      WORKSTATION,
      'apply',
      '--host',
      HOST,
      ...DECLARED,
    ]);
    if (stdout === '') throw new Error(stderr);
    expect(await before()).toEqual(outer);

    const other = await boot();
    const inside = await other.run([`${CHECKOUT}/bin/workstation`, 'apply']);
    expect(stdout).toBe(inside.stdout);
    expect(await capture(machine, PEOPLE)).toEqual(await capture(other, PEOPLE));
    expect((await machine.run(['systemctl', 'is-active', 't3-serve@emo.service'])).stdout).toBe('active\n');
    await other.destroy();
  });

  it('is left alone by a second pass', async () => {
    const [state, started] = [await capture(machine, PEOPLE), await startTimes(machine)];
    const plan = await inContainer(machine, [WORKSTATION, 'plan', '--host', HOST, ...DECLARED]);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('Plan: 5 people, 0 actions') });
    await inContainer(machine, [WORKSTATION, 'apply', '--host', HOST, ...DECLARED]);
    expect([await capture(machine, PEOPLE), await startTimes(machine)]).toEqual([state, started]);
  });

  it('is refused where PID 1 is another machine’s', async () => {
    const outside = await inContainer(machine, [WORKSTATION, 'plan', '--host', '/', ...DECLARED]);
    expect(outside).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'workstation: reaching the machine mounted at /: PID 1 has another root directory, share the PID namespace of the machine (hostPID: true, or --pid=host) and mount its / there\n',
    });
  });
});
