import { compact } from "../base/compact.ts";
import { describe } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { inRange } from "../base/range.ts";
import { differenceInterval, type Estimate, type Interval, wilson } from "../base/statistics/intervals.ts";
import { shareText } from "../base/text.ts";
import type { Task } from "../data/preparation.ts";
import { plainErrorMeasure } from "../train/deciding/kinds.ts";
import { errorBy, type Measure, measuredValue } from "../train/deciding/measure.ts";
import type { Measures } from "../train/measures.ts";
import type { Run } from "../train/run.ts";
import { type Advice, againstBias, againstDivergence, againstDoubt, againstVariance } from "./advice.ts";
import { decidingMeasure, gapOf, partError } from "./part-error.ts";
import type { RowResults } from "./row-results.ts";

/** Errors to diagnose, as fractions. */
export interface Errors {
  readonly train: number;
  readonly dev: number;
  /** Rows that the errors were measured on; without them the errors are taken as exact. */
  readonly trainRows?: number;
  /** Rows that the dev error was measured on; without it there are no intervals. */
  readonly devRows?: number;
}

/** A finished training, as `fit` gives it. */
export interface Measured {
  readonly train: Measures;
  /** Measures on dev; absent where there is none. */
  readonly dev?: Measures;
  /** Its epochs: what the last one came to, where an earlier one was kept. */
  readonly history?: readonly { readonly train: Measures; readonly dev?: Measures }[];
  /** What was trained; by default it is taken to be a classifier. */
  readonly trained?: { readonly loss: { readonly task: Task } };
  /** How it ended; what diverged has no other verdict. */
  readonly reason?: Run["reason"];
  /** Why a training broke off; absent where it did not. */
  readonly failure?: Run["failure"];
}

/** Options of `diagnose`. */
export interface DiagnoseOptions {
  /**
   * Human-level error, the lowest error that can be expected: a fraction, or by a measure in a unit of its own (RMSE, MAE, log loss,
   * pinball loss) a number in that unit, which needs `rowResults`. Default 0.
   */
  readonly human?: number;
  /** The error of always answering the same; unknown by default. */
  readonly baseline?: number;
  /**
   * What the network does with each row, as `rowResults` gives it. With it numbers get bootstrap intervals, and where classes are far
   * from equally frequent all errors are means of the classes' errors. Default: the errors of the run alone.
   */
  readonly rowResults?: { readonly train: RowResults; readonly dev?: RowResults };
  /** What decides, of `rowResults`. By default the error, of classes far from equally frequent in train the balanced error. */
  readonly measure?: Measure;
  /** What the sentence calls the two errors, where they are not those of one network. Default train error and dev error. */
  readonly names?: { readonly train: string; readonly dev: string };
}

/** What a diagnosis concludes from the errors of train and dev. */
export type Verdict =
  | "diverged"
  | "good"
  | "high bias"
  | "high variance"
  | "high bias and high variance"
  | "noise floor"
  | "not enough data to tell";

/** The diagnosis of bias and variance; plain data. */
export interface Diagnosis {
  readonly verdict: Verdict;
  /** undefined where there are too few rows to decide. */
  readonly bias: "low" | "high" | undefined;
  readonly variance: "low" | "high" | undefined;
  /** The train error minus the human-level error: what more fitting could gain. */
  readonly avoidableBias: number;
  /** The dev error minus the train error; below 0 when dev did better by chance. */
  readonly gap: number;
  /** 95% intervals, where the rows are known. */
  readonly intervals: { readonly train?: Interval; readonly dev?: Interval; readonly gap?: Interval };
  /** Whether the errors are means of those of the classes. */
  readonly balanced: boolean;
  /** What decides, as data: the measure that the errors are by. */
  readonly measure: Json;
  /** The errors that were judged, as fractions: of a measure where more is better 1 minus it, of one in a unit of its own as a
   * share of what the best constant answer comes to; NaN where the targets of a part are all the same, so that 1 - R² says nothing. */
  readonly errors: { readonly train: number; readonly dev: number; readonly human: number };
  /** The verdict in one plain sentence. */
  readonly summary: string;
  readonly advice: readonly Advice[];
}

/**
 * An error counts as high above what it is compared with by more than this, or by more than half of what it is compared
 * with: 1% against 0.5% is fine, and so is 16% against 15%; 11% against 1% is not.
 */
const TOLERATED = 0.02;
const TOLERATED_SHARE = 0.5;
/** An error of 0 counts as low only if its interval ends at or below this: no errors in eight rows is weak evidence. */
const MOST_DOUBT = 0.3;

/**
 * So few rows answered wrong beyond what is tolerated are single rows, and no bias that another network would be seen to
 * lower: four of sixty, where dev has none.
 */
const SINGLE_ROWS = 4;

const PARTS = { train: "train error", dev: "dev error" } as const;

/** 1 - R² is said to be worse than predicting the mean from here on, not where it is as good but for noise. */
const WORSE = 1.05;

/** Throws `options/range` for a human-level error that is none by a measure: a fraction below 1, or any size in a unit of its own. */
export function checkHuman(human: number, { relative }: Pick<Measure, "relative"> = {}): void {
  inRange("human", human, relative === undefined ? { atLeast: 0, below: 1 } : { atLeast: 0 });
}

/** The human-level error as errors are judged: as a fraction of what the best constant answer to train comes to. */
function asFraction(human: number, asked: Measure | undefined, train: RowResults | undefined): number {
  checkHuman(human, asked);
  if (human === 0 || asked?.relative === undefined) return human;
  if (train !== undefined) return asked.relative(human, train);
  throw new NablaError(
    "diagnose/human",
    `a human-level ${asked.title} of ${human} says nothing beside errors that are fractions`,
    "give rowResults, or leave out human",
  );
}

/**
 * Bias or variance? From a finished training, or from errors: `diagnose({ train: 0.01, dev: 0.11 })`. Throws `options/range` for a
 * human-level error that is none, and `diagnose/human` for one in a unit of its own where rows are not known.
 */
export function diagnose(
  found: Errors | Measured,
  { human: level = 0, baseline, rowResults, measure: asked, names }: DiagnoseOptions = {},
): Diagnosis {
  const human = asFraction(level, asked, rowResults?.train);
  const judged = rowResults === undefined ? measured(found, asked) : lookedAt(rowResults, asked);
  const { train, dev, intervals, measure, counted } = judged;
  const words = wordingOf(judged, { names, human: level });
  const avoidableBias = train - human;
  const gap = dev - train;
  const onDev = judge(dev - human, allowed(human), intervals.dev && shifted(intervals.dev, -human));
  const onTrain = judge(avoidableBias, allowed(human), intervals.train && shifted(intervals.train, -human));
  const beyond = (counted ?? Number.POSITIVE_INFINITY) * (avoidableBias - allowed(human));
  const own = beyond > 0 && beyond < SINGLE_ROWS ? (onDev === "low" ? "low" : undefined) : onTrain;
  const fitted = own === "high" ? fittedLater(found, { human, measure }) : undefined;
  const bias = fitted === undefined ? own : "low";
  const variance = fitted === undefined ? judge(gap, allowed(Math.max(train, human)), intervals.gap) : "high";
  const { reason, failure } = found as Partial<Measured>;
  const verdict = reason === "diverged" ? "diverged" : verdictOf(bias, variance);
  const later = fitted === undefined ? "" : ` (${words.share(fitted)} after the last epoch, when dev had become worse)`;
  const people = human > 0 ? `, human-level ${words.level} ${words.human}` : "";
  const numbers = `${words.names.train} ${words.train}${later}, ${words.names.dev} ${words.dev}${people}${words.how}`;
  const lost =
    measure.dividesByVariance === true && baseline !== undefined && train >= baseline
      ? `; always predicting the same does as well (baseline ${shareText(baseline)})`
      : "";
  return {
    verdict,
    bias,
    variance,
    avoidableBias,
    gap,
    intervals,
    errors: { train, dev, human },
    balanced: measure.meaning !== undefined,
    measure: describe(measure),
    summary:
      verdict === "diverged"
        ? `${sentence(verdict)}: ${failure?.message ?? "its weights give no finite answers, or worse ones than a constant"}.`
        : `${sentence(verdict)}: ${numbers}${lost}.`,
    advice: verdict === "diverged" ? [againstDivergence] : adviceFor(bias, variance, { human, words }),
  };
}

/** How the measure that decides is talked about. */
interface Wording {
  readonly names: { readonly train: string; readonly dev: string };
  /** What it is on the parts, and what people reach. */
  readonly train: string;
  readonly dev: string;
  readonly human: string;
  /** What it is called, and what is on the wrong side of what is better. */
  readonly level: string;
  readonly worse: "above" | "below";
  /** An error as a share in words. */
  readonly share: (error: number) => string;
  /** What is to be said of all numbers. */
  readonly how: string;
}

function wordingOf(
  { measure, values }: Judged,
  { names: given, human }: { readonly names: DiagnoseOptions["names"]; readonly human: number },
): Wording {
  const { title, meaning, better, unit } = measure;
  const worse = better === "more" ? "below" : "above";
  if (measure.dividesByVariance === true || meaning !== undefined)
    return {
      names: given ?? PARTS,
      train: errorText(values.train),
      dev: errorText(values.dev),
      human: shareText(human),
      level: "error",
      worse,
      share: shareText,
      how: meaning === undefined ? "" : `, each ${meaning} (${title})`,
    };
  const share = (error: number): string => shareText(measuredValue(measure, error));
  const shown = (error: number): string => {
    if (Number.isNaN(error)) return "not measurable";
    return unit === "share" ? share(error) : String(Number(error.toPrecision(3)));
  };
  return {
    names: given ?? { train: `train ${title}`, dev: `dev ${title}` },
    train: shown(values.train),
    dev: shown(values.dev),
    human: shown(human),
    level: unit === "share" ? title : "error",
    worse,
    share: unit === "share" ? share : shareText,
    how: given === undefined ? "" : `, by ${title}`,
  };
}

/** A network that comes to so little of the error that was kept can fit, whether or not it has come to the end of it. */
const FITTED = 0.5;

/**
 * The train error of the last epoch, where by then the network fit the training part and dev had become worse: the
 * weights of an earlier epoch, which were kept, fit less than the network can.
 */
function fittedLater(
  found: Errors | Measured,
  { human, measure }: { readonly human: number; readonly measure: Measure },
): number | undefined {
  const last = "history" in found ? found.history?.at(-1) : undefined;
  if (last?.dev === undefined || typeof found.dev !== "object" || typeof found.train !== "object") return undefined;
  const [own, lastTrain, lastDev] = [found.train, last.train, last.dev].map((one) => errorIn(one, measure));
  if (own === undefined || lastTrain === undefined || lastDev === undefined) return undefined;
  const most = Math.max(allowed(human), FITTED * (own - human));
  const fits = lastTrain - human <= most;
  const varies = judge(lastDev - lastTrain, allowed(Math.max(lastTrain, human)), undefined) === "high";
  return fits && varies && last.dev.cost > found.dev.cost ? lastTrain : undefined;
}

/** The error by a measure among what a training measured; undefined where it did not measure that, or as no share. */
function errorIn({ error, deciding }: Measures, { dividesByVariance, unit }: Measure): number | undefined {
  if (dividesByVariance === true) return error;
  return unit === "share" ? deciding : undefined;
}

interface Judged extends Pick<Diagnosis, "intervals"> {
  readonly train: number;
  readonly dev: number;
  readonly measure: Measure;
  /** The errors by the measure in what it is counted in. */
  readonly values: { readonly train: number; readonly dev: number };
  /** The rows of train, where its error is the share of those that are wrong. */
  readonly counted?: number;
}

/** What is judged where nothing is known of single rows: the errors by the measure, or where they are not known as shares, the plain ones. */
function measured(found: Errors | Measured, asked: Measure | undefined): Judged {
  const by =
    asked === undefined || typeof found.train === "number" ? undefined : errorIn(found.train as Measures, asked);
  const measure = asked !== undefined && by !== undefined ? asked : plainErrorMeasure();
  const { train, dev, trainRows, devRows } = errorsOf(found, measure);
  const estimate = (error: number, rows: number | undefined): Estimate | undefined =>
    rows === undefined || Number.isNaN(error)
      ? undefined
      : { value: clamp(error), interval: wilson(clamp(error), rows) };
  const [own, other] = [estimate(train, trainRows), estimate(dev, devRows)];
  const gap = own && other && differenceInterval(other, own);
  const intervals = compact({ train: own?.interval, dev: other?.interval, gap });
  return compact({ train, dev, intervals, measure, values: { train, dev }, counted: trainRows });
}

function lookedAt(
  { train, dev = train }: NonNullable<DiagnoseOptions["rowResults"]>,
  asked: Measure | undefined,
): Judged {
  const measure = decidingMeasure(train, asked);
  const [own, other] = [train, dev].map((part) => partError(part, measure));
  if (own === undefined || other === undefined) throw new Error("internal: two parts were measured");
  const [trained, held] = [own, other].map(({ error, interval }) => (Number.isFinite(error) ? interval : undefined));
  const gap = trained && held && gapOf(other, own);
  const intervals = compact({ train: trained, dev: held, gap });
  const values = { train: errorBy(measure, train), dev: errorBy(measure, dev) };
  const counted = measure.groups?.(train)?.length === 1 ? own.rows : undefined;
  return compact({ train: own.error, dev: other.error, intervals, measure, values, counted });
}

function errorsOf(found: Errors | Measured, measure: Measure): Errors {
  if (typeof found.train === "number") return found as Errors;
  const { train, dev = train, trained } = found as Measured;
  const [own, other] = [train, dev].map((part) => errorIn(part, measure) ?? part.error) as [number, number];
  // 1 - R² is no count of rows, nor is a mean of several targets, so a binomial interval would claim to know what it does not
  const counts = trained === undefined || trained.loss.task === "classification";
  if (!counts || measure.dividesByVariance !== true) return { train: own, dev: other };
  return { train: own, dev: other, trainRows: train.rows, devRows: dev.rows };
}

function allowed(compared: number): number {
  return Math.max(TOLERATED, TOLERATED_SHARE * compared);
}

/** High or low, or undefined when the interval reaches to both sides of the limit by more than the limit itself. */
function judge(value: number, limit: number, interval: Interval | undefined): "low" | "high" | undefined {
  if (Number.isNaN(value)) return undefined;
  // an error of 0 is the lowest that can be measured, so it is low unless there are hardly any rows
  if (value <= 0) return interval !== undefined && interval.to > MOST_DOUBT ? undefined : "low";
  const unsure =
    interval !== undefined && interval.from < limit && interval.to > limit && interval.to - interval.from > 2 * limit;
  if (unsure) return undefined;
  return value > limit ? "high" : "low";
}

function verdictOf(bias: Diagnosis["bias"], variance: Diagnosis["variance"]): Verdict {
  if (bias === "high") return variance === "high" ? "high bias and high variance" : "high bias";
  if (variance === "high") return "high variance";
  return bias === undefined || variance === undefined ? "not enough data to tell" : "good";
}

/** A verdict in words. */
export function sentence(verdict: Verdict): string {
  const sentences: Readonly<Record<Verdict, string>> = {
    diverged: "Diverged: the training gave no network that can be judged",
    good: "The network fits the training data and generalizes",
    "high bias": "High bias: the network underfits the training data",
    "high variance": "High variance: the network fits the training data but does not generalize",
    "high bias and high variance":
      "High bias and high variance: the network underfits the training data, and does not generalize",
    "noise floor":
      "Probably at the noise floor, where what is left of the error is noise or needs information that the inputs lack",
    "not enough data to tell": "Not enough data to tell: the differences could be due to chance",
  };
  return sentences[verdict];
}

function adviceFor(
  bias: Diagnosis["bias"],
  variance: Diagnosis["variance"],
  { human, words }: { readonly human: number; readonly words: Wording },
): readonly Advice[] {
  const doubt = bias === undefined || variance === undefined;
  const { train, dev, level, worse, share } = words;
  const best = human > 0 ? `the human-level ${level} of ${words.human}` : share(0) === "0%" ? "0" : share(0);
  return [
    ...(bias === "high" ? againstBias(`the train ${level} of ${train} is far ${worse} ${best}`) : []),
    ...(variance === "high"
      ? againstVariance(`the dev ${level} of ${dev} is far ${worse} the train ${level} of ${train}`)
      : []),
    ...(doubt && bias !== "high" && variance !== "high"
      ? againstDoubt("with so few rows the differences could be due to chance")
      : []),
  ];
}

/** An error as a sentence has it. */
function errorText(error: number): string {
  if (Number.isNaN(error)) return "not measurable, since its targets are all the same";
  return error > WORSE ? `${shareText(error)} (worse than predicting the mean)` : shareText(error);
}

function shifted({ from, to }: Interval, by: number): Interval {
  return { from: from + by, to: to + by };
}

function clamp(error: number): number {
  return Math.min(1, Math.max(0, error));
}
