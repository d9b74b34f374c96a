/** The executor that a store calls for. */
import type { Stores } from "../store/open.ts";
import type { StorePlace } from "../store/store-place.ts";
import type { StudyPlan } from "../studies/study-events.ts";
import type { TrialExecutor } from "../studies/trial-executor.ts";
import { shareData } from "./shared-data.ts";

/** Options of `openExecutor`. */
export interface ExecutorOptions {
  readonly stores: Stores;
  readonly place: StorePlace;
  /** Trainings at once in this process. */
  readonly workers: number;
  readonly plan: StudyPlan;
}

/** Threads of this process; with a PostgreSQL store also the workers of other machines. */
export async function openExecutor({ stores, place, workers, plan }: ExecutorOptions): Promise<TrialExecutor> {
  const { studies, database } = stores;
  const data = shareData(plan.prepared);
  if (place.kind === "postgres") {
    const { TrialQueue } = await import("./trial-queue.ts");
    const { QueueExecutor } = await import("./queue-executor.ts");
    return new QueueExecutor({ studies, queue: await TrialQueue.open(database), slots: workers, prepared: data });
  }
  const { TrialPool } = await import("./pool.ts");
  const { LocalExecutor } = await import("./local-executor.ts");
  return new LocalExecutor({ studies, pool: new TrialPool({ size: workers, data }) });
}
