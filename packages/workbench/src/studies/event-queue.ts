/** A queue of events: many write at any time, one reads in order. */
export class EventQueue<T> {
  readonly #waiting: T[] = [];
  #hear: ((item: T) => void) | undefined;

  /** Adds an event. */
  push(item: T): void {
    const hear = this.#hear;
    this.#hear = undefined;
    if (hear === undefined) this.#waiting.push(item);
    else hear(item);
  }

  /** The next event; waits for it if necessary. One listener at a time. */
  async next(): Promise<T> {
    if (this.#waiting.length > 0) return this.#waiting.shift() as T;
    return await new Promise((resolve) => {
      this.#hear = resolve;
    });
  }
}
