/** The Debian packages that comparing needs beside what test machines need. */
import { spawnSync } from 'node:child_process';
import { missingOf, PACKAGES } from '../test/harness/machine/outer.ts';

const OLD_PROGRAM: Readonly<Record<string, string>> = { jq: 'jq', python3: 'python3-yaml' };
const COUNTING: Readonly<Record<string, string>> = { strace: 'strace' };

/** Installs what is missing, and says so; throws where that does not help. */
export function installNeeds(withOldProgram: boolean): void {
  if (process.getuid?.() !== 0) throw new Error('compare: machines to compare on need root: run it as root');
  const needs = { ...COUNTING, ...(withOldProgram ? OLD_PROGRAM : {}) };
  const missing = [
    ...missingOf(Object.keys(PACKAGES)).map((program) => PACKAGES[program] ?? program),
    ...Object.entries(needs).flatMap(([program, debian]) => (isThere(program, debian) ? [] : [debian])),
  ];
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')}: the comparison runs them`);
  const apt = ['install', '--yes', '--no-install-recommends', ...new Set(missing)];
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  const isInstalled = () => spawnSync('apt-get', apt, options).status === 0;
  if (isInstalled() || (spawnSync('apt-get', ['update'], options).status === 0 && isInstalled())) return;
  throw new Error(`install ${missing.join(', ')}: apt-get failed: install them by hand`);
}

function isThere(program: string, debian: string): boolean {
  const test = debian === 'python3-yaml' ? ['-c', 'import yaml'] : ['-V'];
  const { status } = spawnSync(program === 'python3' ? '/usr/bin/python3' : program, test, {
    stdio: 'ignore',
  });
  return status === 0;
}
