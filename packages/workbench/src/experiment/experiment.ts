/** What an experiment may say. Whatever it leaves open is chosen from the data and `defaults`. */
import type { Fractions, Json, Task } from "nabla";

/** Everything a job can say, as plain data: what `experiment.yaml` holds, and what a run records. */
export interface Experiment {
  /** The data file. */
  readonly data: string;
  /** The column to learn. */
  readonly target: string;
  readonly task?: Task;
  readonly split?: Fractions;
  readonly seed?: number;
  /** Units of each hidden layer; `[]` for a linear model. */
  readonly hidden?: readonly number[];
  readonly activation?: string;
  /** The probability of keeping a hidden unit in training. */
  readonly keep?: number;
  /** Whether to normalise before each activation. */
  readonly normalize?: boolean;
  /** The whole network in place of `hidden`, `activation`, `keep` and `normalize`: `{ kind, …options }` each. */
  readonly layers?: readonly Json[];
  readonly loss?: Json;
  readonly penalty?: Json;
  readonly optimizer?: Json;
  /** The learning rate, in place of the optimizer's own. */
  readonly rate?: number;
  readonly schedule?: Json;
  /** Rows in a step. */
  readonly batch?: number;
  readonly epochs?: number;
  /** Seconds after which the training ends. */
  readonly time?: number;
  /** Epochs without a better dev error after which the training ends. */
  readonly patience?: number;
  /** The folder that the model goes to. */
  readonly output?: string;
}

/** What has been said so far, by a file or by options. */
export type PartialExperiment = Partial<Experiment>;
