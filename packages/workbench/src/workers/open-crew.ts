/** The crew that a store calls for. */
import type { StudyPlan } from "../experiment/tune-events.ts";
import type { Stores } from "../store/open.ts";
import type { StorePlace } from "../store/place.ts";
import type { Crew } from "./crew.ts";
import { shareData } from "./shared-data.ts";

export interface CrewOptions {
  readonly stores: Stores;
  readonly place: StorePlace;
  /** Trainings at once in this process. */
  readonly workers: number;
  readonly plan: StudyPlan;
}

/** Threads of this process; with a PostgreSQL store also the workers of other machines. */
export async function openCrew({ stores, place, workers, plan }: CrewOptions): Promise<Crew> {
  const { studies, database } = stores;
  const data = shareData(plan.prepared);
  if (place.kind === "postgres") {
    const { TrialQueue } = await import("./trial-queue.ts");
    const { QueueCrew } = await import("./queue-crew.ts");
    return new QueueCrew({ studies, queue: await TrialQueue.open(database), slots: workers, prepared: data });
  }
  const { TrialPool } = await import("./pool.ts");
  const { LocalCrew } = await import("./local-crew.ts");
  return new LocalCrew({ studies, pool: new TrialPool({ size: workers, data }) });
}
