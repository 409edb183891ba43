import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeServers } from '../harness/requirements.ts';
import { startVault } from '../harness/servers/vault.ts';
import { declare } from '../harness/site/declare.ts';
import { siteBase } from '../harness/site/site.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const ROSTER = `users:
  bea: {authentik_user: sso.bea, k8s_user: bea, tier: power-user}
  cam: {authentik_user: sso.cam, k8s_user: cam, tier: namespace-owner, namespaces: [cam]}
`;

type Vault = Awaited<ReturnType<typeof startVault>>;

describeServers('onboarding with a Vault', ['vault'], () => {
  let vault: Vault;
  let machine: Machine;
  const run = (...args: string[]) =>
    machine.run([WORKSTATION, ...args], { env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken } });
  const tokenOf = async (name: string) =>
    (await machine.read(`/home/${name}/.config/claude-auth-sync/vault-token`)).trimEnd();
  const tiers = (map: object) =>
    vault.request('POST', 'secret/data/platform', { data: { k8s_users: JSON.stringify(map) } });

  beforeAll(async () => {
    vault = await startVault();
    machine = await createMachine({ kind: 'chroot', base: await siteBase(), network: 'host' });
    await declare(machine, ROSTER);
    await tiers({ bea: { role: 'power-user' }, cam: { role: 'namespace-owner' } });
  });
  afterAll(async () => {
    await machine.destroy();
    await vault.stop();
  });

  it('mints a scoped orphan token for everybody, readable by them only, and then everybody is Ready', async () => {
    const { code, stdout, stderr } = await run('apply');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^bea +Ready .*\ncam +Ready /m)]);

    const token = await tokenOf('bea');
    expect(stdout + stderr).not.toContain(token);
    expect(stdout + stderr).not.toContain(vault.rootToken);
    const stat = ['stat', '-c', '%a %U:%G', '/home/bea/.config/claude-auth-sync/vault-token'];
    expect(await machine.output(stat)).toBe('600 bea:bea\n');
    const { body } = await vault.request('GET', 'auth/token/lookup-self', undefined, token);
    expect(body).toMatchObject({
      data: {
        display_name: 'token-devvm-claude-auth-bea',
        orphan: true,
        period: 768 * 3600,
        policies: ['default', 'workstation-claude-bea'],
      },
    });
  });

  it('mints nothing twice', async () => {
    const before = [await tokenOf('bea'), await tokenOf('cam')];
    expect((await run('plan')).code).toBe(0);
    expect((await run('apply')).code).toBe(0);
    expect([await tokenOf('bea'), await tokenOf('cam')]).toEqual(before);
  });

  it('compares the tiers with the live ones', async () => {
    expect(await run('validate')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await tiers({ bea: { role: 'power-user' }, cam: { role: 'power-user' } });
    expect(await run('validate')).toMatchObject({
      code: 1,
      stderr: "ERROR: cam: roster tier namespace-owner != k8s_users tier power-user for 'cam'\n",
    });
  });

  it('does nothing for somebody whose tier is another in the cluster, and takes nothing from them', async () => {
    await machine.output(['rm', '/home/bea/start-claude.sh', '/home/cam/start-claude.sh']);
    const { code } = await run('apply');
    expect(code).toBe(1);
    expect((await machine.run(['test', '-e', '/home/bea/start-claude.sh'])).code).toBe(0);
    expect((await machine.run(['test', '-e', '/home/cam/start-claude.sh'])).code).toBe(1);
    expect(await machine.read('/etc/ttyd-user-map')).toContain('sso.cam=cam');
    const cam = JSON.parse((await run('get', 'user', 'cam', '-o', 'json')).stdout) as {
      status: { conditions: unknown[] };
    };
    expect(cam.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Stalled', status: 'True', reason: 'TierConflict' }),
    );
  });

  it('goes on without a Vault that does not answer, and says so', async () => {
    await vault.stop();
    await machine.output(['rm', '/home/bea/.config/claude-auth-sync/vault-token']);
    const { code, stderr, stdout } = await run('apply');
    expect(code).toBe(1);
    expect(stderr).toContain('warning: read the tiers of the cluster: ');
    expect(stdout).toMatch(/^bea +Retrying +\d+ +MintFailed /m);
  });
});
