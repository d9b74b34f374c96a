import { setTimeout } from "node:timers/promises";
import { compact } from "nabla";

/** How long a server that is away is waited for, in milliseconds. */
export interface PatienceOptions {
  /** Until the first connection: an address may be wrong. */
  readonly first: number;
  /** After it: the server was there, and work waits for it. */
  readonly later: number;
  /** Called when the server becomes unreachable, and when it is back. */
  readonly say: (line: string) => void;
  /** Ends all waiting. */
  readonly signal?: AbortSignal;
}

const shortest = 50;
const longest = 2000;

/** Waits for a server, and reports once for each outage. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #place: string;
  #met = false;
  #away = false;

  constructor(place: string, options: PatienceOptions) {
    this.#place = place;
    this.#options = options;
  }

  /** Tries `act` until it succeeds, as long as `why` gives a reason to wait and the patience lasts. Throws `act`'s error. */
  async wait<T>(act: () => Promise<T>, why: (error: unknown) => string | undefined): Promise<T> {
    const { first, later, say, signal } = this.#options;
    const start = performance.now();
    for (let pause = shortest; ; pause = Math.min(2 * pause, longest)) {
      try {
        const result = await act();
        if (this.#away) say(`the store ${this.#place} answers again`);
        this.#met = true;
        this.#away = false;
        return result;
      } catch (error) {
        const reason = why(error);
        const left = (this.#met ? later : first) - (performance.now() - start);
        if (reason === undefined || left <= 0 || signal?.aborted === true) throw error;
        if (!this.#away) say(`the store ${this.#place}: ${reason}; trying again for ${Math.ceil(left / 1000)} s`);
        this.#away = true;
        await pausing(Math.min(pause, left), signal);
      }
    }
  }
}

async function pausing(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  // After an early end, the next attempt decides.
  await setTimeout(milliseconds, undefined, compact({ signal })).catch(() => {});
}
