/** What an agent waits for does not come: remotes, commands of people, its own time to run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CHECKOUT } from '../../../harness/machine/machine.ts';
import { describeMachine } from '../../../harness/requirements.ts';
import { eventually } from '../runner.ts';
import { CODER, Ground, PLAIN, policy, POLICY } from './ground.ts';

const PORT = 9418;
const URL = `git://127.0.0.1:${PORT}/forgejo`;
const OF_REMOTE = policy.replace('baseURL: file:///srv/git/forgejo', `baseURL: ${URL}`);
/** What a listener does with a connection. */
const SILENT = '() => {}';
const BROKEN = `(socket) => socket.end('00820123456789')`;
/** Nothing for one of the three seconds that a clone may take, then what the port after it says. */
const SLOW = `(socket) => setTimeout(() => require('node:stream').pipeline(
  [socket, require('node:net').connect(${PORT + 1}, '127.0.0.1'), socket], () => {}), 1000)`;

describeMachine('an agent', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.of({ ada: PLAIN, bea: PLAIN }, (it) => it.machine.write(POLICY, OF_REMOTE));
    await ground.start();
    await ground.settle();
  });
  afterAll(() => ground.machine.destroy());

  /** Returns once something listens in the machine; it ends with the machine. */
  const listen = async (argv: readonly string[], sign: string): Promise<ChildProcess> => {
    const [program = '', ...enter] = ground.machine.enter;
    const listener = spawn(program, [...enter, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    const told = sign === 'stdout' ? listener.stdout : listener.stderr;
    await once(told, 'data');
    return listener;
  };
  const pretend = (handler: string) => {
    const script = `require('node:net').createServer(${handler}).listen(${PORT}, '127.0.0.1', () => console.log('listening'))`;
    return listen([`${CHECKOUT}/node_modules/.bin/node`, '-e', script], 'stdout');
  };
  const serve = (port = PORT) => {
    const options = ['--verbose', '--reuseaddr', '--export-all', '--base-path=/srv/git', `--port=${port}`];
    return listen(['git', 'daemon', ...options, '--listen=127.0.0.1'], 'stderr');
  };
  const end = async () => {
    await ground.machine.run(['pkill', '-KILL', '-f', `listen.*${PORT}|port=${PORT}`]);
  };
  const expectCloned = async (newcomer: string) => {
    await ground.converged();
    expect(await ground.sh(`ls -A /home/${newcomer}/code`)).toBe('infra\ntripit\n');
  };

  const remotes: [string, () => Promise<unknown>, RegExp][] = [
    ['is down', () => Promise.resolve(), /CodeReady: clone .*(refused|unable to connect)/],
    ['never answers', () => pretend(SILENT), /CodeReady: clone .*no end within 3/],
    ['breaks off', () => pretend(BROKEN), /CodeReady: clone /],
  ];
  it.each(remotes)(
    'whose remote %s serves everybody else, and clones once it answers',
    async (_, begin, said) => {
      await begin();
      const newcomer = await ground.come(CODER);
      await eventually('it is said', async () => said.test(await ground.said(newcomer)), {
        seen: ground.agent.said,
      });
      await ground.repaired('ada');
      await end();
      await serve();
      await expectCloned(newcomer);
      await end();
    },
  );

  it('whose remote is slow serves everybody else meanwhile', async () => {
    await serve(PORT + 1);
    await pretend(SLOW);
    const newcomer = await ground.come(CODER);
    await ground.repaired('ada');
    expect(await ground.sh(`ls -A /home/${newcomer}/code 2>&1 || :`)).not.toContain('tripit');
    await expectCloned(newcomer);
    await end();
    await ground.machine.run(['pkill', '-KILL', '-f', `port=${PORT + 1}`]);
  });

  it('whose people’s command never ends, and forks away, ends all of it at its limit', async () => {
    const hangs = `name: hello, argv: [sh, -c, 'setsid sleep 1234 & sleep 1234'], creates: .hung`;
    await ground.machine.write(POLICY, OF_REMOTE.replace(/name: hello, .*creates: \.hello/, hangs));
    await eventually(
      'it is said',
      async () => /CommandsReady: run hello as ada: no end within 2/.test(await ground.said('ada')),
      { seen: ground.agent.said },
    );
    await ground.repaired('ada');
    await ground.machine.write(POLICY, OF_REMOTE);
    await ground.converged();
    await eventually(
      'nothing of it runs',
      async () => (await ground.machine.run(['pgrep', '-f', 'sleep 1234'])).code === 1,
    );
  });

  it('that stood still finds what has happened meanwhile', async () => {
    const pid = await ground.agent.pid();
    await ground.agent.signal('SIGSTOP');
    await ground.sh('rm /etc/site/ada.env /etc/site/map');
    await ground.declare({ ...ground.people, zoe: PLAIN });
    await ground.agent.signal('SIGCONT');
    await ground.converged();
    expect(await ground.agent.pid()).toBe(pid);
  });
});
