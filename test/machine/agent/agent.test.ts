import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { declare, siteRoster } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { eventually, startAgent, type RunningAgent } from './runner.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const ROSTER = '/etc/workstation/roster.yaml';

describeMachine('an agent on a machine', () => {
  let machine: Machine;
  let agent: RunningAgent;
  const readyOf = async (name: string): Promise<string | undefined> => {
    const { stdout } = await machine.run([WORKSTATION, 'get', 'users', '-o', 'json']);
    const { items } = JSON.parse(stdout) as {
      items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[];
    };
    const user = items.find(({ metadata }) => metadata.name === name);
    return user?.status.conditions.find(({ type }) => type === 'Ready')?.status;
  };

  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot', base: await siteBase() });
    await declare(machine);
    // Nobody mints here: as if each had got a token earlier.
    await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
    agent = await startAgent(machine);
    await eventually('everybody is Ready', async () => (await readyOf('emo')) === 'True');
  });
  afterAll(() => machine.destroy());

  it('onboards whoever is added to the roster', async () => {
    await machine.write(
      ROSTER,
      `${await siteRoster()}  zoe: { authentik_user: zoe, k8s_user: zoe, tier: power-user }\n`,
    );
    await eventually('zoe is Ready', async () => (await readyOf('zoe')) === 'True');
    expect(await machine.read('/etc/ttyd-user-map')).toContain('zoe=zoe');
  });

  it('repairs what drifts', async () => {
    await machine.output(['rm', '/etc/ttyd-user-map', '/etc/t3-serve/emo.env']);
    await eventually(
      'both are back',
      async () =>
        (await machine.run(['test', '-e', '/etc/ttyd-user-map', '-a', '-e', '/etc/t3-serve/emo.env']))
          .code === 0,
    );
    expect(await machine.read('/etc/t3-serve/emo.env')).toContain('T3_PORT=');
  });

  it('refuses a second agent and names the first', async () => {
    const second = await startAgent(machine);
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(/process \d+ \(.*workstation.*agent.*\), running since .* holds it/);
  });

  it('stops at SIGTERM with exit code 0, and starts again without a change', async () => {
    expect(await agent.stop()).toBe(0);
    agent = await startAgent(machine);
    await eventually('it runs', async () => agent.said().includes('keeps this machine'));
    await agent.stop();
    expect(agent.said()).not.toMatch(/write-|create-/);
  });
});
