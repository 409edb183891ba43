import { createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';
import { capture } from '../harness/site/capture.ts';
import { siteBase } from '../harness/site/site.ts';

describeMachine('the machine of the stand-in site', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot', base: await siteBase() });
  });
  afterAll(() => machine.destroy());

  it.each([
    ['infra.git', 'master', '5da54e2'],
    ['forgejo/infra.git', 'master', '06dfbff'],
    ['forgejo/tripit.git', 'master', '082536a'],
    ['forgejo/website.git', 'main', 'd533998'],
  ])('has %s with %s at the commit that the golden results name', async (path, branch, commit) => {
    const head = await machine.output(['git', '-C', `/srv/git/${path}`, 'rev-parse', '--short', branch]);
    expect(head.trim()).toBe(commit);
  });

  it('keeps what is secret from its people', async () => {
    const modes = await machine.output([
      'stat',
      '-c',
      '%a %U',
      '/opt/admin-kube',
      '/etc/t3-serve/chrome-service-token',
    ]);
    expect(modes).toBe('700 root\n600 root\n');
  });

  it('has the group docker, and no group code-shared', async () => {
    expect((await machine.run(['getent', 'group', 'docker'])).code).toBe(0);
    expect((await machine.run(['getent', 'group', 'code-shared'])).code).toBe(2);
  });

  it('gives new people a claude that keeps a list of servers', async () => {
    await machine.output(['useradd', '--create-home', 'ada']);
    const claude = (...args: string[]) =>
      machine.run(['/home/ada/.local/bin/claude', 'mcp', ...args], { user: 'ada' });
    const add = ['add', '--scope', 'user', '--transport', 'http', 'a', 'http://localhost:1/mcp'];

    expect((await claude('get', 'a')).code).toBe(1);
    expect((await claude(...add)).code).toBe(0);
    expect((await claude(...add)).stderr).toBe('MCP server a already exists\n');
    expect(JSON.parse(await machine.read('/home/ada/.claude.json'))).toEqual({
      mcpServers: { a: { type: 'http', url: 'http://localhost:1/mcp' } },
    });
    expect((await claude('remove', 'a')).code).toBe(0);
    expect((await claude('get', 'a')).stderr).toBe('No MCP server named a\n');
  });

  it('can be without claude', async () => {
    const other = await createMachine({ kind: 'chroot', base: await siteBase({ claude: false }) });
    expect((await other.run(['test', '-e', '/etc/skel/.local'])).code).toBe(1);
    await other.destroy();
  });
});

describeMachine('a capture', () => {
  it('shows accounts, modes, files, clones and enabled units as the golden results do', async () => {
    const machine = await createMachine({ kind: 'chroot', base: await siteBase({ claude: false }) });
    await machine.output(['useradd', '--create-home', '--groups', 'docker', 'ada']);
    await machine.output(
      ['git', 'clone', '--quiet', 'file:///srv/git/forgejo/tripit.git', '/home/ada/code'],
      { user: 'ada' },
    );
    await machine.write('/etc/t3-serve/ada.env', 'T3_PORT=1\n', 0o600);
    await machine.output(['systemctl', 'enable', 't3-serve@ada.service']);
    const state = await capture(machine, ['ada']);

    expect(state['accounts.txt']).toContain(
      '\ndocker:x:<gid>:ada\n== /etc/shadow\nada:!:<today>:0:99999:7:::\n',
    );
    expect(state['modes.txt']).toContain(
      '755 ada:ada d\t/home/ada/code/.git\n644 ada:ada f\t/home/ada/code/README.md\n',
    );
    expect(state['etc-files.txt']).toBe('== /etc/t3-serve/ada.env\nT3_PORT=1\n<EOF>\n');
    expect(state['git.txt']).toMatch(
      /^== \/home\/ada\/code owner=ada\nHEAD=master 082536a upstream=origin\/master\n/,
    );
    expect(state['systemd-links.txt']).toBe(
      '/etc/systemd/system/multi-user.target.wants/t3-serve@ada.service -> /etc/systemd/system/t3-serve@.service\n',
    );
    expect(state['units.txt']).toBeUndefined();
    await machine.destroy();
  });
});
