/** What the queue of an agent holds: keys, each naming one thing to be looked at and put right. */

export type Work =
  /** One person, by metadata.name. */
  | { readonly kind: 'user'; readonly name: string }
  /** The reversible cut of somebody who is declared no more, by OS user. */
  | { readonly kind: 'leave'; readonly osUser: string }
  /** The machine's own files, units and published maps. */
  | { readonly kind: 'machine' };

export const MACHINE_KEY = 'machine';

export function userKey(name: string): string {
  return `user/${name}`;
}

export function leaveKey(osUser: string): string {
  return `leave/${osUser}`;
}

/** @throws Error for what none of the functions above has made */
export function parseKey(key: string): Work {
  if (key === MACHINE_KEY) return { kind: 'machine' };
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  switch (key.slice(0, slash)) {
    case 'user':
      return { kind: 'user', name };
    case 'leave':
      return { kind: 'leave', osUser: name };
    default:
      throw new Error(`read the key ${JSON.stringify(key)}: it names no kind of work`);
  }
}

/** What goes before what. */
export const PRIORITY = {
  /** Somebody asked for it, changed it or broke it just now. */
  change: 10,
  drift: 5,
  resync: 0,
} as const;
