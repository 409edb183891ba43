/**
 * How a machine is reached. Files are found below its root in all three ways; programs differ.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

export type Reach =
  /** The machine this process runs on. */
  | { readonly kind: 'live' }
  /** A machine that is not running. Only programs that take a root or prefix of their own can serve it, from outside. */
  | { readonly kind: 'image'; readonly root: string }
  /** A live machine mounted into this container, which shares its PID namespace: programs run where its PID 1 does. */
  | { readonly kind: 'mounted'; readonly root: string };

/** The machine's root directory as this process sees it, without a slash at its end: `` for the live machine. */
export function rootOf(reach: Reach): string {
  return reach.kind === 'live' ? '' : reach.root.replace(/\/+$/, '');
}

/**
 * The same with an absolute root, since programs run in another directory.
 * @throws Error with a sentence when there is no such directory, or an image that is the live machine
 */
export async function settleReach(reach: Reach): Promise<Reach> {
  if (reach.kind === 'live') return reach;
  const attempt = `reaching the machine at ${reach.root}`;
  const [found, own] = await Promise.all([stat(reach.root), stat('/')]).catch((cause: Error) => {
    throw new Error(`${attempt}: cannot look at the directory, ${cause.message}`, { cause });
  });
  if (reach.kind === 'image' && found.dev === own.dev && found.ino === own.ino)
    throw new Error(`${attempt}: this is the machine that is running, leave --root out`);
  return { ...reach, root: resolve(reach.root) };
}

/** Where this process finds the machine's /proc/PID of its first process. */
const FIRST_PROCESS = '/proc/1';

/**
 * Programs of a mounted machine would run in the container itself, and change the wrong machine, if PID 1 were the
 * container's own. Throws unless the root of PID 1 is the mounted directory.
 */
export async function verifyReach(reach: Reach, firstProcess = FIRST_PROCESS): Promise<void> {
  if (reach.kind !== 'mounted') return;
  const attempt = `reaching the machine mounted at ${reach.root}`;
  const [mounted, ofFirst] = await Promise.all([
    stat(reach.root).catch((cause: Error) => {
      throw new Error(`${attempt}: cannot look at the directory, ${cause.message}`, { cause });
    }),
    stat(`${firstProcess}/root`).catch((cause: Error) => {
      throw new Error(
        `${attempt}: cannot look at the root of PID 1, run as root with SYS_PTRACE, ${cause.message}`,
        { cause },
      );
    }),
  ]);
  if (mounted.dev === ofFirst.dev && mounted.ino === ofFirst.ino) return;
  throw new Error(
    `${attempt}: PID 1 has another root directory, ` +
      'share the PID namespace of the machine (hostPID: true, or --pid=host) and mount its / there',
  );
}
