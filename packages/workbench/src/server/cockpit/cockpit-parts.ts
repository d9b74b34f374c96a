import type { ChildService } from "../../host/child-program.ts";
import type { RunStore } from "../../store/run-store.ts";
import type { StorePlace } from "../../store/store-place.ts";
import type { StudyStore } from "../../store/study-store.ts";
import type { LiveEvents } from "./events.ts";
import type { GuardOptions } from "./guard.ts";
import type { DataQuestion } from "./plan-process.ts";
import type { RunIndex } from "./run-index.ts";
import type { StudyIndex } from "./study-index.ts";

/** What the routes stand on. */
export interface CockpitParts {
  readonly store: RunStore;
  readonly place: StorePlace;
  readonly index: RunIndex;
  readonly studies: StudyStore;
  readonly study: StudyIndex;
  readonly events: LiveEvents;
  readonly readOnly: boolean;
  /** Reads data for forms, and thinks about trials. */
  readonly data: ChildService<DataQuestion>;
  /** The folder of the pages. */
  readonly folder: string;
  readonly guarded: GuardOptions;
  /** Gives the file of a run's report; without it there are none. */
  readonly report?: (run: string, place: string) => Promise<string>;
}
