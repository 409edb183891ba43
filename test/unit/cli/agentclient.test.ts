import { reconcile } from '../../../src/cli/ask.ts';
import type { Io } from '../../../src/cli/io.ts';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { AgentClient, agentClient, AgentUnavailable } from '../../../src/cli/agentclient.ts';
import { closeAll, run, until } from '../server/running.ts';
import { ToldView, user } from '../server/view.ts';

afterEach(closeAll);

/** Whoever runs the test asks as root, or as a person who is known. */
const account = userInfo().username;
const isRoot = process.geteuid?.() === 0;

async function setUp() {
  const view = new ToldView(user('emo', process.getuid?.(), { osUser: account }), user('bea', undefined));
  const { directory, close } = await run(view).then((server) => ({
    directory: server.directory,
    close: () => server.close(),
  }));
  return { view, directory, close, client: new AgentClient(join(directory, 'agent.sock'), () => '') };
}

describe('the client', () => {
  it('asks what the agent knows', async () => {
    const { client, view } = await setUp();
    expect(await client.status()).toEqual(view.status());
    expect((await client.users()).map(({ user }) => user.metadata.name)).toEqual(['emo', 'bea']);
    expect((await client.details('bea')).user).toEqual(user('bea', undefined));
  });

  it('asks for what is to be done', async () => {
    const { client, view } = await setUp();
    await client.reconcile('emo');
    await client.reconcile();
    expect(await client.approve()).toEqual(['old', 'older']);
    await client.release('gone');
    expect(view.asked).toEqual([
      ['reconcile', 'emo'],
      ['reconcile', undefined],
      ['approve'],
      ['release', 'gone'],
    ]);
  });

  it('says what the agent says', async () => {
    const { client } = await setUp();
    await expect(client.details('no/body?')).rejects.toThrow(
      'ask about "no/body?": nobody is known by that name',
    );
    await expect(client.release('emo')).rejects.toThrow('release emo: nothing is held');
  });

  it('finds the socket of whoever runs it', async () => {
    const { directory } = await setUp();
    const client = agentClient(directory);
    await until(async () => (await client.users().catch(() => [])).length === (isRoot ? 2 : 1));
  });

  it('watches until nobody wants it any more', async () => {
    const { client, view } = await setUp();
    const stop = new AbortController();
    const told: string[] = [];
    for await (const { type, object } of client.watch(stop.signal)) {
      told.push(`${type} ${object.metadata.name}`);
      if (told.length === 2) view.tell('MODIFIED', user('emo', undefined));
      if (told.length === 3) stop.abort();
    }
    expect(told).toEqual(['ADDED emo', 'ADDED bea', 'MODIFIED emo']);
  });

  it('says that a watch has ended when the agent does', async () => {
    const { client, close } = await setUp();
    const watching = async () => {
      for await (const { object } of client.watch(new AbortController().signal))
        if (object.metadata.name === 'bea') await close();
    };
    await expect(watching()).rejects.toThrow('watch users: the agent has ended');
  });
});

describe('without an agent', () => {
  it('says that none runs, where there never was one and where it was killed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'client-'));
    const failed = await agentClient(directory)
      .users()
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AgentUnavailable);
    expect((failed as Error).message).toMatch(
      /^ask the agent at .*\.sock: none runs, start it with systemctl start workstation-agent$/,
    );
  });

  it('lets nothing through that a terminal would obey, whatever answers', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'client-')), 'socket');
    const server = createServer((request, response) => {
      response.statusCode = 418;
      response.end(request.url === '/v1/status' ? '{"error":"\\u001b[31mred"}' : 'no JSON');
    }).listen(path);
    await once(server, 'listening');
    const client = new AgentClient(path, () => '');
    await expect(client.status()).rejects.toThrow('\\x1b[31mred');
    await expect(client.users()).rejects.toThrow('ask the agent: it answered with status 418');
    server.close();
  });
});

it.each([
  ['nobody', [], {}],
  ['some and everybody', ['ada'], { all: true }],
] as const)('a pass that is asked for %s is refused', async (_what, names, options) => {
  await expect(reconcile({} as Io, names, options)).rejects.toThrow('name the users, or say --all');
});
