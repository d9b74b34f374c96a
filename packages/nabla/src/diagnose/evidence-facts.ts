/** What is known of a training before a remedy is chosen. */
import type { Run } from "../train/run.ts";
import type { Diagnosis } from "./diagnose.ts";
import type { Health } from "./health.ts";
import type { JobPlan } from "./job-patch.ts";
import type { Peers } from "./peers.ts";
import type { RowResults } from "./row-results.ts";

/** What every input shows in the training rows. */
export interface InputFacts {
  /** The largest standard deviation of an input divided by the smallest that is not 0. */
  readonly spread: number;
  /** The largest standard deviation. */
  readonly deviation: number;
  /** The largest mean, in standard deviations of its input. */
  readonly offset: number;
  /** Whether examples are lists of numbers and not images. */
  readonly flat: boolean;
}

/** Something that the data checks found, with what to do about it. */
export interface DataFinding {
  readonly code: "data/leakage" | "data/drift";
  readonly because: string;
  /** Inputs to leave out, by place; for leakage. */
  readonly without?: readonly number[];
}

/** Everything that a recipe is made from; plain data but for the rows. */
export interface Evidence {
  readonly plan: JobPlan;
  readonly diagnosis: Diagnosis;
  readonly run: Pick<Run, "history" | "reason" | "steps" | "epochs">;
  readonly rows: { readonly train: number; readonly dev: number };
  readonly stepsPerEpoch: number;
  readonly inputs: InputFacts;
  /** The network at initialization and after training. */
  readonly atInit: Health;
  readonly atEnd: Health;
  /** Learning rates to start with, where a rate search ran: the steepest, and the highest that still helped. */
  readonly rate?: { readonly now: number; readonly best: number; readonly highest: number };
  readonly rowResults: { readonly train: RowResults; readonly dev?: RowResults };
  readonly data: readonly DataFinding[];
  /** How much the weights moved, as a share of what they were at initialization. */
  readonly moved: number;
  /** Whether the training began with weights that were given, which no network of other layers or inputs can do. */
  readonly begun?: true;
  /** What other models reach, where the network underfits and nothing in its training says why. */
  readonly peers?: Peers;
}
