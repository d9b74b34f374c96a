/** Trains on threads of this process. */
import { compact } from "nabla";
import type { StudyStore } from "../store/study-store.ts";
import type { TrialEnd, TrialSignal, TrialStop } from "../studies/trial.ts";
import type { TrialExecutor, TrialTask } from "../studies/trial-executor.ts";
import type { TrialPool } from "./pool.ts";

/** The executor of a pool's threads. It closes the pool, and leaves the store open. */
export class LocalExecutor implements TrialExecutor {
  readonly #pool: TrialPool;
  readonly #studies: StudyStore;
  #stops = 0;

  constructor({ pool, studies }: { readonly pool: TrialPool; readonly studies: StudyStore }) {
    this.#pool = pool;
    this.#studies = studies;
  }

  get size(): number {
    return this.#pool.size;
  }

  async submit({ study, number, repeat, task, onChange }: TrialTask): Promise<TrialEnd | TrialStop> {
    const place = { number, repeat };
    const stops = this.#stops;
    const claim = await this.#studies.claim(study, place);
    const checkpoint = claim.attempt > 1 ? await this.#studies.checkpoint(study, place) : undefined;
    // Signals are written one after the other, and all of them before the end.
    let writing = Promise.resolve();
    const listen = (signal: TrialSignal): void => {
      onChange(signal);
      const { checkpoint: bytes, reports, thread } = signal;
      if (bytes !== undefined || thread !== undefined)
        writing = writing.then(() =>
          this.#studies.heartbeat(claim, compact({ ...(bytes && { reports }), checkpoint: bytes, thread })),
        );
    };
    const given = checkpoint === undefined ? task : { ...task, checkpoint };
    // a trial stopped while being claimed does not start
    const end = stops === this.#stops ? await this.#pool.train(given, listen) : ({ state: "stopped" } as const);
    await writing;
    if (end.state !== "stopped") await this.#studies.tell(claim, end);
    else {
      if (end.checkpoint !== undefined) await this.#studies.heartbeat(claim, { checkpoint: end.checkpoint });
      await this.#studies.release(claim);
    }
    return end;
  }

  stop(): void {
    this.#stops += 1;
    this.#pool.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
