import { now } from "./host.ts";

/** The number of jobs after which it is evaluated whether threads gained. */
const JOBS = 32;
/** Milliseconds of loss that trigger the evaluation early. */
const GREAT_LOSS = 2;
/** For how many milliseconds the main thread works alone after a loss, initially and at most (exponential backoff). */
const SHORTEST_REST = 20;
const LONGEST_REST = 640;

/**
 * Whether multithreading currently pays. When other processes occupy the cores, a worker may be preempted in the middle
 * of a chunk, and all wait for it. Then the main thread works alone for a while, and twice as long each time in a row.
 * The decision changes no number, since chunks are the same whichever thread computes them.
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

  /** Records how many milliseconds a shared job saved, by estimate. */
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
