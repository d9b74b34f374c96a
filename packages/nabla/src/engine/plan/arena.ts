/** A best-fit allocator: returns the smallest free piece that fits. */
export class Arena {
  /** The high-water mark: the end of everything ever allocated. */
  bytes = 0;
  #free: { at: number; bytes: number }[] = [];

  /** Allocates a piece and returns its address. */
  take(bytes: number): number {
    let best: { at: number; bytes: number } | undefined;
    for (const piece of this.#free)
      if (piece.bytes >= bytes && (best === undefined || piece.bytes < best.bytes)) best = piece;
    if (best === undefined) {
      const end = this.#free.at(-1);
      const grows = end !== undefined && end.at + end.bytes === this.bytes ? end : undefined;
      const at = grows?.at ?? this.bytes;
      if (grows !== undefined) this.#free.pop();
      this.bytes = at + bytes;
      return at;
    }
    const { at } = best;
    best.at += bytes;
    best.bytes -= bytes;
    if (best.bytes === 0) this.#free = this.#free.filter((piece) => piece !== best);
    return at;
  }

  /** Frees a piece, as it was allocated. */
  give(at: number, bytes: number): void {
    if (bytes === 0) return;
    const next = this.#free.findIndex((piece) => piece.at > at);
    const place = next < 0 ? this.#free.length : next;
    this.#free.splice(place, 0, { at, bytes });
    this.#merge(place);
    if (place > 0) this.#merge(place - 1);
  }

  /** Frees a piece that was taken last, and forgets what it grew to. */
  undo(at: number, bytes: number): void {
    if (at + bytes === this.bytes) {
      this.bytes = at;
      return;
    }
    this.give(at, bytes);
  }

  #merge(i: number): void {
    const piece = this.#free[i];
    const after = this.#free[i + 1];
    if (piece === undefined || after === undefined || piece.at + piece.bytes !== after.at) return;
    piece.bytes += after.bytes;
    this.#free.splice(i + 1, 1);
  }
}
