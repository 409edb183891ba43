import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';

const NODE = `${CHECKOUT}/node_modules/.bin/node`;
const HERE = `${CHECKOUT}/test/machine/server`;
const UIDS = { emo: 1501, bea: 1502, cyd: 1503 };
const PEOPLE = '/run/workstation/people';

let machine: Machine;
let server: ChildProcess;

async function serve(): Promise<void> {
  const [program = '', ...args] = machine.enter;
  const people = [`emo:${UIDS.emo}`, `bea:${UIDS.bea}`, 'cyd'];
  server = spawn(program, [...args, NODE, `${HERE}/program.ts`, ...people], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout!, 'data');
}

async function kill(): Promise<void> {
  const ended = once(server, 'exit');
  await machine.output(['pkill', '--signal', 'KILL', '--full', 'server/program.ts']);
  await ended;
}

async function ask(user?: string, ...paths: string[]): Promise<unknown> {
  const options = user === undefined ? {} : { user };
  return JSON.parse(await machine.output([NODE, `${HERE}/asker.ts`, ...paths], options));
}

const refused = (about: string) => `ask about "${about}": you may ask about emo, for others ask as root`;

describeMachine('the sockets of an agent, among real accounts', () => {
  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot' });
    for (const [name, uid] of Object.entries(UIDS))
      await machine.output(['useradd', '-u', String(uid), name]);
    await serve();
  });
  afterAll(async () => {
    await kill();
    await machine.destroy();
  });

  it('let root ask about everybody, and for everything', async () => {
    expect(await ask()).toEqual({ users: ['emo', 'bea', 'cyd'], emo: 'emo', bea: 'bea', status: 3 });
  });

  it('let a person ask about themself, and no more', async () => {
    const asRoot = 'this way in does not lead to it, ask as root';
    expect(await ask('emo')).toEqual({
      users: ['emo'],
      emo: 'emo',
      bea: refused('bea'),
      status: `ask for /v1/status: ${asRoot}`,
      reconcile: `ask for /v1/reconcile: ${asRoot}`,
    });
  });

  it('let nobody in at another’s', async () => {
    const sockets = [`${PEOPLE}/emo.sock`, `${PEOPLE}/bea.sock`, '/run/workstation/agent.sock'];
    expect(await ask('emo', ...sockets)).toEqual(['connected', 'EACCES', 'EACCES']);
    expect(await ask('bea', ...sockets)).toEqual(['EACCES', 'connected', 'EACCES']);
    expect(await ask('cyd', ...sockets)).toEqual(['EACCES', 'EACCES', 'EACCES']);
    expect(await ask('nobody', ...sockets)).toEqual(['EACCES', 'EACCES', 'EACCES']);
  });

  it('tell whoever has none of their own why', async () => {
    expect(await ask('cyd')).toMatchObject({
      users: expect.stringMatching(
        /: it knows nobody with the account cyd, use sudo to ask about everybody$/,
      ),
    });
  });

  it('cannot be taken away, moved or replaced by their owners', async () => {
    for (const argv of [
      ['rm', '-f', `${PEOPLE}/emo.sock`],
      ['mv', `${PEOPLE}/emo.sock`, '/tmp/emo.sock'],
      ['ln', '-sf', '/etc/passwd', `${PEOPLE}/emo.sock`],
      ['touch', `${PEOPLE}/zoe.sock`],
      ['ls', '/run/workstation/.making'],
    ]) {
      const { code } = await machine.run(argv, { user: 'emo' });
      expect([argv[0], code === 0]).toEqual([argv[0], false]);
    }
    expect(await ask('emo', `${PEOPLE}/emo.sock`)).toEqual(['connected']);
  });

  it('answer nobody once the agent is killed, and everybody when it runs again', async () => {
    await kill();
    const none = expect.stringMatching(/^ask the agent at .*: none runs, start it with/) as string;
    expect(await ask('emo')).toMatchObject({ users: none });
    expect(await ask()).toMatchObject({ users: none });
    await serve();
    expect(await ask('emo')).toMatchObject({ users: ['emo'] });
  });
});
