import { once } from 'node:events';
import { describePrograms } from '../../harness/requirements.ts';
import { openReceiver, startWithSockets, type Receiver } from './receiver.ts';

describePrograms('datagrams to a socket that was opened before Node', ['perl'], () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await openReceiver();
  });
  afterEach(() => receiver.close());

  const run = (script: string) => startWithSockets(script, receiver.path).ended;

  it('arrive, one for each', async () => {
    await run(
      `const to = new Datagrams(fd); for (const each of ['a\\n', 'b']) to.send(Buffer.from(each), () => 0)`,
    );
    expect((await receiver.receive(2)).map(String)).toEqual(['a\n', 'b']);
  });

  it('wait for a receiver that has no room, and arrive in order', async () => {
    const sender = startWithSockets(
      `const to = new Datagrams(fd);
       let lost = 0;
       let i = 0;
       const send = () => to.send(Buffer.from(String(i++)), () => lost++);
       while (i < 500) send();
       process.stdout.write('sent');
       const more = () => { send(); if (i < 1000) setImmediate(more); };
       process.stdin.once('data', more);
       process.stdin.on('end', () => { to.close(); console.log(lost); }).resume();`,
      receiver.path,
    );
    await once(sender.child.stdout, 'data');
    sender.child.stdin.write('more');
    const received = await receiver.receive(1000);
    expect(received.map(Number)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    sender.child.stdin.end();
    expect(await sender.ended).toBe('sent0\n');
  });

  it('are given back when they are too large, when too many wait, and when they wait at the end', async () => {
    const output = await run(
      `const to = new Datagrams(fd);
       const lost = [];
       to.send(Buffer.alloc(8 * 2 ** 20), () => lost.push('large'));
       for (let i = 0; i < 200; i++) to.send(Buffer.alloc(100_000), () => lost.push('waiting'));
       const early = lost.length;
       to.close();
       console.log(JSON.stringify([lost[0], early > 100 && early < 200, lost.length > early]));`,
    );
    expect(JSON.parse(output)).toEqual(['large', true, true]);
  });

  it('are given back when nobody receives any more', async () => {
    const sender = startWithSockets(
      `process.stdin.on('end', () => {
         const to = new Datagrams(fd);
         for (const each of ['a', 'b']) to.send(Buffer.from(each), () => console.log('lost ' + each));
       }).resume();
       console.log('up');`,
      receiver.path,
    );
    await once(sender.child.stdout, 'data');
    await receiver.close();
    sender.child.stdin.end();
    expect(await sender.ended).toBe('up\nlost a\nlost b\n');
    receiver = await openReceiver();
  });

  it('go to a socket that no child of the program gets', async () => {
    const output = await run(
      `import { spawnSync } from 'node:child_process';
       import { readlinkSync } from 'node:fs';
       const socket = readlinkSync('/proc/self/fd/' + fd);
       const { stdout } = spawnSync('sh', ['-c', 'readlink /proc/self/fd/*'], { encoding: 'utf8' });
       console.log(JSON.stringify([socket.startsWith('socket:'), stdout.includes(socket), stdout.length > 10]));`,
    );
    expect(JSON.parse(output)).toEqual([true, false, true]);
  });
});

describePrograms('a program without such sockets', ['perl'], () => {
  it.each([
    ['where nothing is named', undefined],
    ['where nobody has bound the one that is named', '/nowhere/socket'],
  ])('is started all the same, %s', async (_, path) => {
    expect(await startWithSockets('console.log(fd)', path).ended).toBe('undefined\n');
  });

  it('takes no descriptor for a socket that is none', async () => {
    const script = `import { openSync } from 'node:fs';
      const values = [String(openSync('/dev/null')), '9999', '-1', 'x', undefined];
      console.log(values.map((value) => inheritedSocket(value)).join());`;
    expect(await startWithSockets(script, undefined).ended).toBe(',,,,\n');
  });
});
