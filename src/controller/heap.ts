/** What a heap orders: by `at`, and by `order` where `at` is equal. */
export interface Timed {
  readonly at: number;
  readonly order: number;
  /** Where it stands in its heap; the heap's to write. */
  index: number;
}

/** A binary heap, earliest first, whose members know their place, so that any of them can be taken out. */
export class Heap<T extends Timed> {
  /** A parent at `i` never comes after its children at `2i + 1` and `2i + 2`; `items[i].index === i`. */
  readonly #items: T[] = [];

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#rise(item, this.#items.length);
  }

  remove(item: T): void {
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    if (isBefore(last, item)) this.#rise(last, item.index);
    else this.#sink(last, item.index);
  }

  clear(): void {
    this.#items.length = 0;
  }

  #rise(item: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex]!;
      if (!isBefore(item, parent)) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(item, index);
  }

  #sink(item: T, from: number): void {
    let index = from;
    for (;;) {
      const childIndex = this.#earlierChild(index);
      const child = this.#items[childIndex];
      if (child === undefined || !isBefore(child, item)) break;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(item, index);
  }

  #earlierChild(index: number): number {
    const left = 2 * index + 1;
    const right = left + 1;
    return right < this.#items.length && isBefore(this.#items[right]!, this.#items[left]!) ? right : left;
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.index = index;
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
