/** Time as this room sees it: handed in, so that a test decides when it passes. */

/** Calls `fn` once after `ms`; returns what calls it off. */
export type SetTimer = (fn: () => void, ms: number) => () => void;

export const setRealTimer: SetTimer = (fn, ms) => {
  const timeout = setTimeout(fn, ms);
  return () => clearTimeout(timeout);
};
