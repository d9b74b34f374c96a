/** When a study must end: at its time limit, on request, or once all trials are done. */

export interface TimeBudgetOptions {
  /** Seconds for everything; endless if absent. */
  readonly time?: number;
  /** Seconds already spent. */
  readonly spent: number;
  /** Ends the study early; by default nothing does. */
  readonly signal?: AbortSignal;
  /** Called once the time is up, or on a request to stop. */
  readonly stop: () => void;
}

/** The largest share of the budget that is reserved for what follows the search. */
const MOST_RESERVED = 0.5;

/** Reserves some of the time for what follows the search, and signals the end when the rest is used up. */
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

  /** Seconds since the start, including those spent before a resume. */
  get seconds(): number {
    return performance.now() / 1000 - this.#started + this.#options.spent;
  }

  /** Seconds that are left for trials; endless without a limit. */
  get left(): number {
    return this.#left();
  }

  /** Whether no new trial should start. */
  get over(): boolean {
    return this.#options.signal?.aborted === true || this.#left() <= 0;
  }

  /** Reserves this many seconds from now on. */
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
