/** Work by key, one at a time for each, in the order in which it came. */
export class Turns {
  /** The last that was asked for; it never rejects. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** What `work` comes to, once whoever came before is through. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const settled = done.catch(() => undefined);
    this.#last.set(key, settled);
    try {
      return await done;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
