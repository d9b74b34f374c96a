/** How many rows of a part lie where a model's own intervals say. */
import {
  compact,
  count,
  type Examples,
  known,
  NablaError,
  predict,
  predictedRanges,
  soleModels,
  targetUnit,
  targetValues,
  weightsIn,
} from "nabla";
import { effectiveRows, type Interval, weightedMean, wilson } from "nabla/statistics";
import type { TrainedModel } from "../store/trained-model.ts";

/** The intervals of one target on some rows. */
export interface Coverage {
  readonly name: string;
  readonly kind: "number" | "classes";
  /** The probability that was asked for. */
  readonly level: number;
  /** The share of the rows whose true value lies within, with its 95% interval. */
  readonly covered: number;
  readonly interval: Interval;
  /** The mean distance from the lower to the upper end, in the target's unit; of classes how many of them are possible. */
  readonly size: number;
  /** Absent for classes, and where none is known. */
  readonly unit?: string;
}

/** What intervals are measured at, where nothing else is asked for. */
const LEVEL = 0.9;

/** Of fewer rows the share says nothing. */
const FEWEST = 10;

/** What is known of the intervals of a model. */
type WithRanges = Pick<TrainedModel, "trained" | "preparation" | "ranges">;

/**
 * The intervals of each target that has some, measured on rows that made none of them. Empty for a model without, and where it
 * held out too few rows. Where a `level` is asked for, from 0 to 1, throws `predict/interval` for what has none.
 */
export async function coverageOf(
  { trained, preparation, ranges = [] }: WithRanges,
  examples: Examples,
  asked?: number,
): Promise<readonly Coverage[]> {
  const level = asked ?? LEVEL;
  if (asked !== undefined) checkRanges({ trained, preparation, ranges }, { level, rows: examples.rows });
  const found: Coverage[] = [];
  for (const [i, sole] of soleModels(trained, preparation).entries()) {
    const scores = ranges[i] ?? null;
    const { name, target } = sole;
    if (scores === null || target.kind === "labels" || examples.rows < FEWEST) continue;
    const rangesOf = made(() => predictedRanges(sole.preparation, [scores], level));
    if (rangesOf === undefined) continue;
    const own = sole.examples(examples);
    const answered = rangesOf((await predict(sole.trained, own.inputs)).answers);
    const truth = target.kind === "number" ? targetValues(sole.preparation, own.targets).data : own.targets.data;
    const within: number[] = [];
    const sizes: number[] = [];
    for (const [row, [range]] of answered.entries()) {
      const real = known(truth[row], "what is true");
      if (range === undefined) continue;
      if ("classes" in range) {
        within.push(Number(target.kind === "classes" && range.classes.includes(target.classes[real] ?? "")));
        sizes.push(range.classes.length);
        continue;
      }
      // what was rounded to float32 on the scale that is learned lies within its own rounding
      const slack = 1e-6 * Math.max(Math.abs(range.upper - range.lower), Math.abs(real));
      within.push(Number(range.lower - slack <= real && real <= range.upper + slack));
      sizes.push(range.upper - range.lower);
    }
    const weights = weightsIn(own);
    const covered = weightedMean(within, weights);
    found.push(
      compact({
        ...{ name, kind: target.kind, level, covered, size: weightedMean(sizes, weights) },
        interval: wilson(covered, effectiveRows(own.rows, weights)),
        unit: target.kind === "number" ? targetUnit(sole.preparation) : undefined,
      }),
    );
  }
  return found;
}

/** Throws `predict/interval` where no interval of the level can be made, or measured. */
function checkRanges(
  { preparation, ranges = [] }: WithRanges,
  { level, rows }: { readonly level: number; readonly rows: number },
): void {
  if (preparation.series !== undefined) {
    const message = "intervals of forecasts are made step by step ahead, and are not measured on a file";
    throw new NablaError("predict/interval", message, "nabla predict --steps 7 --interval 90 gives them");
  }
  if (rows < FEWEST) {
    const message = `${count(rows, "row")} cannot say how many lie within an interval, which takes ${FEWEST}`;
    throw new NablaError("predict/interval", message, "give more rows, or leave out --interval");
  }
  predictedRanges(preparation, ranges.length === 0 ? undefined : ranges, level);
}

/** Undefined where a model held out too few rows for such an interval. */
function made<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof NablaError && error.code === "predict/interval") return undefined;
    throw error;
  }
}
