/**
 * Counts the people whose passes are on the way, so that work which is batched over people goes off the moment the
 * last of them waits for it, and not before.
 */
export class Crowd {
  #onTheWay = 0;
  readonly #everybodyWaits: () => void;

  constructor(everybodyWaits: () => void) {
    this.#everybodyWaits = everybodyWaits;
  }

  setOut(): void {
    this.#onTheWay += 1;
  }

  /** One arrived: waits for the batch, or is through. */
  arrive(): void {
    this.#onTheWay -= 1;
    if (this.#onTheWay === 0) this.#everybodyWaits();
  }
}
