import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';

const QUICKSTART = [`${CHECKOUT}/node_modules/.bin/node`, `${CHECKOUT}/examples/quickstart/run.ts`];

/** What settings of a machine's git might spoil. */
const GITCONFIG = `[init]
	defaultBranch = unusual
	templateDir = /nowhere
[user]
	useConfigOnly = true
[safe]
	directory =
[core]
	hooksPath = /nowhere
[commit]
	gpgSign = true
[protocol "file"]
	allow = never
`;

let machine: Machine;

beforeAll(async () => {
  machine = await createMachine({ kind: 'chroot' });
  await machine.output(['sh', '-c', 'rm "$(command -v systemctl)"']);
  await machine.write('/etc/gitconfig', GITCONFIG);
  await machine.output(['useradd', '--create-home', 'eva']);
});

describeMachine('the quickstart', () => {
  it('brings three people onto a machine, as root and without systemd', async () => {
    const before = await accounts();
    const { code, stdout, stderr } = await machine.run(QUICKSTART);
    expect([code, stderr]).toEqual([0, '']);
    expectStory(stdout);
    expect(await accounts()).toBe(before);

    const playground = playgroundOf(stdout);
    const made = async (path: string) =>
      (await machine.output(['sh', '-c', `ls ${playground}/${path}`])).split('\n');
    expect(await made('machine/home/linus/code/notes')).toContain('README.md');
    expect(await made('machine/etc/systemd/system/multi-user.target.wants')).toEqual([
      'editor@ada.service',
      'editor@grace.service',
      'editor@linus.service',
      '',
    ]);
    await removeAsTold(stdout);
  });

  it('does so for anybody who may use more user ids than one', async () => {
    const { code, stdout, stderr } = await machine.run(QUICKSTART, { user: 'eva' });
    expect([code, stderr]).toEqual([0, '']);
    expectStory(stdout);
    await removeAsTold(stdout, 'eva');
  });

  it.each([
    ['has no range of them', 'sed -i /^eva:/d /etc/subuid /etc/subgid'],
    ['has nothing to use them with', 'rm "$(command -v newuidmap)"'],
  ])('says in one sentence what it needs where a person %s', async (_, change) => {
    await machine.output(['sh', '-c', change]);
    const { code, stdout, stderr } = await machine.run(QUICKSTART, { user: 'eva' });
    expect(stderr).toBe(
      'quickstart: the accounts it makes need user ids, and eva may use no others here: run it as root, or install the package uidmap and see that /etc/subuid and /etc/subgid have a line for eva\n',
    );
    expect([code, stdout]).toEqual([1, '']);
    expect((await machine.output(['ls', '/tmp'])).match(/workstation/)).toBeNull();
  });
});

const accounts = () => machine.output(['cat', '/etc/passwd', '/etc/group', '/etc/shadow']);

function expectStory(stdout: string): void {
  expect(stdout).toMatch(
    /^ {2}create account linus \(shell \/bin\/sh, home \/home\/linus with mode 0700\)$/m,
  );
  expect(stdout).toMatch(/^Plan: 1 person and the machine, \d+ actions$/m);
  for (const name of ['ada', 'grace', 'linus', '\\(machine\\)'])
    expect(stdout).toMatch(new RegExp(`^${name} +Ready +\\d+ *$`, 'm'));
  for (const line of ['ada +admin', 'grace +power-user', 'linus +namespace-owner'])
    expect(stdout).toMatch(new RegExp(`^${line} +quickstart +True +Ready +400[0-2]`, 'm'));
  expect(stdout).toMatch(/^Nothing to do: 3 people are as declared$/m);
  expect(stdout.split('\n').length).toBeLessThan(70);
}

function playgroundOf(stdout: string): string {
  return /^All of it is in (\/tmp\/\S+):$/m.exec(stdout)?.[1] ?? '';
}

async function removeAsTold(stdout: string, user?: string): Promise<void> {
  const command = /^Remove it with: (.*)$/m.exec(stdout)?.[1] ?? 'false';
  await machine.output(['sh', '-c', command], user === undefined ? {} : { user });
  expect((await machine.run(['test', '-e', playgroundOf(stdout)])).code).toBe(1);
}
