import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '../../../src/server/doors/tcp.ts';
import { servedOf } from '../../../src/server/served.ts';
import { ask, closeAll, run, until } from './running.ts';
import { ToldView, user } from './view.ts';

const uid = process.getuid?.() ?? 0;
afterEach(closeAll);

const fresh = () => join(mkdtempSync(join(tmpdir(), 'server-')), 'run');
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const people = (directory: string) => readdirSync(join(directory, 'people')).sort();

/** A socket whose process was killed. */
async function deadSocket(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the sockets of an agent', () => {
  it('are for their owner alone, in directories that nobody else may change', async () => {
    const { directory } = await run(new ToldView(user('emo', uid)));
    await until(() => existsSync(join(directory, 'people/emo.sock')));
    expect(mode(directory)).toBe('755');
    expect(mode(join(directory, 'people'))).toBe('755');
    expect(mode(join(directory, '.making'))).toBe('700');
    expect(mode(join(directory, 'agent.sock'))).toBe('600');
    expect(mode(join(directory, 'people/emo.sock'))).toBe('600');
    expect(readdirSync(join(directory, '.making'))).toEqual([]);
  });

  it('come and go with the people who have an account', async () => {
    const view = new ToldView(user('emo', uid), user('bea', undefined));
    const { directory } = await run(view);
    await until(() => people(directory).join() === 'emo.sock');
    view.tell('MODIFIED', user('bea', uid, { osUser: 'beatrix' }));
    await until(() => people(directory).join() === 'beatrix.sock,emo.sock');
    const held = connect(join(directory, 'people/emo.sock'));
    await once(held, 'connect');
    view.tell('DELETED', user('emo', uid));
    await until(() => people(directory).join() === 'beatrix.sock');
    await once(held, 'close');
  });

  it('are about the one whose account it is now', async () => {
    const view = new ToldView(user('emo', uid));
    const { directory } = await run(view);
    const socketPath = join(directory, 'people/emo.sock');
    await until(() => existsSync(socketPath));
    view.tell('DELETED', user('emo', uid));
    view.tell('ADDED', user('emil', uid, { osUser: 'emo' }));
    const statuses = async () => {
      const about = (name: string) => ask({ socketPath, path: `/v1/users/${name}` }).catch(() => undefined);
      return [(await about('emo'))?.status, (await about('emil'))?.status];
    };
    await until(async () => (await statuses()).join() === '403,200');
  });

  it('go when it ends', async () => {
    const server = await run(new ToldView(user('emo', uid)));
    const { directory } = server;
    await until(() => people(directory).length === 1);
    await server.close();
    expect(people(directory)).toEqual([]);
    expect(existsSync(join(directory, 'agent.sock'))).toBe(false);
  });

  it('do not come back when it ends just after somebody came', async () => {
    const view = new ToldView();
    const server = await run(view);
    view.tell('ADDED', user('emo', uid));
    await server.close();
    await setImmediate();
    expect(people(server.directory)).toEqual([]);
  });

  it('take the place of what a killed agent left', async () => {
    const directory = fresh();
    for (const each of ['people', '.making']) mkdirSync(join(directory, each), { recursive: true });
    for (const left of ['agent.sock', 'people/gone.sock', '.making/7'])
      await deadSocket(join(directory, left));
    writeFileSync(join(directory, 'people/emo.sock'), 'no socket');
    await run(new ToldView(user('emo', uid)), { directory });
    await until(() => people(directory).join() === 'emo.sock');
    for (const path of ['agent.sock', 'people/emo.sock'])
      expect((await ask({ socketPath: join(directory, path), path: '/healthz' })).status).toBe(200);
    expect(readdirSync(join(directory, '.making'))).toEqual([]);
  });

  it('are refused to a second agent while the first answers', async () => {
    const { directory } = await run(new ToldView(user('emo', uid)));
    await expect(run(new ToldView(), { directory })).rejects.toThrow(
      `listen at ${directory}/agent.sock: another agent answers there, stop it first`,
    );
    expect((await ask({ socketPath: join(directory, 'agent.sock'), path: '/v1/users/emo' })).status).toBe(
      200,
    );
  });

  it('are given back when a port cannot be had', async () => {
    const port = { serves: 'probe', address: { host: '127.0.0.1', port: 0 } } as const;
    const first = await run(new ToldView(), { ports: [port] });
    const taken = { ...port, address: { host: '127.0.0.1', port: first.ports[0] ?? 0 } };
    const directory = fresh();
    await expect(run(new ToldView(), { directory, ports: [port, taken] })).rejects.toThrow(
      `listen on 127.0.0.1:${first.ports[0]}: `,
    );
    expect(existsSync(join(directory, 'agent.sock'))).toBe(false);
    await run(new ToldView(), { directory });
  });

  it('are made in no directory that everybody may write to', async () => {
    const directory = fresh();
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    await expect(run(new ToldView(), { directory })).rejects.toThrow(
      `make sockets in ${directory}: others may`,
    );
    rmSync(directory, { recursive: true });
  });

  it('are made in no directory that a link leads to', async () => {
    const directory = fresh();
    symlinkSync(mkdtempSync(join(tmpdir(), 'elsewhere-')), directory);
    await expect(run(new ToldView(), { directory })).rejects.toThrow(
      `make sockets in ${directory}: others may`,
    );
  });

  it('that cannot be made are said, cost nobody else, and are tried again', async () => {
    const view = new ToldView(user('emo', uid));
    const { directory, log } = await run(view);
    await until(() => people(directory).length === 1);
    // Nothing can be moved to where a directory with something in it stands.
    mkdirSync(join(directory, 'people/bea.sock/full'), { recursive: true });
    view.tell('ADDED', user('bea', uid));
    view.tell('ADDED', user('cyd', uid));
    await until(() => people(directory).includes('cyd.sock'));
    view.tell('ADDED', user('dan', uid));
    await until(() => people(directory).includes('dan.sock'));
    expect(log).toEqual([expect.stringMatching(/^warning open a socket for bea: /)]);
    rmSync(join(directory, 'people/bea.sock'), { recursive: true });
    view.tell('MODIFIED', user('emo', uid));
    await until(
      () => statSync(join(directory, 'people/bea.sock'), { throwIfNoEntry: false })?.isSocket() ?? false,
    );
  });
});

describe('who has a socket', () => {
  it('is the older one, where two claim an account', () => {
    const older = { ...user('zoe', 1001, { osUser: 'emo' }) };
    const younger = user('ann', 1001, { osUser: 'emo' });
    const metadata = { ...younger.metadata, creationTimestamp: '2026-11-25T20:00:01Z' };
    expect(servedOf([{ ...younger, metadata }, older])).toEqual([{ name: 'zoe', osUser: 'emo', uid: 1001 }]);
  });
});

describe('an address', () => {
  it.each([
    ['127.0.0.1:9469', { host: '127.0.0.1', port: 9469 }],
    ['localhost:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['127.8.9.10:80', { host: '127.8.9.10', port: 80 }],
  ])('of this machine alone is taken: %s', (text, address) => {
    expect(parseAddress(text, { remote: false })).toEqual(address);
  });

  it.each(['0.0.0.0:9469', '[::]:9469', '10.0.0.7:80', '[fe80::1]:80'])(
    'that others could reach is taken when that is asked for: %s',
    (text) => {
      expect(() => parseAddress(text, { remote: false })).toThrow(
        `listen on ${text}: other machines could ask there too, give a loopback address, or allow that with --allow-remote`,
      );
      expect(parseAddress(text, { remote: true }).port).toBe(Number(text.split(':').at(-1)));
    },
  );

  it.each([
    '',
    '9469',
    ':9469',
    'devvm:80',
    '127.0.0.1',
    '127.0.0.1:65536',
    '::1:80',
    '127.1:80',
    '127.0.0.1:80x',
  ])('that is none is refused: %j', (text) => {
    expect(() => parseAddress(text, { remote: true })).toThrow(`listen on ${text}: it is no address, give`);
  });
});
