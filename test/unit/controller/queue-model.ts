/** The queue as one would say it: lists searched from end to end, slow and plain. What it does, ours must do. */
interface Asked {
  readonly key: string;
  priority: number;
  /** What decides among equals: when it was asked for, or came due, or got its priority. */
  order: number;
}

export class QueueModel {
  ready: Asked[] = [];
  dirty: Asked[] = [];
  waiting: (Asked & { at: number })[] = [];
  running = new Map<string, number>();
  /** What each `get` that had to wait has received, in the order they were called. */
  received: (string | undefined)[] = [];
  getters = 0;
  failures = new Map<string, number>();
  shutDown = false;
  now = 0;
  #order = 0;

  add(key: string, priority: number, after: number): void {
    if (this.shutDown) return;
    const due = [...this.ready, ...this.dirty].find((asked) => asked.key === key);
    if (due !== undefined) {
      if (priority > due.priority) Object.assign(due, { priority, order: this.#order++ });
      return;
    }
    const wait = this.waiting.find((asked) => asked.key === key);
    this.waiting = this.waiting.filter((asked) => asked !== wait);
    const highest = Math.max(priority, wait?.priority ?? priority);
    if (after <= 0) this.#makeDue(key, highest);
    else if (wait !== undefined && wait.at <= this.now + after)
      this.waiting.push({ ...wait, priority: highest });
    else this.waiting.push({ key, priority: highest, at: this.now + after, order: this.#order++ });
  }

  /** Failures wait 1, 2, 4, … up to 8 milliseconds. */
  addRateLimited(key: string, priority: number): void {
    if (this.shutDown) return;
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.add(key, priority, Math.min(8, 2 ** failures));
  }

  tryGet(): string | undefined {
    this.ready.sort((a, b) => b.priority - a.priority || a.order - b.order);
    const asked = this.ready.shift();
    if (asked !== undefined) this.running.set(asked.key, asked.priority);
    return asked?.key;
  }

  get(): void {
    const key = this.tryGet();
    if (key === undefined && !this.shutDown) this.getters++;
    else this.received.push(key);
  }

  done(key: string): void {
    this.running.delete(key);
    const again = this.dirty.find((asked) => asked.key === key);
    this.dirty = this.dirty.filter((asked) => asked !== again);
    if (again !== undefined) this.#offer(key, again.priority);
  }

  advance(ms: number): void {
    this.now += ms;
    this.waiting.sort((a, b) => a.at - b.at || a.order - b.order);
    for (const { key, priority } of this.waiting.filter(({ at }) => at <= this.now))
      this.#makeDue(key, priority);
    this.waiting = this.waiting.filter(({ at }) => at > this.now);
  }

  stop(): void {
    this.shutDown = true;
    this.waiting = [];
    for (; this.getters > 0; this.getters--) this.received.push(undefined);
  }

  #makeDue(key: string, priority: number): void {
    if (this.running.has(key)) this.dirty.push({ key, priority, order: this.#order++ });
    else this.#offer(key, priority);
  }

  #offer(key: string, priority: number): void {
    this.ready.push({ key, priority, order: this.#order++ });
    if (this.getters === 0) return;
    this.getters--;
    this.received.push(this.tryGet());
  }
}
