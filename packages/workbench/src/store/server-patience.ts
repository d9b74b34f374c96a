import { setTimeout } from "node:timers/promises";
import { compact } from "nabla";

/** How long a server that is away, or a file that others hold, is waited for, in milliseconds. */
export interface PatienceOptions {
  /** Until the first connection: an address may be wrong. */
  readonly first: number;
  /** After it: the server was there, and work waits for it. */
  readonly later: number;
  /** Called when the server becomes unreachable, and when it is back. */
  readonly say: (line: string) => void;
  /** Ends all waiting. Default: it ends by itself. */
  readonly signal?: AbortSignal;
  /** How long to wait before anything is said; 0 if absent. */
  readonly quiet?: number;
  /** The first pause between two attempts; 50 if absent. */
  readonly pause?: number;
}

const shortest = 50;
const longest = 2000;

/** Waits for a server, and reports once for each outage. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #place: string;
  #met = false;
  #away = false;
  #hindered = false;

  constructor(place: string, options: PatienceOptions) {
    this.#place = place;
    this.#options = options;
  }

  /** Tries `act` until it succeeds, as long as `why` gives a reason to wait and the patience lasts. Throws `act`'s error. */
  async wait<T>(act: () => Promise<T>, why: (error: unknown) => string | undefined): Promise<T> {
    const { first, later, signal, quiet = 0, pause: least = shortest } = this.#options;
    const start = performance.now();
    for (let pause = least; ; pause = Math.min(2 * pause, longest)) {
      try {
        const result = await act();
        this.#met = true;
        if (this.#away) this.#options.say(`the store ${this.#place} answers again`);
        this.#away = false;
        return result;
      } catch (error) {
        const reason = why(error);
        const passed = performance.now() - start;
        const left = (this.#met ? later : first) - passed;
        if (reason === undefined || left <= 0 || signal?.aborted === true) throw error;
        if (passed >= quiet) {
          if (!this.#away) this.#report(reason, left);
          this.#away = true;
        }
        await pausing(Math.min(pause, left), signal);
      }
    }
  }

  /** Says that the store is in the way of work that is tried again elsewhere, once until it answers. */
  hindered(reason: string): void {
    if (!this.#hindered) this.#report(reason, this.#options.later);
    this.#hindered = true;
  }

  /** Says that what was in the way is gone, if anything was said. */
  answered(): void {
    if (this.#hindered) this.#options.say(`the store ${this.#place} answers again`);
    this.#hindered = false;
  }

  #report(reason: string, left: number): void {
    this.#options.say(`the store ${this.#place}: ${reason}; trying again for ${Math.ceil(left / 1000)} s`);
  }
}

async function pausing(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  // After an early end, the next attempt decides.
  await setTimeout(milliseconds, undefined, compact({ signal })).catch(() => {});
}
