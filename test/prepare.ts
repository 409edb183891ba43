/**
 * Makes ready what the tests need beyond `npm ci`: a few Debian packages, and the server programs in the cache.
 * Quick when all is there. Says what it does, and what it skips and why; in CI what it must skip fails.
 *
 *   test/prepare.ts [--packages] [--servers]     default: both
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { missingOf, PACKAGES } from './harness/machine/outer.ts';
import { buildServers, goTrouble, isBuilt, SERVER_PROGRAMS } from './harness/servers/build.ts';

const { values } = parseArgs({ options: { packages: { type: 'boolean' }, servers: { type: 'boolean' } } });
const both = values.packages === values.servers;
if (both || values.packages) preparePackages();
if (both || values.servers) prepareServers();

function preparePackages(): void {
  const missing = missingOf(Object.keys(PACKAGES));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((program) => PACKAGES[program] ?? []))];
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
  if (process.getuid?.() !== 0) {
    skip(`the tests need ${missing.join(', ')}, and installing takes root: run 'sudo ${command.join(' ')}'`);
    return;
  }
  say(`installing ${packages.join(', ')}: the tests need ${missing.join(', ')}`);
  // A fresh container image has no package lists, an old machine has stale ones.
  if (!runs(command) && !(runs(['apt-get', 'update']) && runs(command)))
    skip(`'${command.join(' ')}' failed`);
}

function prepareServers(): void {
  if (SERVER_PROGRAMS.every(isBuilt)) return;
  const trouble = goTrouble();
  if (trouble !== undefined) {
    skip(trouble);
    return;
  }
  try {
    buildServers(say);
  } catch (error) {
    skip(error instanceof Error ? error.message : String(error));
  }
}

function runs([program = '', ...args]: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function say(line: string): void {
  console.log(`prepare: ${line}`);
}

function skip(reason: string): void {
  const fatal = process.env['CI'] !== undefined;
  say(`${fatal ? 'error' : 'the suites that need it are skipped'}: ${reason}`);
  if (fatal) process.exitCode = 1;
}
