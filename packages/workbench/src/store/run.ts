import type { Json } from "nabla";

/** What a run is known by before it begins. */
export interface RunDraft {
  /** What the run is called, usually after its data: the readable half of its id. */
  readonly name: string;
  readonly job: Json;
  readonly data: { readonly path: string; readonly sha256: string };
  readonly seed: number;
  /** The version of nabla that trains. */
  readonly version: string;
  readonly task: string;
  readonly target: string;
  readonly rows: { readonly train: number; readonly dev: number; readonly test: number };
  /** How many numbers the model learns. */
  readonly parameters: number;
  /** The run whose diagnosis led to this one. */
  readonly parent?: string;
  readonly model?: string;
  readonly checkpoint?: string;
  readonly notes?: string;
}

/** How well a part of the data is done: its cost and error, and what else is measured. */
export interface Score {
  readonly cost: number;
  readonly error: number;
  readonly [measure: string]: number;
}

/** An error by k-fold cross-validation over train and dev, with its 95 % interval. */
export interface CrossValidation {
  readonly folds: number;
  readonly rows: number;
  readonly error: number;
  readonly from: number;
  readonly to: number;
  /** Of numbers the root mean squared error as "rmse". */
  readonly [measure: string]: number;
}

/** What a run came to. */
export interface RunOutcome {
  readonly train: Score;
  readonly dev?: Score;
  readonly baseline?: { readonly error: number };
  readonly crossValidation?: CrossValidation;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly verdict?: string;
  readonly reason?: string;
}

/** What a writer says of its run. `stopped` is by the user's wish, `failed` by an error. */
export type RunState = "running" | "finished" | "stopped" | "failed";

/** What a reader sees: a run whose process is gone without a word is `interrupted`. */
export type RunStatus = RunState | "interrupted";

/** One opening of the test part. */
export interface TestEvaluation {
  readonly at: string;
  readonly result: Json;
}

/** A run as stored. Times are ISO 8601 in UTC. */
export interface Run extends RunDraft {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly status: RunStatus;
  readonly outcome?: RunOutcome;
  /** Every time that the test part was opened, first to last. */
  readonly testEvaluations: readonly TestEvaluation[];
}

/** One pass over the training part. `seconds` and `steps` count from the beginning of the run. */
export interface EpochRecord {
  readonly epoch: number;
  readonly cost: number;
  readonly trainError: number;
  readonly devCost?: number;
  readonly devError?: number;
  readonly rate: number;
  readonly seconds: number;
  readonly steps: number;
}

/** A line of the journal. */
export interface StoredRunEvent {
  readonly kind: string;
  readonly at: string;
  readonly data: Json;
}

/** The kind of the events that record an opening of the test part. */
export const testEvaluationKind = "peek";

/** A run with all that happened in it. */
export interface RunHistory extends Run {
  readonly epochs: readonly EpochRecord[];
  readonly events: readonly StoredRunEvent[];
}
