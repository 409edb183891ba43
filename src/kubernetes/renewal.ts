/**
 * A token in a file that is replaced by a new one long before it ends, by whoever uses it, as a kubelet does for pods.
 *
 * - The new one stands whole in the place of the old one, or the old one stays: it is good for days then.
 * - What cannot be renewed is tried again, ever less often, and said until it could.
 * - A token that is somebody else's is left alone.
 */
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import { Backoff } from './backoff.ts';
import { pause } from './timing.ts';
import { claimsOf, subjectOf } from './tokens.ts';
import type { Account, Claims } from './tokens.ts';

export interface RenewalOptions {
  /** Whose token is renewed. */
  readonly account: Account;
  /** Absolute; for a sentence. */
  readonly path: string;
  readonly file: TokenFile;
  /** A new token that ends after so many seconds. */
  readonly request: (seconds: number) => Promise<string>;
  /** It could not be renewed, and why; undefined once it could. Must not throw. */
  readonly onTrouble: (trouble: string | undefined) => void;
  readonly clock?: Clock;
  /** Wall clock, milliseconds since 1970. */
  readonly wall?: () => number;
  readonly random?: () => number;
}

/** Where the token is; both throw when it cannot be done. */
export interface TokenFile {
  read(): string;
  /** Replaces it whole. */
  write(token: string): void;
}

/** The kubelet's: a token is old after this part of its life, or after a day. */
const OLD = { part: 0.8, milliseconds: 24 * 3600_000 } as const;
/** Milliseconds between two looks at the clock, which jumps when a machine wakes. */
const LOOK = 60_000;
/** Milliseconds between tries, and at a time. */
const RETRY = { base: 5000, max: 5 * 60_000 } as const;

/** Renews until `signal` fires; ends at once where the token is not that of the account. Never rejects. */
export async function keepRenewed(options: RenewalOptions, signal: AbortSignal): Promise<void> {
  const { clock = realClock, wall = Date.now, random = Math.random, onTrouble } = options;
  const backoff = new Backoff({ clock, random, base: RETRY.base, max: RETRY.max });
  let isInTrouble = false;
  while (!signal.aborted) {
    let wait = LOOK;
    try {
      const claims = readClaims(options);
      if (claims.subject !== subjectOf(options.account)) return;
      if (isOld(claims, wall())) await renew(options, claims);
      if (isInTrouble) onTrouble(undefined);
      isInTrouble = false;
      backoff.reset();
    } catch (error) {
      isInTrouble = true;
      onTrouble((error as Error).message);
      wait = backoff.next();
    }
    await pause(clock, wait, signal);
  }
}

/** @throws Error with a sentence */
function readClaims({ file, path }: RenewalOptions): Claims {
  const claims = claimsOf(textOf(file, path));
  if (claims === undefined) {
    throw new Error(`renew the token in ${path}: what is there is no token: run workstation join again`);
  }
  return claims;
}

function textOf(file: TokenFile, path: string): string {
  try {
    return file.read();
  } catch (cause) {
    const found = (cause as Error).message;
    throw new Error(`renew the token in ${path}: ${found}: run workstation join again`, { cause });
  }
}

function isOld({ issuedAt, expiresAt }: Claims, now: number): boolean {
  return now - issuedAt >= Math.min(OLD.milliseconds, OLD.part * (expiresAt - issuedAt));
}

async function renew(
  { file, path, request, wall = Date.now }: RenewalOptions,
  claims: Claims,
): Promise<void> {
  const { issuedAt, expiresAt } = claims;
  try {
    file.write(await request(Math.round((expiresAt - issuedAt) / 1000)));
  } catch (cause) {
    const end = new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z');
    const when =
      expiresAt > wall()
        ? `it ends at ${end}`
        : `it ended at ${end}: run workstation join again on this machine`;
    throw new Error(`renew the token in ${path}: ${(cause as Error).message}; ${when}`, { cause });
  }
}
