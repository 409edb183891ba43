/** Calls `fn` once, `ms` milliseconds from now; returns what calls it off. Handed in, so that a test decides when time passes. */
export type SetTimer = (fn: () => void, ms: number) => () => void;

/** None of these keeps the process alive: what is said waits for nobody. */
export const realTimer: SetTimer = (fn, ms) => {
  const timeout = setTimeout(fn, ms).unref();
  return () => clearTimeout(timeout);
};
