/** What a worker writes while a trial goes on: how it stands, and that it lives. */
import { setTimeout } from "node:timers/promises";
import type { TrialSign } from "../store/study.ts";

/** Milliseconds between two signs of how a trial stands, unless one brings a checkpoint. */
const SIGN_PACE = 3000;

/** Writes how a trial stands, one sign after the other; one that comes while another is written replaces those that wait. */
export class Signs {
  readonly #write: (sign: TrialSign) => Promise<void>;
  readonly #failed: () => void;
  /** Ends the pause between two signs. */
  #hurry = new AbortController();
  #ended = false;
  #next: TrialSign | undefined;
  #writing: Promise<void> | undefined;
  #failure: unknown;

  constructor(write: (sign: TrialSign) => Promise<void>, failed: () => void) {
    this.#write = write;
    this.#failed = failed;
  }

  say({ reports, checkpoint }: TrialSign): void {
    if (reports?.length === 0 && checkpoint === undefined) return;
    this.#next = { ...this.#next, ...(reports && { reports }), ...(checkpoint && { checkpoint }) };
    if (checkpoint !== undefined) this.#hurry.abort();
    this.#writing ??= this.#writeAll();
  }

  /** Waits for what is being written. Throws what writing threw; what still waits is no longer of use. */
  async end(): Promise<void> {
    this.#next = undefined;
    this.#ended = true;
    this.#hurry.abort();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #writeAll(): Promise<void> {
    try {
      for (let sign = this.#next; sign !== undefined; sign = this.#next) {
        this.#next = undefined;
        this.#hurry = new AbortController();
        await this.#write(sign);
        if (!this.#ended) await pausing(SIGN_PACE, this.#hurry.signal);
      }
    } catch (error) {
      this.#failure = error;
      this.#failed();
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Does `act` again and again, one at a time. What fails is made good by the next one. */
export function beating(seconds: number, act: () => Promise<void>): { end(): Promise<void> } {
  let going: Promise<void> | undefined;
  const timer = setInterval(() => {
    going ??= act()
      .catch(() => {})
      .finally(() => {
        going = undefined;
      });
  }, seconds * 1000);
  return {
    end: async () => {
      clearInterval(timer);
      await going;
    },
  };
}

/** Waits, unless told that there is nothing to wait for. */
export async function pausing(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
}
