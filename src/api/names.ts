/** Names for objects that are made from accounts. */
import { ObjectName } from './primitives.ts';

/**
 * A `metadata.name` for each account, in order: the account itself where the API allows it, otherwise the nearest
 * name that is free. The same accounts in the same order get the same names.
 */
export function objectNamesFor(accounts: readonly string[]): Map<string, string> {
  const names = new Map(accounts.filter(isObjectName).map((account) => [account, account]));
  const taken = new Set(names.values());
  for (const account of accounts) {
    if (names.has(account)) continue;
    const name = freeName(account.replaceAll('_', '-').replaceAll(/^-+|-+$/g, '') || 'user', taken);
    names.set(account, name);
    taken.add(name);
  }
  return names;
}

export function isObjectName(name: string): boolean {
  return ObjectName.safeParse(name).success;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let count = 2; ; count++) {
    const name = `${wanted}-${count}`;
    if (!taken.has(name)) return name;
  }
}
