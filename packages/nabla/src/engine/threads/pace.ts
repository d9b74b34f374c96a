/** After so many jobs it is reckoned up whether threads gained. */
const JOBS = 32;
/** Milliseconds of loss after which there is no waiting for the reckoning. */
const GREAT_LOSS = 2;
/** So many jobs are done alone after a loss, at first and at most. */
const FEWEST_ALONE = 256;
const MOST_ALONE = 8192;

/**
 * Whether sharing work pays just now. When other processes keep the cores busy, a worker may be put aside in the middle
 * of a chunk, and all wait for it. Then the main thread works alone for a while, and longer each time in a row. What it
 * decides changes no number, for chunks are the same whoever does them.
 */
export class Pace {
  #balance = 0;
  #jobs = 0;
  #left = 0;
  #pause = FEWEST_ALONE;

  /** Whether the next job should be done alone. */
  isAlone(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  /** Takes in how many milliseconds a shared job saved, by estimate. */
  note(saved: number): void {
    this.#balance += saved;
    this.#jobs++;
    if (this.#jobs < JOBS && this.#balance > -GREAT_LOSS) return;
    if (this.#balance < 0) {
      this.#left = this.#pause;
      this.#pause = Math.min(this.#pause * 2, MOST_ALONE);
    } else this.#pause = FEWEST_ALONE;
    this.#balance = 0;
    this.#jobs = 0;
  }
}
