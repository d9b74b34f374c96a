/** When a study must come to its end: by the clock, by a wish, or not before all is done. */

export interface TimeBudgetOptions {
  /** Seconds for everything; endless if absent. */
  readonly time?: number;
  /** Seconds that are gone already. */
  readonly spent: number;
  readonly signal?: AbortSignal;
  /** Called once the time is up, or at the wish to stop. */
  readonly stop: () => void;
}

/** The most of all time that is kept back for what comes behind. */
const MOST_RESERVED = 0.5;

/** Keeps some of the time for what comes behind, and calls for the end when the rest is used up. */
export class TimeBudget {
  readonly #options: TimeBudgetOptions;
  readonly #started = performance.now() / 1000;
  #timer: NodeJS.Timeout | undefined;
  #reserved = 0;

  constructor(options: TimeBudgetOptions) {
    this.#options = options;
    const { signal, stop } = options;
    if (signal?.aborted !== true) signal?.addEventListener("abort", stop);
  }

  /** Seconds since the beginning, those that were spent before included. */
  get seconds(): number {
    return performance.now() / 1000 - this.#started + this.#options.spent;
  }

  /** Whether nothing new should begin. */
  get over(): boolean {
    return this.#options.signal?.aborted === true || this.#left() <= 0;
  }

  /** Keeps so many seconds back from now on. */
  reserve(seconds: number): void {
    const { time, stop } = this.#options;
    if (time === undefined) return;
    this.#reserved = Math.min(seconds, time * MOST_RESERVED);
    clearTimeout(this.#timer);
    const left = this.#left();
    if (left > 0) this.#timer = setTimeout(stop, left * 1000).unref();
    else stop();
  }

  /** Calls for nothing any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#options.stop);
  }

  #left(): number {
    const { time = Number.POSITIVE_INFINITY } = this.#options;
    return time - this.#reserved - this.seconds;
  }
}
