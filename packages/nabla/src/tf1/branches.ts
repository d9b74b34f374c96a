/** Values by lists of objects, a branch for each part: found sooner than by a text that names them all. */
export class Branches<T> {
  value: T | undefined;
  readonly #next = new Map<object, Branches<T>>();

  /** The branch after one more part. */
  at(part: object): Branches<T> {
    const found = this.#next.get(part);
    if (found !== undefined) return found;
    const made = new Branches<T>();
    this.#next.set(part, made);
    return made;
  }
}
