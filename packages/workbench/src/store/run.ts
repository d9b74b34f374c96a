import { compact, type EpochRecord, type Json, read, summaryFields, type TrainingSummary } from "nabla";
import type { ClassMeasures } from "nabla/diagnose";
import type { ThresholdFacts } from "../text/shipped.ts";
import { TARGET_KINDS, type TargetOutcome, type TargetScore } from "../text/targets.ts";
import { type NumberScore, readClasses, readNumbers, type Told } from "./dev-measures.ts";
import { type ForecastScore, readForecast } from "./forecast-record.ts";
import { type RecordedWarning, readRecordedWarning } from "./recorded-warning.ts";
import { readThreshold } from "./threshold-outcome.ts";

/** Rows in each part. */
export interface PartRows {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
}

/** Reads rows of parts. Throws `record/field`. */
export const readPartRows: read.Reader<PartRows> = read.record<PartRows>({
  train: read.whole,
  dev: read.whole,
  test: read.whole,
});

/** What identifies a run before it starts. */
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
  readonly rows: PartRows;
  /** How many numbers the model learns. */
  readonly parameters: number;
  /** The run whose diagnosis led to this one. */
  readonly parent?: string;
  /** The study whose trial it trains again; none by default. */
  readonly study?: string;
  /** The folder of its model; none by default. */
  readonly model?: string;
  /** The folder of its checkpoint; none by default. */
  readonly checkpoint?: string;
  /** What the user notes down about it; nothing by default. */
  readonly notes?: string;
}

/** An error by k-fold cross-validation over train and dev, with its 95% interval, as earlier versions recorded it. */
export interface CrossValidation {
  readonly folds: number;
  readonly rows: number;
  readonly error: number;
  readonly from: number;
  readonly to: number;
  /** Of numbers the root mean squared error. */
  readonly rmse?: number;
}

/**
 * The error of single networks on rows that each of them did not learn, over all rows of train and dev, with its 95%
 * interval.
 */
export interface OutOfFoldScore extends Score {
  readonly rows: number;
  /** The interval of what decides. */
  readonly from: number;
  readonly to: number;
}

/** A temperature by which probabilities are divided in their exponents, and what it does on rows that the fit did not see. */
export interface Calibration {
  readonly temperature: number;
  readonly rows: number;
  /** The mean log loss and the calibration error without it and with it, both cross-fitted. */
  readonly before: { readonly loss: number; readonly ece: number };
  readonly after: { readonly loss: number; readonly ece: number };
}

const SHIPPED = ["measured", "refit", "members"] as const;
const PARTS = ["train", "dev", "test"] as const;

/** The model that a run handed over, which need not be the network that was measured. */
export interface Shipped {
  /** The measured network, one that learned more rows for as many epochs, or the average of several. */
  readonly kind: (typeof SHIPPED)[number];
  readonly networks: number;
  /** Rows that it learned, and the parts that they are of. */
  readonly rows: number;
  readonly parts: readonly (typeof PARTS)[number][];
  /** How many epochs one that learned more was trained. */
  readonly epochs?: number;
  /** Why it is the measured network, where more was wanted. */
  readonly because?: string;
  /** The error on rows that were held out in turn; absent for one network. */
  readonly outOfFold?: OutOfFoldScore;
  /** What became of the probabilities; absent for numbers. */
  readonly calibration?: Calibration;
}

/** How well a part of the data is done, as it is printed. */
export interface Score {
  readonly cost: number;
  /** NaN, which JSON writes as null, where the targets of a part are all the same and there is no 1 - R². */
  readonly error: number;
  /** The error by the measure that decides, of one where more is better 1 minus it; absent where the error itself decides. */
  readonly deciding?: number;
  /** Of numbers the root mean squared error in the target's own unit. */
  readonly rmse?: number;
  /** Of several targets, whose errors `error` is the mean of: 1 is what always giving the same answer comes to. */
  readonly targets?: readonly TargetScore[];
}

/** What was asked for beside a training and failed, while the training itself did not. */
export interface ExtraFailure {
  readonly extra: (typeof EXTRAS)[number];
  readonly code: string;
  readonly message: string;
  /** What to do about it; absent where nothing is known. */
  readonly hint?: string;
}

const EXTRAS = [
  "folds",
  "members",
  "refit",
  "calibration",
  "threshold",
  "recipe",
  "baselines",
  "intervals",
  "order",
] as const;

const BASELINES = ["linear", "neighbors"] as const;

/** A model without hidden layers on the dev rows, and the network that was watched beside it. */
export interface BaselineScore {
  /** A linear model on the same inputs, or the vote or mean of the nearest training rows. */
  readonly method: (typeof BASELINES)[number];
  readonly error: number;
  /** By how much the error of the network is lower on the same rows, with its 95% interval. */
  readonly gain: number;
  readonly from: number;
  readonly to: number;
}

/** One thing to try after a run, and what in the data or the training speaks for it. */
export interface RecipeStep {
  readonly code: string;
  readonly because: string;
  /** What to do, in words. */
  readonly description: string;
  /** The change of the job that does it; empty for what no change of it does. */
  readonly try: Json;
  /** The same as options of `nabla train`, to add to those of the run; empty where no option says it. */
  readonly options: readonly string[];
}

/** The parts that a training measures. */
const MEASURED = ["train", "dev"] as const;

/** The result of a run: what the training itself records, and what is added to it. */
export interface RunOutcome extends TrainingSummary {
  /** Of numbers the root mean squared errors, in the target's own unit. */
  readonly rmse?: { readonly train: number; readonly dev?: number };
  /** The error of always answering the same; absent without a dev part. */
  readonly baseline?: { readonly error: number; readonly deciding?: number };
  /** How classes are found on dev; absent for other targets, and in runs of earlier versions. */
  readonly classes?: Told<ClassMeasures>;
  /** Where one of two classes begins; absent where the likelier one is the answer. */
  readonly threshold?: ThresholdFacts;
  /** How far numbers are off on dev; absent for other targets, and in runs of earlier versions. */
  readonly numbers?: Told<NumberScore>;
  /** Where rows are forecasts. */
  readonly forecast?: ForecastScore;
  /** What models without hidden layers reach on dev; absent in runs of earlier versions. */
  readonly baselines?: readonly BaselineScore[];
  /** Each of several targets; absent for one. */
  readonly targets?: readonly TargetOutcome[];
  /** Errors of the folds; absent where none were trained. */
  readonly crossValidation?: CrossValidation;
  /** What the diagnosis concluded; absent where none was made. */
  readonly verdict?: string;
  /** What to try, the likeliest first; absent in runs of earlier versions. */
  readonly recipe?: readonly RecipeStep[];
  /** The parts whose targets are all the same number, so that the error recorded for them, 1 - R², says nothing. */
  readonly unmeasured?: readonly (typeof MEASURED)[number][];
  /** What failed after the training; nothing by default. */
  readonly failures?: readonly ExtraFailure[];
  /** What was handed over; absent in runs of earlier versions, whose models are those that were measured. */
  readonly shipped?: Shipped;
  /** What was found about the data before the first step. */
  readonly warnings?: readonly RecordedWarning[];
}

const readTargetScore = read.record<TargetScore>({
  name: read.text,
  kind: read.word(TARGET_KINDS),
  error: read.number,
  rmse: read.optional(read.number),
  unit: read.optional(read.text),
  baseline: read.optional(read.number),
});
const scoreFields = {
  cost: read.number,
  error: read.number,
  deciding: read.optional(read.number),
  rmse: read.optional(read.number),
  targets: read.optional(read.list(readTargetScore)),
};
const readQuality = read.record<Calibration["before"]>({ loss: read.number, ece: read.number });

const readShipped = read.record<Shipped>({
  kind: read.word(SHIPPED),
  networks: read.whole,
  rows: read.whole,
  parts: read.list(read.word(PARTS)),
  epochs: read.optional(read.whole),
  because: read.optional(read.text),
  outOfFold: read.optional(
    read.record<OutOfFoldScore>({ ...scoreFields, rows: read.whole, from: read.number, to: read.number }),
  ),
  calibration: read.optional(
    read.record<Calibration>({
      temperature: read.number,
      rows: read.whole,
      before: readQuality,
      after: readQuality,
    }),
  ),
});

/** Reads an outcome. Throws `record/field`. */
export const readOutcome: read.Reader<RunOutcome> = read.record<RunOutcome>({
  ...summaryFields,
  rmse: read.optional(
    read.record<NonNullable<RunOutcome["rmse"]>>({ train: read.number, dev: read.optional(read.number) }),
  ),
  baseline: read.optional(
    read.record<NonNullable<RunOutcome["baseline"]>>({ error: read.number, deciding: read.optional(read.number) }),
  ),
  baselines: read.optional(
    read.list(
      read.record<BaselineScore>({
        method: read.word(BASELINES),
        error: read.number,
        gain: read.number,
        from: read.number,
        to: read.number,
      }),
    ),
  ),
  classes: read.optional(readClasses),
  threshold: read.optional(readThreshold),
  numbers: read.optional(readNumbers),
  forecast: read.optional(readForecast),
  targets: read.optional(
    read.list(
      read.record<TargetOutcome>({
        train: readTargetScore,
        dev: read.optional(readTargetScore),
        share: read.optional(read.number),
        verdict: read.text,
        summary: read.text,
      }),
    ),
  ),
  crossValidation: read.optional(
    read.record<CrossValidation>({
      folds: read.whole,
      rows: read.whole,
      error: read.number,
      from: read.number,
      to: read.number,
      rmse: read.optional(read.number),
    }),
  ),
  verdict: read.optional(read.text),
  recipe: read.optional(
    read.list(
      read.record<RecipeStep>({
        code: read.text,
        because: read.text,
        description: read.text,
        try: (value) => value as Json,
        options: read.list(read.text),
      }),
    ),
  ),
  unmeasured: read.optional(read.list(read.word(MEASURED))),
  failures: read.optional(
    read.list(
      read.record<ExtraFailure>({
        extra: read.word(EXTRAS),
        code: read.text,
        message: read.text,
        hint: read.optional(read.text),
      }),
    ),
  ),
  shipped: read.optional(readShipped),
  warnings: read.optional(read.list(readRecordedWarning)),
});

/** The dev error of the whole: over all rows of train and dev where networks held them out in turn, else that of dev. */
export function wholeScoreIn(outcome: RunOutcome | undefined): Score | undefined {
  const { outOfFold } = outcome?.shipped ?? {};
  return outOfFold ?? scoreIn(outcome, "dev");
}

/** What a run measured on a part; undefined where it measured nothing, or no finite numbers. */
export function scoreIn(outcome: RunOutcome | undefined, part: "train" | "dev"): Score | undefined {
  const measures = outcome?.[part];
  if (measures === undefined || measures === null) return undefined;
  const rmse = outcome?.rmse?.[part];
  const error = outcome?.unmeasured?.includes(part) === true ? Number.NaN : measures.error;
  const targets = outcome?.targets?.flatMap((target) => target[part] ?? []);
  return {
    cost: measures.cost,
    error,
    ...compact({ deciding: measures.deciding, rmse }),
    ...(targets === undefined || targets.length === 0 ? {} : { targets }),
  };
}

/** The epochs of a run, with NaN for the errors that could not be measured. */
export function measuredEpochs(
  epochs: readonly EpochRecord[],
  { unmeasured = [] }: Pick<RunOutcome, "unmeasured"> = {},
): readonly EpochRecord[] {
  if (unmeasured.length === 0) return epochs;
  const shown = <T extends { readonly error: number }>(part: (typeof MEASURED)[number], measures: T): T =>
    unmeasured.includes(part) ? { ...measures, error: Number.NaN } : measures;
  return epochs.map(({ train, dev, ...epoch }) => ({
    ...epoch,
    train: shown("train", train),
    ...(dev === undefined ? {} : { dev: shown("dev", dev) }),
  }));
}

/** Every state of a run. */
export const RUN_STATES = ["running", "finished", "stopped", "failed"] as const;

/** The status a writer sets for its run. `stopped` is by the user, `failed` by an error. */
export type RunState = (typeof RUN_STATES)[number];

/** What a reader sees: a run whose process died without setting a status is `interrupted`. */
export type RunStatus = RunState | "interrupted";

/** One opening of the test set. */
export interface TestEvaluation {
  readonly at: string;
  readonly result: Json;
}

/** How people sort their runs. */
export interface RunMarks {
  /** In the order in which they were given. */
  readonly tags: readonly string[];
  /** Put away: out of view, and nothing else. */
  readonly archived: boolean;
  /** Listed no more; nothing of it is lost, and it can be restored. */
  readonly deleted: boolean;
}

/** A run as stored. Times are ISO 8601 in UTC. */
export interface Run extends RunDraft {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly status: RunStatus;
  /** What came of it; absent while it runs. */
  readonly outcome?: RunOutcome;
  /** Every time that the test set was opened, first to last. */
  readonly testEvaluations: readonly TestEvaluation[];
  /** Absent where there are no tags and it is in view. */
  readonly marks?: RunMarks;
  /** In lists: something other than nabla changed the record, so that nothing it says can be trusted. */
  readonly changed?: true;
}

/** A line of the journal. */
export interface StoredRunEvent {
  readonly kind: string;
  readonly at: string;
  readonly data: Json;
}

/** The kind of the events that record an opening of the test set. */
export const testEvaluationKind = "peek";

/** A run with all that happened in it. */
export interface RunHistory extends Run {
  readonly epochs: readonly EpochRecord[];
  readonly events: readonly StoredRunEvent[];
}
