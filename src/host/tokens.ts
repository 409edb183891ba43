/** Mints a person's scoped token into a file of theirs. A token that could not be stored is revoked, never lost. */
import type { SecretAction } from '../sections/action.ts';
import { FileRefused } from './files/refusal.ts';
import type { Homes, HomeUser } from './home/homes.ts';
import type { Done } from './machine.ts';

export interface MintedToken {
  readonly token: string;
  /** Names the token without being one: what it is revoked by. */
  readonly accessor: string;
}

export interface TokenIssuer {
  createOrphanToken(
    wanted: { readonly policies: readonly string[]; readonly period: string; readonly displayName: string },
    signal: AbortSignal,
  ): Promise<MintedToken>;
  revokeAccessor(accessor: string, signal?: AbortSignal): Promise<void>;
}

export async function mintToken(
  issuer: TokenIssuer | undefined,
  homes: Homes,
  user: HomeUser,
  { path, policies, period, displayName }: SecretAction,
  signal: AbortSignal,
): Promise<Done> {
  const attempt = `mint the token ${path}`;
  if (issuer === undefined)
    return failed(attempt, 'there is no Vault token to mint it with: set VAULT_ADDR and VAULT_TOKEN');
  const found = (await homes.observe(user, [{ path, read: 'stat' }], signal)).get(path);
  const isEmpty = found?.kind === 'file' && found.size === 0;
  if (found?.kind !== 'absent' && !isEmpty)
    return failed(attempt, 'something came to stand there meanwhile: run the pass again');
  const { token, accessor } = await issuer.createOrphanToken({ policies, period, displayName }, signal);
  try {
    const expect = isEmpty ? {} : { expect: 'absent' };
    await homes.writeFile(
      user,
      { path, content: `${token}\n`, mode: 0o600, parentsMode: 0o700, ...expect },
      signal,
    );
    return { kind: 'done' };
  } catch (error) {
    await issuer.revokeAccessor(accessor);
    const why = error instanceof FileRefused ? error.message : 'writing it failed';
    return failed(attempt, `${why}; the token is revoked`);
  }
}

function failed(attempt: string, found: string): Done {
  return { kind: 'failed', reason: 'MintFailed', message: `${attempt}: ${found}` };
}
