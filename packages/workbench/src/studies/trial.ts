/** One training of a study, as data: what is to be done, how it stands, how it ended. */
import type { Pruning, Report } from "nabla/tune";
import type { ResolvedExperiment } from "../experiment/resolve.ts";

/** A training to be done. */
export interface TrainingTask {
  /** The experiment with its hyperparameters and its seed. */
  readonly settled: ResolvedExperiment;
  /** What it must reach on the way; left out where nothing ends it early. */
  readonly pruning?: Pruning;
  /** Where an earlier attempt stood, as `saveCheckpoint` writes it. */
  readonly checkpoint?: Uint8Array;
  /** A value up to this brings the error of each dev row along. Default: none does. */
  readonly marksUpTo?: number;
}

/** How well a training did beside its value. */
export interface TrialMeasures {
  readonly parameters: number;
  readonly epochs: number;
  readonly steps: number;
  readonly bestEpoch: number;
  readonly trainError: number;
  readonly trainCost: number;
  readonly devCost: number;
}

/** How a training ended; only the seconds differ from one time to the next. */
export interface TrialEnd {
  readonly state: "done" | "pruned" | "failed";
  /** The dev error of the best epoch; absent when it failed or was pruned. */
  readonly value?: number;
  readonly reports: readonly Report[];
  readonly reason?: string;
  readonly seconds: number;
  readonly measures?: TrialMeasures;
  /** What became of each dev row: see `packRowErrors`. */
  readonly rowErrors?: Uint8Array;
}

/** A training that was told to stop: it can go on from here. */
export interface TrialStop {
  readonly state: "stopped";
  readonly checkpoint?: Uint8Array;
}

/** How a training stands. */
export interface TrialSignal {
  readonly reports: readonly Report[];
  /** The part of all epochs that is done. */
  readonly share: number;
  readonly checkpoint?: Uint8Array;
}
