/** Vault as the surroundings of a command name it, as they do for the vault command line. */
import { Vault } from './client.ts';

export interface VaultSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where there is no such file. */
  readonly readFile: (path: string) => string | undefined;
  /** Read instead of `~/.vault-token`; must be there. */
  readonly tokenFile?: string | undefined;
}

/**
 * Address from VAULT_ADDR, authority from VAULT_CACERT, namespace from VAULT_NAMESPACE; the token from `tokenFile`, or
 * VAULT_TOKEN, or `~/.vault-token`. Undefined without an address or a token.
 * @throws Error with a sentence when what is named cannot be used
 */
export function vaultFromEnvironment({ env, readFile, tokenFile }: VaultSurroundings): Vault | undefined {
  const { VAULT_ADDR, VAULT_CACERT, VAULT_NAMESPACE } = env;
  if (!VAULT_ADDR) return undefined;
  const token = tokenOf({ env, readFile, tokenFile });
  if (token === undefined) return undefined;
  return new Vault({
    address: addressOf(VAULT_ADDR),
    token,
    namespace: VAULT_NAMESPACE || undefined,
    ca: VAULT_CACERT ? required('VAULT_CACERT', VAULT_CACERT, readFile) : undefined,
  });
}

function tokenOf({ env, readFile, tokenFile }: VaultSurroundings): string | undefined {
  const { VAULT_TOKEN, HOME } = env;
  const own = VAULT_TOKEN || (HOME ? readFile(`${HOME}/.vault-token`) : undefined);
  const token = (
    tokenFile === undefined ? own : required('the Vault token file', tokenFile, readFile)
  )?.trim();
  if (!token) return undefined;
  // A header takes nothing else, and what it refuses it would show.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Error('read the Vault token: it has characters that no token has: get a new one');
  }
  return token;
}

/** With a slash at the end, without which its last part would be dropped for that of a request. */
function addressOf(address: string): URL {
  const url = URL.parse(`${address.replace(/\/$/, '')}/`);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new Error(`read VAULT_ADDR: found ${JSON.stringify(address)}, give an http or https address`);
}

function required(name: string, path: string, readFile: (path: string) => string | undefined): string {
  const text = readFile(path);
  if (text === undefined) throw new Error(`read ${name}: there is no file ${path}: correct its path`);
  return text;
}
