/** One training of a study, as data: what to train, its status, how it ended. */
import { compact } from "nabla";
import type { Pruning, Report, Trial, TrialOutcome } from "nabla/tune";
import type { ResolvedExperiment } from "../experiment/fields.ts";

/** A training to be done. */
export interface TrainingTask {
  /** The experiment with its hyperparameters and its seed. */
  readonly settled: ResolvedExperiment;
  /** What it must reach on the way; left out where nothing ends it early. */
  readonly pruning?: Pruning;
  /** The checkpoint of an earlier attempt, as `saveCheckpoint` writes it. */
  readonly checkpoint?: Uint8Array;
  /** A value up to this brings the error of each dev row along. Default: none does. */
  readonly marksUpTo?: number;
}

/** How a training ended; only the seconds differ from one time to the next. */
export type TrialEnd = TrialOutcome & Required<Pick<TrialOutcome, "reports" | "seconds">>;

/** The end of a stored trial; undefined while it has none. */
export function endOf({ state, value, reports, reason, seconds = 0, measures }: Trial): TrialEnd | undefined {
  return state === "running" ? undefined : compact({ state, value, reports, reason, seconds, measures });
}

/** A training that was stopped: it can be resumed from here. */
export interface TrialStop {
  readonly state: "stopped";
  /** Where it can be gone on with; absent where it cannot. */
  readonly checkpoint?: Uint8Array;
}

/** The status of a training. */
export interface TrialSignal {
  readonly reports: readonly Report[];
  /** The part of all epochs that is done. */
  readonly share: number;
  /** The thread of its process that begins with it, from 0; only in the first signal of a training. */
  readonly thread?: number;
  /** Where the trial could be gone on with; absent where nothing was saved. */
  readonly checkpoint?: Uint8Array;
}
