/** How a key is asked for. */
export interface AddOptions {
  /** Higher goes first; 0 when left out. Any integer, but few different ones: a take looks at each. */
  readonly priority?: number;
  /** Milliseconds from now until it may run; at once when left out or not above 0. */
  readonly after?: number;
}

/** What an add without options means. */
export const AT_ONCE: Required<AddOptions> = { priority: 0, after: 0 };

/** The options with their defaults; @throws RangeError if the priority is no integer, or `after` not finite. */
export function checkAddOptions(key: string, options: AddOptions): Required<AddOptions> {
  const { priority = AT_ONCE.priority, after = AT_ONCE.after } = options;
  if (!Number.isInteger(priority)) {
    throw new RangeError(`add ${JSON.stringify(key)}: its priority is ${priority}, give an integer`);
  }
  if (!Number.isFinite(after)) {
    throw new RangeError(`add ${JSON.stringify(key)}: its delay is ${after} ms, give a finite number`);
  }
  return { priority, after };
}
