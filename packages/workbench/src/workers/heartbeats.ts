/** What a worker writes while a trial runs: its status and its heartbeat. */
import { setTimeout } from "node:timers/promises";
import type { TrialHeartbeat } from "../store/study.ts";

/** Milliseconds between two heartbeats of a trial, unless one brings a checkpoint. */
const HEARTBEAT_PAUSE = 3000;

/** Writes the heartbeats of a trial, one after the other; one that comes while another is written replaces those that wait. */
export class HeartbeatWriter {
  readonly #write: (heartbeat: TrialHeartbeat) => Promise<void>;
  readonly #failed: () => void;
  /** Ends the pause between two heartbeats. */
  #hurry = new AbortController();
  #ended = false;
  #next: TrialHeartbeat | undefined;
  #writing: Promise<void> | undefined;
  #failure: unknown;

  constructor(write: (heartbeat: TrialHeartbeat) => Promise<void>, failed: () => void) {
    this.#write = write;
    this.#failed = failed;
  }

  write({ reports, checkpoint, thread }: TrialHeartbeat): void {
    const reported = reports !== undefined && reports.length > 0;
    if (!reported && checkpoint === undefined && thread === undefined) return;
    this.#next = {
      ...this.#next,
      ...(reported && { reports }),
      ...(checkpoint && { checkpoint }),
      ...(thread !== undefined && { thread }),
    };
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
      for (let heartbeat = this.#next; heartbeat !== undefined; heartbeat = this.#next) {
        this.#next = undefined;
        this.#hurry = new AbortController();
        await this.#write(heartbeat);
        // the thread is told of once, when a trial begins; its first reports do not wait for that
        const told = heartbeat.reports !== undefined || heartbeat.checkpoint !== undefined;
        if (told && !this.#ended) await pausing(HEARTBEAT_PAUSE, this.#hurry.signal);
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

/** Waits, unless aborted. */
export async function pausing(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
}
