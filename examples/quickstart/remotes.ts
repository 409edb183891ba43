/**
 * Two git repositories, served on the loopback interface: git refuses to clone somebody else's from a directory. No
 * setting of the user's or of this machine's git counts.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const REPOSITORIES = { infra: 'The code that everybody works on', notes: 'Notes on the kernel' };

export interface Remotes {
  readonly url: string;
  close(): void;
}

export async function serveRemotes(directory: string): Promise<Remotes> {
  for (const [name, title] of Object.entries(REPOSITORIES))
    makeRepository(join(directory, `${name}.git`), title);
  const server = createServer(({ url = '/' }, response) => {
    // A URL that is read as one has no `..` left.
    const { pathname } = new URL(url, 'http://localhost');
    const file = createReadStream(join(directory, pathname));
    file.on('error', () => response.writeHead(404).end());
    file.on('open', () => file.pipe(response));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function makeRepository(path: string, title: string): void {
  const text = `# ${title}\n`;
  git(['init', '--quiet', '--bare', '--initial-branch=main', path]);
  git(
    ['-C', path, 'fast-import', '--quiet'],
    [
      'commit refs/heads/main',
      'committer Quickstart <quickstart@example.com> 1767225600 +0000',
      'data 5\nBegin',
      'M 100644 inline README.md',
      `data ${text.length}\n${text}`,
    ].join('\n'),
  );
  // For the plain protocol, which is no more than reading files: gitprotocol-http(5), "Dumb Clients".
  git(['-C', path, 'update-server-info']);
}

function git(args: readonly string[], input?: string): void {
  const { PATH = '/usr/bin:/bin' } = process.env;
  const env = { PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  execFileSync('git', args, { env, input: input ?? '', stdio: ['pipe', 'ignore', 'inherit'] });
}
