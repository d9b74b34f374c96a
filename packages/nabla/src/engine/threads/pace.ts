import { now } from "./host.ts";

/** After so many jobs it is reckoned up whether threads gained. */
const JOBS = 32;
/** Milliseconds of loss after which there is no waiting for the reckoning. */
const GREAT_LOSS = 2;
/** So many milliseconds the main thread works alone after a loss, at first and at most. */
const SHORTEST_REST = 20;
const LONGEST_REST = 640;

/**
 * Whether sharing work pays just now. When other processes keep the cores busy, a worker may be put aside in the middle
 * of a chunk, and all wait for it. Then the main thread works alone for a while, and twice as long each time in a row.
 * What it decides changes no number, for chunks are the same whoever does them.
 */
export class Pace {
  #balance = 0;
  #jobs = 0;
  #until = 0;
  #rest = SHORTEST_REST;

  /** Whether the next job should be done alone. */
  isAlone(): boolean {
    return this.#until > 0 && now() < this.#until;
  }

  /** Takes in how many milliseconds a shared job saved, by estimate. */
  note(saved: number): void {
    this.#balance += saved;
    this.#jobs++;
    if (this.#jobs < JOBS && this.#balance > -GREAT_LOSS) return;
    if (this.#balance < 0) {
      this.#until = now() + this.#rest;
      this.#rest = Math.min(this.#rest * 2, LONGEST_REST);
    } else this.#rest = SHORTEST_REST;
    this.#balance = 0;
    this.#jobs = 0;
  }
}
