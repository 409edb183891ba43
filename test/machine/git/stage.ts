/** A machine with one person, `ada`, and remotes to clone from; and how to act on her clones as the program does. */
import type { Done } from '../../../src/host/machine.ts';
import type { CloneSpec, GitAction } from '../../../src/sections/action.ts';
import {
  buildBase,
  CHECKOUT,
  createMachine,
  type Base,
  type Machine,
} from '../../harness/machine/machine.ts';
import type { Order } from './inside.ts';

/** Two remotes, of which `canonical` is one commit ahead; a file that a filter would have to decrypt; a tracked `inner`. */
const REMOTES = `
  set -e
  export HOME=/root
  printf '[safe]\\n\\tdirectory = *\\n[user]\\n\\tname = t\\n\\temail = t@example.org\\n[init]\\n\\tdefaultBranch = main\\n' >/etc/gitconfig
  useradd --create-home ada
  mkdir -p /srv/git
  git init -q /srv/tree
  cd /srv/tree
  mkdir secrets inner
  printf '\\0LOCKED\\0bytes' >secrets/token
  printf 'secrets/** filter=lock\\n' >.gitattributes
  echo one >README
  echo two >inner/file
  git add -A
  git commit -qm one
  git clone -q --bare . /srv/git/code.git
  echo ahead >AHEAD
  git add -A
  git commit -qm two
  git clone -q --bare . /srv/git/canonical.git
  git -C /srv/git/canonical.git update-server-info
`;

export const PASS_THROUGH = ['filter.lock.smudge=cat', 'filter.lock.clean=cat', 'filter.lock.required=false'];
export const UPSTREAM = { remote: 'canonical', url: 'file:///srv/git/canonical.git' };
export const CODE: CloneSpec = {
  url: 'file:///srv/git/code.git',
  path: '/home/ada/code',
  branch: 'main',
  config: PASS_THROUGH,
  upstream: UPSTREAM,
  timeout: 20_000,
};

let base: Base | undefined;
export let machine: Machine;

/** A fresh machine for each test. */
beforeEach(async () => {
  base ??= await buildBase(async (built) => void (await built.output(['bash', '-c', REMOTES])));
  machine = await createMachine({ kind: 'chroot', base });
});
afterEach(() => machine.destroy());

const NODE = `${CHECKOUT}/node_modules/.bin/node`;
const INSIDE = `${CHECKOUT}/test/machine/git/inside.ts`;

export async function act(
  action: GitAction,
  more: Omit<Order, 'person' | 'action'> = {},
  env = {},
): Promise<Done> {
  const input = JSON.stringify({ person: 'ada', action, ...more });
  return JSON.parse(await machine.output([NODE, INSIDE], { input, env })) as Done;
}
export const clone = (change: Partial<CloneSpec> = {}, more = {}) =>
  act({ kind: 'clone', clone: { ...CODE, ...change } }, more);
export const REFRESH = {
  kind: 'refresh-clone',
  path: CODE.path,
  branch: 'main',
  remotes: ['origin', 'canonical'],
  timeout: 20_000,
} as const;
export const asAda = (script: string) => machine.output(['bash', '-ec', script], { user: 'ada' });
export const inCode = (script: string) => asAda(`cd ~/code; ${script}`);
export const names = async (path: string) =>
  (await machine.output(['ls', '-A', path])).split('\n').filter(Boolean);
export const homeNames = async () =>
  (await names('/home/ada')).filter((name) => !/^\.(bash|profile)/.test(name));
