import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';
import { declare } from '../harness/site/declare.ts';
import { siteBase } from '../harness/site/site.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;

const person = (name: string, tier = 'power-user') =>
  `  ${name}: {authentik_user: sso.${name}, k8s_user: ${name}, tier: ${tier}}\n`;
const rosterOf = (...names: string[]) =>
  `users:\n${names.map((name) => person(name, name === 'ada' ? 'admin' : undefined)).join('')}`;

const UNITS = (name: string) => [
  `t3-serve@${name}.service`,
  `playwright-mcp@${name}.service`,
  `playwright-snapshot-refresh@${name}.timer`,
  `claude-auth-sync@${name}.timer`,
];

describeMachine('somebody who is declared no more', () => {
  let machine: Machine;
  const run = (...args: string[]) => machine.run([WORKSTATION, ...args]);
  const roster = (...names: string[]) => machine.write('/etc/workstation/roster.yaml', rosterOf(...names));
  const states = async (verb: 'is-enabled' | 'is-active', name: string) =>
    (await machine.run(['systemctl', verb, ...UNITS(name)])).stdout.trim().split('\n');

  beforeAll(async () => {
    machine = await createMachine({ kind: 'booted', base: await siteBase() });
    await declare(machine, rosterOf('ada', 'bea', 'cam', 'dot'));
    await run('apply');
  });
  afterAll(() => machine.destroy());

  it('cannot be offboarded while declared', async () => {
    const { code, stderr } = await run('offboard', 'ada');
    expect(code).toBe(1);
    expect(stderr).toBe(
      'workstation: offboard ada: the person is declared: remove them from the roster first, or set suspended to lock them out and keep everything\n',
    );
  });

  it('is named by every pass and loses nothing in it but the place in the maps', async () => {
    await roster('bea', 'cam', 'dot');
    const { stderr } = await run('apply');
    expect(stderr).toContain('ada is declared no more, and the machine still holds the account');
    expect(await states('is-active', 'ada')).toEqual(['active', 'active', 'active', 'active']);
    expect(await machine.read('/etc/shadow')).toMatch(/^ada:!:\d+:0:99999:7:::$/m);
    expect(await machine.read('/etc/ttyd-user-map')).not.toContain('ada');
    expect((await run('get', 'users')).stdout).toMatch(/^ada .* Unknown +NotDeclared/m);
  });

  it('has the stages of the cut shown by a dry run, which changes nothing', async () => {
    const { code, stdout } = await run('offboard', 'ada', '--dry-run');
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'DisableServices',
      'Unmap: nothing to do',
      'RemoveFromServiceGroups',
      'LockLogin',
      'RevokeClusterAccess: nothing to do',
    ]);
    expect(await states('is-enabled', 'ada')).toEqual(['enabled', 'enabled', 'enabled', 'enabled']);
  });

  it('is cut off by offboard: services, groups, login and processes, and nothing is deleted', async () => {
    const lingering = machine.run(['sleep', '600'], { user: 'ada' });
    const { code, stderr } = await run('offboard', 'ada');
    expect([code, stderr.includes('failed')]).toEqual([0, false]);

    expect(await states('is-enabled', 'ada')).toEqual(['disabled', 'disabled', 'disabled', 'disabled']);
    expect(await states('is-active', 'ada')).toEqual(['inactive', 'inactive', 'inactive', 'inactive']);
    expect(await machine.output(['id', '-nG', 'ada'])).toBe('ada\n');
    expect(await machine.read('/etc/shadow')).toMatch(/^ada:!:\d+:0:99999:7::1:$/m);
    expect((await lingering).code).not.toBe(0);
    expect((await machine.run(['test', '-d', '/home/ada/.claude'])).code).toBe(0);
    expect(await machine.read('/etc/t3-serve/ada.env')).toBe('T3_PORT=3773\n');
  });

  it('is not named again once cut off, and a second cut finds nothing to do', async () => {
    expect((await run('apply')).stderr).not.toContain('ada');
    expect((await run('get', 'users')).stdout).not.toContain('ada');
    expect((await run('offboard', 'ada')).code).toBe(0);
  });

  it('has the port held: a newcomer gets another', async () => {
    await roster('abe', 'bea', 'cam', 'dot');
    await run('apply');
    expect(await machine.read('/etc/t3-serve/abe.env')).toBe('T3_PORT=3777\n');
  });

  it('is let in again, with everything, when declared again', async () => {
    await roster('ada', 'abe', 'bea', 'cam', 'dot');
    await run('apply');
    expect(await states('is-active', 'ada')).toEqual(['active', 'active', 'active', 'active']);
    expect(await machine.output(['id', '-nG', 'ada'])).toBe('ada sudo docker\n');
    expect(await machine.read('/etc/shadow')).toMatch(/^ada:!:\d+:0:99999:7:::$/m);
    expect(await machine.read('/etc/t3-serve/dispatch.json')).toContain(
      '"sso.ada":{"os_user":"ada","port":3773}',
    );
  });

  it('is cut off by apply --prune, together with others up to the limit', async () => {
    await roster('ada', 'abe', 'bea');
    expect((await run('apply', 'ada', '--prune')).stderr).toContain('run it without names');
    const { code } = await run('apply', '--prune');
    expect(code).toBe(1); // people without a Vault token are not Ready
    for (const name of ['cam', 'dot']) {
      expect(await states('is-enabled', name)).toEqual(['disabled', 'disabled', 'disabled', 'disabled']);
    }
  });

  it('stays mapped when more people are gone than may go in one step, and prune refuses', async () => {
    await roster('ada', 'abe', 'bea', 'eve', 'fay', 'gus');
    await run('apply');
    await roster('ada');
    const before = await machine.read('/etc/t3-serve/dispatch.json');

    const pruned = await run('apply', '--prune');
    expect(pruned.code).toBe(1);
    expect(pruned.stderr).toContain('remove 5 people (abe, bea, eve, fay, gus): massRemovalLimit is 3');
    await run('apply');
    expect(await machine.read('/etc/t3-serve/dispatch.json')).toBe(before);
    expect(await states('is-enabled', 'gus')).toEqual(['enabled', 'enabled', 'enabled', 'enabled']);

    await run('apply', '--prune', '--confirm-removals', '5');
    expect(await states('is-enabled', 'gus')).toEqual(['disabled', 'disabled', 'disabled', 'disabled']);
    expect(await machine.read('/etc/t3-serve/dispatch.json')).not.toContain('gus');
  });

  it('can be suspended instead: locked out, services off, unmapped, everything kept', async () => {
    const suspended = rosterOf('ada').replace('tier: admin', 'tier: admin, suspended: true');
    await machine.write('/etc/workstation/roster.yaml', suspended);
    await run('apply');
    await run('apply');
    expect(await machine.read('/etc/shadow')).toMatch(/^ada:!:\d+:0:99999:7::1:$/m);
    expect(await states('is-active', 'ada')).toEqual(['inactive', 'inactive', 'inactive', 'inactive']);
    expect(await machine.read('/etc/t3-serve/dispatch.json')).toBe('{}\n');

    await roster('ada');
    await run('apply');
    expect(await machine.read('/etc/shadow')).toMatch(/^ada:!:\d+:0:99999:7:::$/m);
    expect(JSON.parse(await machine.read('/var/lib/workstation/state.json'))).not.toHaveProperty(
      'suspended.ada',
    );
    expect(await states('is-active', 'ada')).toEqual(['active', 'active', 'active', 'active']);
  });
});
