import { describeMachine } from '../../harness/requirements.ts';
import { changesBetween, inventory } from './inventory.ts';
import { expectServed, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const PERSON = 'authentik_user: eve, k8s_user: eve, tier: power-user';
const user = (name: string, more = PERSON) =>
  `users:\n  alice: {authentik_user: alice, k8s_user: alice, tier: power-user}\n  ${name}: {${more}}\n`;
const bomb = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`).join(
  '\n',
);

/** Rosters that must be refused, and what the refusal names. */
const HOSTILE: readonly (readonly [what: string, text: string | Buffer, said: RegExp])[] = [
  ['root', user('root'), /root/],
  ['a system account', user('daemon'), /daemon/],
  ['a name that is a path', user('..'), /\.\./],
  ['a name with a slash', user('../etc'), /etc/],
  ['a name like an option', user('--root'), /--root/],
  ['a name with a line feed', user('"eve\\nroot"'), /eve/],
  ['a name with a colon', user('"eve:0"'), /eve:0/],
  ['a name with a colour', user(String.raw`"eve\e[31m"`), /eve/],
  ['a name longer than 32 characters', user('e'.repeat(33)), /eee/],
  ['two spellings of one account', `users:\n  eve: {${PERSON}}\n  Eve: {${PERSON}}\n`, /Eve/],
  ['one account twice', `users:\n  eve: {${PERSON}}\n  eve: {${PERSON}}\n`, /eve/],
  [
    'an identity with an equals sign',
    user('eve', 'authentik_user: "eve=root", k8s_user: eve, tier: admin'),
    /authentik/,
  ],
  [
    'an identity of two lines',
    user('eve', String.raw`authentik_user: "eve\nbob=root", k8s_user: eve, tier: admin`),
    /authentik/,
  ],
  [
    'a repo outside of the code directory',
    user('eve', `${PERSON}, code_layout: workspace, repos: [../../alice]`),
    /repo/,
  ],
  [
    'a repo like an option',
    user('eve', `${PERSON}, code_layout: workspace, repos: ["--upload-pack=x"]`),
    /repo/,
  ],
  [
    'a repo with a line feed at its end',
    user('eve', String.raw`${PERSON}, code_layout: workspace, repos: ["a\n"]`),
    /repo/,
  ],
  ['a repo that hides', user('eve', `${PERSON}, code_layout: workspace, repos: [.ssh]`), /repo/],
  ['aliases that grow without end', `a0: &a0 [x]\n${bomb}\nusers: *a30\n`, /alias/],
  ['nesting without end', `users: ${'['.repeat(100_000)}`, /./],
  ['a list of users', 'users: [alice]\n', /users/],
  ['a user that is a word', 'users: {alice: yes}\n', /alice/],
  ['no mapping at all', '- alice\n', /./],
  ['bytes that are no UTF-8', Buffer.from('users:\n  al\xffice: {}\n', 'latin1'), /UTF-8/],
  ['a NUL', 'users:\n  al\0ice: {}\n', /./],
  ['an unfinished file', user('eve').slice(0, -12), /./],
  ['100 MB', Buffer.alloc(100_000_000, '#'), /./],
];

describeMachine('a roster of', () => {
  let stage: Stage;
  let before: ReadonlySet<string>;
  beforeAll(async () => {
    stage = await setStage();
    before = await inventory(stage.machine, []);
  });
  afterAll(() => stage.machine.destroy());

  it.each(HOSTILE)('%s is refused in one clear sentence', async (_, text, said) => {
    await stage.machine.write('/root/hostile.yaml', text);
    const { code, stdout, stderr } = await stage.workstation(
      'apply',
      '--roster',
      '/root/hostile.yaml',
      '--workstation',
      '/etc/workstation/workstation.yaml',
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^(error: )?\/root\/hostile\.yaml(:\d+:\d+)?: \S/);
    expect(stderr).toMatch(said);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(100);
    expect(stderr).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]|\n {4}at /);
  });

  it('any of these kinds has changed nothing', async () => {
    await stage.machine.run(['rm', '/root/hostile.yaml']);
    expect(changesBetween(before, await inventory(stage.machine, []))).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['nobody', 'users:\n'],
    [
      'nobody of this machine',
      'users: { zed: { authentik_user: z, k8s_user: zed, tier: admin, workstation: other } }\n',
    ],
  ])('%s is taken for damaged: everybody stays, and the maps that name them', async (_, text) => {
    await stage.machine.write('/root/none.yaml', text);
    const maps = await stage.machine.output(['cat', '/etc/ttyd-user-map', '/etc/t3-serve/dispatch.json']);
    const files = ['-f', '/root/none.yaml', '-w', '/etc/workstation/workstation.yaml'];
    for (const command of [['apply'], ['apply', '--prune'], ['offboard', 'bob']]) {
      const { code, stdout, stderr } = await stage.workstation(...command, ...files);
      expect(code).toBe(1);
      expect(`${stdout}${stderr}`).toMatch(
        /remove 3 people \(alice, bob, mallory\): nobody is declared any more: /,
      );
    }
    expect(await stage.machine.output(['cat', '/etc/ttyd-user-map', '/etc/t3-serve/dispatch.json'])).toBe(
      maps,
    );
    expect(await stage.machine.output(['passwd', '--status', 'bob'])).toMatch(/^bob L /);
    await stage.machine.run(['rm', '/root/none.yaml']);
  });

  it('half its people is obeyed for who is left, and nobody is cut off by it', async () => {
    await stage.machine.write(
      '/root/one.yaml',
      'users:\n  alice: {authentik_user: alice, k8s_user: alice, tier: power-user}\n',
    );
    const pass = await stage.workstation(
      'apply',
      '--roster',
      '/root/one.yaml',
      '--workstation',
      '/etc/workstation/workstation.yaml',
    );
    expect(pass.stderr).toMatch(/^bob is declared no more, and the machine still holds the account: /m);
    await expectServed(stage, ['alice']);
    expect(
      (await stage.machine.output(['getent', 'shadow', 'bob', 'mallory'])).match(/:1:$|:1::$/gm),
    ).toBeNull();
  });
});

/** Environment files as people edit them, and what a pass makes of them. */
const FILES: readonly (readonly [what: string, text: string, left: RegExp])[] = [
  ['with stray lines', 'junk\nT3_PORT=3773\n# a note\n', /^junk\nT3_PORT=3773\n# a note\n$/],
  ['with carriage returns', 'T3_PORT=3773\r\nOTHER=1\r\n', /T3_PORT=3773/],
  ['with | and & in other values', 'A=x|y&z\nT3_PORT=3773\n', /^A=x\|y&z\nT3_PORT=3773\n$/],
  ['with no line feed at its end', 'A=1\nT3_PORT=3773', /^A=1\nT3_PORT=3773\n?$/],
  ['that lacks the port', 'A=1', /^A=1\nT3_PORT=\d+\n$/],
];

describeMachine('an environment file', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage.machine.destroy());

  it.each(FILES)('%s keeps every line that is somebody’s', async (_, text, left) => {
    await stage.machine.write('/etc/t3-serve/alice.env', text, 0o600);
    await stage.workstation('apply');
    expect(await stage.machine.read('/etc/t3-serve/alice.env')).toMatch(left);
    await expectServed(stage, ['alice', 'bob']);
  });

  it.each([
    ['whose port is no number', 'T3_PORT=37x73\n', /^ServicesReady: .*\/etc\/t3-serve\/mallory\.env/],
    [
      'that claims the port of another',
      'T3_PORT=3774\n',
      /^ServicesReady: keep port 3774 of t3 for mallory: bob keeps the same one: /,
    ],
  ])('%s is said to be so, and others keep their ports', async (_, text, said) => {
    const ports = await stage.machine.read('/etc/t3-serve/bob.env');
    await stage.machine.write('/etc/t3-serve/mallory.env', text, 0o600);
    await stage.workstation('apply');
    const { message } = await stage.status('mallory');
    expect(message).toMatch(said);
    expect(await stage.machine.read('/etc/t3-serve/bob.env')).toBe(ports);
    expect(await stage.machine.read('/etc/t3-serve/mallory.env')).toBe(text);
    await expectServed(stage, ['alice']);
  });
});
