/** Keys that could be taken this moment: highest priority first, first come first served among equals. */
export class Ready {
  /** Highest priority first; a key is in one at most. A lane stays when it runs empty: there are only a few. */
  readonly #lanes: Lane[] = [];

  get size(): number {
    return this.#lanes.reduce((size, lane) => size + lane.size, 0);
  }

  /** The lane whose turn it is. */
  get first(): Lane | undefined {
    for (const lane of this.#lanes) if (lane.size > 0) return lane;
    return undefined;
  }

  /** Puts `key`, which is in no lane, behind all others of its priority. */
  push(key: string, priority: number): void {
    this.#lane(priority).push(key);
  }

  /** Moves `key` behind those of `priority` if that is higher than its own; false if it is in no lane. */
  raise(key: string, priority: number): boolean {
    for (const lane of this.#lanes) {
      if (!lane.has(key)) continue;
      if (lane.priority < priority) {
        lane.remove(key);
        this.push(key, priority);
      }
      return true;
    }
    return false;
  }

  #lane(priority: number): Lane {
    let index = 0;
    for (const lane of this.#lanes) {
      if (lane.priority === priority) return lane;
      if (lane.priority < priority) break;
      index++;
    }
    const lane = new Lane(priority);
    this.#lanes.splice(index, 0, lane);
    return lane;
  }
}

/** The ready keys of one priority. */
export class Lane {
  readonly priority: number;
  /** In the order they came: a Set keeps it, and takes a key out of the middle at no cost. */
  readonly #keys = new Set<string>();
  /**
   * Stands before every key of the set, and never at its end, because it moves only while there is a key:
   * so it stays usable, where a new one for each take would walk over all places that taken keys left behind.
   */
  readonly #cursor = this.#keys.values();

  constructor(priority: number) {
    this.priority = priority;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  push(key: string): void {
    this.#keys.add(key);
  }

  remove(key: string): void {
    this.#keys.delete(key);
  }

  /** Takes out the key that came first; the lane must not be empty. */
  shift(): string {
    const key: string = this.#cursor.next().value!;
    this.#keys.delete(key);
    return key;
  }
}
