import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';
import { capture } from '../harness/site/capture.ts';
import { declare } from '../harness/site/declare.ts';
import { siteBase } from '../harness/site/site.ts';
import { golden, PEOPLE } from './golden.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;

/** Directories that the program before made as root in everybody's home. */
const ROOTS_OWN = ['.claude', '.config', '.local/state'];

/** A machine exactly as the program before leaves it: the golden state, and nothing that tells of this program. */
async function machineOfBefore(kind: 'chroot' | 'booted'): Promise<Machine> {
  const machine = await createMachine({ kind, base: await siteBase() });
  await declare(machine);
  await machine.run([WORKSTATION, 'apply']);
  const directories = PEOPLE.flatMap((person) =>
    ROOTS_OWN.map((directory) => `/home/${person}/${directory}`),
  );
  await machine.output(['chown', 'root:root', ...directories]);
  await machine.output(['rm', '--recursive', '/var/lib/workstation']);
  const { 'units.txt': units = '', ...state } = await golden('with-claude');
  // Only a machine whose systemd runs has units that run.
  const expected = kind === 'booted' ? { ...state, 'units.txt': units } : state;
  expect(await capture(machine, PEOPLE)).toEqual(expected);
  return machine;
}

/** What tells whether a service was restarted: nothing where none runs. */
async function servicesOf(machine: Machine, kind: 'chroot' | 'booted'): Promise<string> {
  if (kind === 'chroot') return '';
  const units = ['t3-serve@*.service', 'playwright-mcp@*.service'];
  return machine.output(['systemctl', 'show', '--property=MainPID', ...units]);
}

interface PlannedAction {
  readonly kind: string;
  readonly path?: string;
}

interface PlanOutput {
  readonly people: readonly {
    readonly name: string;
    readonly sections: readonly { readonly actions: readonly PlannedAction[] }[];
  }[];
  readonly machine: { readonly actions: readonly PlannedAction[]; readonly notes: readonly string[] };
}

async function planOn(machine: Machine): Promise<PlanOutput> {
  const { stdout } = await machine.run([WORKSTATION, 'plan', '-o', 'json']);
  return JSON.parse(stdout) as PlanOutput;
}

describeMachine('a machine that the program before has run on', () => {
  describe.each(['chroot', 'booted'] as const)('%s', (kind) => {
    let machine: Machine;
    beforeAll(async () => {
      machine = await machineOfBefore(kind);
    });
    afterAll(() => machine.destroy());

    it('needs only what that program got wrong', async () => {
      const plan = await planOn(machine);
      const actions = plan.people.flatMap(({ sections }) => sections.flatMap((section) => section.actions));
      const wrong = PEOPLE.flatMap((person) => ROOTS_OWN.map((directory) => `/home/${person}/${directory}`));
      expect(actions.map(({ kind }) => kind)).toEqual(wrong.map(() => 'give-directory'));
      expect(new Set(actions.map(({ path }) => path))).toEqual(new Set(wrong));
      expect(plan.machine.actions).toEqual([]);
    });

    it('keeps ports, accounts, clones, tokens, services and what people have made their own', async () => {
      await machine.write('/etc/t3-serve/emo.env', '# mine\nT3_PORT=3900\nFOO=bar\n', 0o600);
      await machine.output(
        ['sh', '-c', 'echo mine > ~/.kube/config; echo work >> ~/code/AHEAD.md; touch ~/code/new'],
        { user: 'emo' },
      );
      await machine.output(['sh', '-c', 'echo own-token > ~/.config/playwright/token'], { user: 'anca' });
      await machine.write(
        '/home/anca/.claude/settings.json',
        '{"env": {"MEMORY_API_KEY": "k"}, "hooks": {}}',
      );
      await machine.output(['chown', 'anca:anca', '/home/anca/.claude/settings.json']);
      const shadow = await machine.read('/etc/shadow');
      const running = await servicesOf(machine, kind);

      await machine.run([WORKSTATION, 'apply']);

      expect(await machine.read('/etc/t3-serve/emo.env')).toBe('# mine\nT3_PORT=3900\nFOO=bar\n');
      expect(await machine.read('/etc/t3-serve/dispatch.json')).toContain(
        '"emil.barzin":{"os_user":"emo","port":3900}',
      );
      expect(await machine.read('/home/emo/.kube/config')).toBe('mine\n');
      expect(await machine.read('/home/emo/code/AHEAD.md')).toBe('ahead\nwork\n');
      expect((await machine.run(['test', '-e', '/home/emo/code/new'])).code).toBe(0);
      expect(await machine.read('/home/anca/.config/playwright/token')).toBe('own-token\n');
      expect(JSON.parse(await machine.read('/home/anca/.claude/settings.json'))).toMatchObject({
        env: { MEMORY_API_KEY: 'k' },
      });
      expect(await machine.read('/etc/shadow')).toBe(shadow);
      expect(await servicesOf(machine, kind)).toBe(running);
      const after = await planOn(machine);
      expect(after.people.flatMap(({ sections }) => sections.flatMap((section) => section.actions))).toEqual(
        [],
      );
    });

    it('is told while the timer of that program is still enabled', async () => {
      await machine.write(
        '/etc/systemd/system/t3-provision-users.service',
        '[Service]\nExecStart=/bin/true\n',
      );
      await machine.write(
        '/etc/systemd/system/t3-provision-users.timer',
        '[Timer]\nOnCalendar=hourly\n[Install]\nWantedBy=timers.target\n',
      );
      await machine.output(['systemctl', 'enable', 't3-provision-users.timer']);
      const told =
        't3-provision-users.timer is still enabled and does this work too: run systemctl disable --now t3-provision-users.timer';
      expect((await planOn(machine)).machine.notes).toContain(told);

      await machine.output(['systemctl', 'disable', 't3-provision-users.timer']);
      expect((await planOn(machine)).machine.notes).not.toContain(told);
    });
  });
});
