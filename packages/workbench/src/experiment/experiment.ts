/** What an experiment may say. Whatever it leaves open is chosen from the data and `defaults`. */
import type { Fractions, Json, Scaling, Task } from "nabla";
import type { ImageShape } from "../sources/image-shape.ts";

/** Everything a job can say, as plain data: what `experiment.yaml` holds, and what a run records. */
export interface Experiment {
  /** The data file, or a folder of images. */
  readonly data: string;
  /** The column to learn; of images "class". */
  readonly target: string;
  readonly task?: Task;
  readonly split?: Fractions;
  readonly seed?: number;
  /** Decides how the data is divided. Default: the seed; one of its own gives several runs the same parts. */
  readonly splitSeed?: number;
  /** A column whose rows of one value stay in one part. */
  readonly group?: string;
  /** A column of numbers or dates by which train lies before dev, and dev before test. */
  readonly timeColumn?: string;
  /** The column that says where rows come from: each source has the same share of every part. */
  readonly mixBy?: string;
  /** Whether the column that divides the rows is an input too; by default it is not. */
  readonly feedSplitColumns?: boolean;
  /** Columns that are no inputs, such as those that are known only after the answer is. */
  readonly ignore?: readonly string[];
  /** How many folds measure the error by cross-validation, beside the run. */
  readonly folds?: number;
  /** What images are brought to. */
  readonly image?: ImageShape;
  /** How input numbers are scaled; default standardize. */
  readonly scaling?: Scaling;
  /** Random changes of the training rows, new in every epoch. */
  readonly augment?: readonly Json[];
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
  /** An average of the weights over steps, which is then what is measured and kept. */
  readonly average?: Json;
  /** Learns mixtures of two rows with shares from Beta(mixup, mixup). */
  readonly mixup?: number;
  /** Whether each epoch has an order of its own; default true. */
  readonly shuffle?: boolean;
  /** Rows in a step. */
  readonly batch?: number;
  readonly epochs?: number;
  /** Seconds after which the training ends. */
  readonly time?: number;
  /** Epochs without a better dev error after which the training ends. */
  readonly patience?: number;
  /** The error of people who know, from 0 to below 1: what a training error is compared with. */
  readonly human?: number;
  /** The folder that the model goes to. */
  readonly output?: string;
}

/** What has been said so far, by a file or by options. */
export type PartialExperiment = Partial<Experiment>;
