/** A trial that a worker has claimed from the queue: trained, and its result stored or the trial returned. */
import { compact, NablaError } from "nabla";
import type { Claim, StoredStudy, TrialHeartbeat } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import type { TrialEnd } from "../studies/trial.ts";
import { beating, HeartbeatWriter } from "./heartbeats.ts";
import type { TrialPool } from "./pool.ts";
import type { TakenTrial, TrialQueue } from "./trial-queue.ts";

/** Stored: its result is in the store. Returned: it is back in the queue, with its checkpoint. Lost: another worker has it. */
export type ClaimEnd = "stored" | "returned" | "lost";

/** Options of `runClaimedTrial`. */
export interface ClaimedTrialOptions {
  readonly studies: StudyStore;
  readonly queue: TrialQueue;
  readonly study: StoredStudy;
  readonly taken: TakenTrial;
  /** Makes ready what trains; it trains nothing else meanwhile. */
  readonly pool: () => Promise<TrialPool>;
  /** Ends the turn with the trial given back. */
  readonly signal: AbortSignal;
  /** Is called once the trial is this process's; nothing is by default. */
  readonly began?: (claim: Claim) => void;
}

/** A trial with this many attempts and no result crashes its workers, as one that runs out of memory does. */
const MOST_ATTEMPTS = 25;

/**
 * Trains and reports. The queue's heartbeat runs while a thread trains. A worker silent for too long, or whose trial is
 * canceled, loses it to the next; its later writes are refused by the store. Throws what the store and `pool` throw,
 * after releasing the trial where possible.
 */
export async function runClaimedTrial(
  options: ClaimedTrialOptions,
): Promise<{ readonly end: ClaimEnd; readonly result?: TrialEnd }> {
  const { studies, queue, study, taken, signal } = options;
  const turn = new AbortController();
  const stop = (): void => turn.abort();
  signal.addEventListener("abort", stop, { once: true });
  let claim: Claim | undefined;
  const heartbeat = beating(queue.pace.beat, async () => {
    if (!(await queue.keep(study, taken))) stop();
  });
  try {
    claim = await claimFrom(options);
    options.began?.(claim);
    const checkpoint = claim.attempt > 1 ? await studies.checkpoint(study.name, taken) : undefined;
    if (claim.attempt > MOST_ATTEMPTS) {
      const result = hopeless();
      await studies.tell(claim, result);
      await queue.end(study, taken);
      return { end: "stored", result };
    }
    const end = await train(await options.pool(), { ...options, claim, checkpoint, turn });
    if (end.state !== "stopped") {
      await studies.tell(claim, end);
      await queue.end(study, taken);
      return { end: "stored", result: end };
    }
    await giveBack(options, claim, compact({ checkpoint: end.checkpoint }));
    return { end: "returned" };
  } catch (error) {
    const code = error instanceof NablaError ? error.code : "";
    if (code === "store/fenced") return { end: "lost" };
    if (code === "store/told") {
      // The result was stored by a worker that could not complete it in the queue.
      await queue.end(study, taken);
      return { end: "lost" };
    }
    await giveBack(options, claim, {}).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await heartbeat.end();
  }
}

function hopeless(): TrialEnd {
  const reason = `${MOST_ATTEMPTS} workers started it, and none finished it`;
  return { state: "failed", reports: [], reason, seconds: 0 };
}

/** The queue has given the trial to this worker, so it takes it over from the previous worker, even in mid-training. */
async function claimFrom({ studies, study, taken }: ClaimedTrialOptions): Promise<Claim> {
  for (let tried = 1; ; tried++) {
    try {
      return await studies.claim(study.name, taken, { takeOver: true });
    } catch (error) {
      if (!(error instanceof NablaError && error.code === "store/running") || tried === 10) throw error;
    }
  }
}

interface TrainOptions extends ClaimedTrialOptions {
  readonly claim: Claim;
  readonly checkpoint: Uint8Array | undefined;
  readonly turn: AbortController;
}

async function train(pool: TrialPool, { studies, taken, claim, checkpoint, turn }: TrainOptions) {
  const heartbeats = new HeartbeatWriter(
    async (heartbeat) => await studies.heartbeat(claim, heartbeat),
    () => turn.abort(),
  );
  const task = { ...taken.task, ...compact({ checkpoint }) };
  const training = pool.train(task, (progress) => heartbeats.write(progress));
  turn.signal.addEventListener("abort", () => pool.stop(), { once: true });
  if (turn.signal.aborted) pool.stop();
  const end = await training;
  await heartbeats.end();
  return end;
}

async function giveBack(
  { studies, queue, study, taken }: ClaimedTrialOptions,
  claim: Claim | undefined,
  heartbeat: TrialHeartbeat,
) {
  if (claim !== undefined) {
    if (heartbeat.checkpoint !== undefined) await studies.heartbeat(claim, heartbeat);
    await studies.release(claim);
  }
  await queue.giveBack(study, taken);
}
