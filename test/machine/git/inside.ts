/**
 * Runs in a test machine: does the git action on its standard input as a person of that machine, and prints how it
 * ended. `PORT` in it stands for the port of a server of the kind that is asked for.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isTemporary } from '../../../src/host/files/temporary.ts';
import { doGit } from '../../../src/host/git/clones.ts';
import type { Reach } from '../../../src/host/programs/reach.ts';
import type { GitAction } from '../../../src/sections/action.ts';

export interface Order {
  readonly person: string;
  readonly action: GitAction;
  readonly reach?: Reach;
  readonly server?: keyof typeof SERVERS;
}

/** The password that the server `private` asks for. */
export const PASSWORD = 'hunter2-secret';

const SERVERS = {
  silent: () => createServer(() => undefined),
  slow: () =>
    createHttpServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-advertisement' });
      setInterval(() => response.write('.'), 50);
    }),
  private: () =>
    createHttpServer((request, response) => {
      const expected = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
      if (request.headers.authorization !== expected) {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="code"' }).end();
        return;
      }
      const path = join('/srv/git', new URL(request.url ?? '/', 'http://localhost').pathname);
      readFile(path).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
    }),
} satisfies Record<string, () => Server>;

if (import.meta.main) {
  const order = JSON.parse(await text(process.stdin)) as Order;
  const port = order.server === undefined ? 0 : await listen(SERVERS[order.server]());
  const action = JSON.parse(JSON.stringify(order.action).replaceAll('PORT', String(port))) as GitAction;
  const [name = '', , uid, gid, , home = ''] = execFileSync('getent', ['passwd', order.person], {
    encoding: 'utf8',
  })
    .trim()
    .split(':');
  const root = order.reach?.kind === 'image' ? order.reach.root : '';
  const owner = {
    reach: order.reach ?? { kind: 'live' },
    person: { name, uid: Number(uid), gid: Number(gid), groups: [Number(gid)], home },
    home: {
      move: async (from: string, to: string) => {
        if (existsSync(root + to)) throw new Error(`move ${from} to ${to}: it exists`);
        renameSync(root + from, root + to);
      },
      removeLeftovers: async (directory: string) => {
        for (const found of readdirSync(root + directory).filter(isTemporary)) {
          rmSync(join(root + directory, found), { recursive: true });
        }
      },
    },
  } as const;
  const done = await doGit(owner, action, new AbortController().signal);
  process.stdout.write(`${JSON.stringify(done)}\n`, () => process.exit());
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
