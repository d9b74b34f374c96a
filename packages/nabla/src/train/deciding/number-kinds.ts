/** Measures of numbers, in the unit of the target. */
import { wrongArgument } from "../../array/check-array.ts";
import { ndarray } from "../../array/ndarray.ts";
import { number, type Values, word } from "../../base/field.ts";
import { ascending } from "../../base/statistics/frequencies.ts";
import { meanOf, quantileOf } from "../../base/statistics/summary.ts";
import { weightedMean } from "../../base/statistics/weighted.ts";
import { isRecord } from "../../base/value-type.ts";
import type { NumberTarget, SoleTarget } from "../../data/preparation.ts";
import { restoredTarget, unscaledTarget } from "../../data/target-scale.ts";
import { varianceOf } from "../../nn/loss.ts";
import { type MeasurableRows, type MeasuredRows, measure } from "./measure.ts";

/** How a network's numbers become those of the target: the scale that it learned, and the bounds of what is predicted. */
const unitFields = {
  mean: number({ default: 0, source: "the numbers as they are learned", help: "what was subtracted from the target" }),
  deviation: number({
    above: 0,
    default: 1,
    source: "the numbers as they are learned",
    help: "what it was divided by",
  }),
  scale: word(["none", "log"], {
    default: "none",
    source: "the numbers as they are learned",
    help: "whether the logarithm of the target was learned",
  }),
  least: number({ optional: true, help: "what predictions below it are taken for" }),
  most: number({ optional: true, help: "what predictions above it are taken for" }),
} as const;

type Unit = Values<typeof unitFields>;

/** The options of a measure that is taken in the unit of a target; none of any other target. */
export function targetScaling(target: SoleTarget | { readonly kind: "several" }): Partial<Unit> {
  const given: unknown = target;
  if (!isRecord(given)) throw wrongArgument("targetScaling › target", "a target, as prepare.fit gives it", given);
  if (target.kind !== "number") return {};
  const { mean, deviation, scale = "none", bounds } = target;
  return { mean, deviation, scale, ...(bounds === undefined ? {} : { least: bounds.from, most: bounds.to }) };
}

/** What is predicted and what is true, in the unit of the target: [rows, k] each. */
interface InUnit {
  readonly answers: Float64Array;
  readonly truths: Float64Array;
}

function inUnit({ answers, targets }: Pick<MeasuredRows, "answers" | "targets">, unit: Unit): InUnit {
  const { mean, deviation, scale, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = unit;
  const target: NumberTarget = {
    kind: "number",
    name: "",
    mean,
    deviation,
    ...(scale === "none" ? {} : { scale }),
    bounds: { from: least, to: most },
  };
  return {
    answers: Float64Array.from(answers, (answer) => restoredTarget(target, answer)),
    truths: Float64Array.from(targets.data, (truth) => unscaledTarget(target, truth)),
  };
}

/** The mean of so much for each number of a row, row by row. */
function perRow(
  rows: Pick<MeasuredRows, "targets">,
  { answers, truths }: InUnit,
  of: (answer: number, truth: number) => number,
): Float64Array {
  const [count = 0] = rows.targets.shape;
  const width = truths.length / Math.max(1, count);
  return Float64Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++)
      sum += of(answers[i] ?? Number.NaN, truths[i] ?? Number.NaN) / width;
    return sum;
  });
}

function refusesClasses({ task }: MeasurableRows): string | undefined {
  return task === "regression" ? undefined : "it is a measure of numbers, and the target is none";
}

const square = (answer: number, truth: number): number => (truth - answer) ** 2;

/** The variance of what is true, in its unit; the mean of those of several numbers. */
function varianceIn(unit: Unit, rows: MeasuredRows): number {
  const { truths } = inUnit(rows, unit);
  const { shape } = rows.targets;
  const width = truths.length / Math.max(1, shape[0] ?? 1);
  const { weights } = rows;
  return varianceOf({ dtype: "float64", shape, data: truths }, weights && ndarray(weights, [weights.length])) / width;
}

/** A typical distance as a share of the one that the best constant answer has, squared as 1 - R² is. */
function squaredShare(error: number, usual: number): number {
  return usual > 0 ? (error / usual) ** 2 : Number.NaN;
}

/** The square root of the mean squared distance. */
export const rmseMeasure = measure(
  "rmse",
  unitFields,
  (unit) => ({
    title: "RMSE",
    better: "less",
    unit: "target",
    refuses: refusesClasses,
    rowErrors: (rows) => {
      const squares = perRow(rows, inUnit(rows, unit), square);
      const rmse = Math.sqrt(weightedMean(squares, rows.weights));
      return rmse > 0 ? squares.map((one) => rmse + (one - rmse ** 2) / (2 * rmse)) : squares;
    },
    relative: (error, rows) => squaredShare(error, Math.sqrt(varianceIn(unit, rows))),
  }),
  { help: "of numbers the root mean squared error, in the unit of the target" },
);

/** 1 minus the mean squared distance divided by the variance, in the unit of the target. */
export const r2Measure = measure(
  "r2",
  unitFields,
  (unit) => ({
    title: "R²",
    better: "more",
    unit: "share",
    refuses: refusesClasses,
    rowErrors: (rows) => {
      const variance = varianceIn(unit, rows);
      const squares = perRow(rows, inUnit(rows, unit), square);
      return squares.map((one) => (variance > 0 ? one / variance : Number.NaN));
    },
  }),
  {
    help: "of numbers the share of the variance that is explained, in the unit of the target",
    elsewhere: ["rSquared"],
  },
);

/** The mean distance. */
export const maeMeasure = measure(
  "mae",
  unitFields,
  (unit) => ({
    title: "MAE",
    better: "less",
    unit: "target",
    refuses: refusesClasses,
    rowErrors: (rows) => perRow(rows, inUnit(rows, unit), (answer, truth) => Math.abs(truth - answer)),
    relative: (error, rows) => squaredShare(error, pinballOfConstant(inUnit(rows, unit).truths, 0.5) * 2),
  }),
  { help: "of numbers the mean absolute error, in the unit of the target" },
);

/** The mean distance as a share of what is true. */
export const mapeMeasure = measure(
  "mape",
  unitFields,
  (unit) => ({
    title: "MAPE",
    better: "less",
    unit: "share",
    refuses: (rows) =>
      refusesClasses(rows) ??
      (inUnit({ targets: rows.targets, answers: [] }, unit).truths.some(
        (truth) => Math.abs(truth) < ZERO * unit.deviation,
      )
        ? "it divides by the target, which is 0 in some row"
        : undefined),
    rowErrors: (rows) => perRow(rows, inUnit(rows, unit), (answer, truth) => Math.abs((truth - answer) / truth)),
  }),
  { help: "of numbers above 0 the mean absolute error as a share of the target" },
);

/** What rounding leaves of a 0 that was scaled and restored, in deviations. */
const ZERO = 1e-6;

/** The loss of a quantile: what is above the prediction counts q, what is below it 1 - q. */
export const pinballMeasure = measure(
  "pinball",
  {
    level: number({
      above: 0,
      below: 1,
      default: 0.5,
      source: "the median",
      help: "the quantile that is predicted",
    }),
    ...unitFields,
  },
  ({ level, ...unit }) => ({
    title: "pinball loss",
    better: "less",
    unit: "target",
    refuses: refusesClasses,
    rowErrors: (rows) => perRow(rows, inUnit(rows, unit), (answer, truth) => pinball(truth - answer, level)),
    relative: (error, rows) => squaredShare(error, pinballOfConstant(inUnit(rows, unit).truths, level)),
  }),
  { help: "of numbers whose quantile is learned the pinball loss, in the unit of the target" },
);

function pinball(distance: number, quantile: number): number {
  return Math.max(quantile * distance, (quantile - 1) * distance);
}

/** The mean loss of always answering the quantile of these numbers. */
function pinballOfConstant(truths: Float64Array, quantile: number): number {
  const constant = quantileOf(ascending(truths), quantile);
  return meanOf(truths, (truth) => pinball(truth - constant, quantile));
}
