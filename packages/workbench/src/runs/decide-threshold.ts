/** The threshold of two classes: chosen by rows that were not learned, or as it was given, and everything measured by it. */
import {
  type ClassThreshold,
  compact,
  decidedCodes,
  decidedLoss,
  type Run as Ended,
  type Examples,
  errorBy,
  evaluate,
  type Measure,
  type Measures,
  measureFrom,
  NablaError,
  ndarray,
  type RowResults,
  rowResults,
  type Trained,
  temperedShare,
} from "nabla";
import { classProbabilities } from "nabla/diagnose";
import type { Plan } from "../experiment/plan.ts";

import type { ThresholdFacts } from "../text/shipped.ts";
import { measureOfRun } from "./decides.ts";
import type { HeldOut } from "./run-events.ts";

/** A training that has ended, and what decides its probabilities. */
export interface Undecided {
  readonly plan: Plan;
  readonly end: Ended;
  readonly trained: Trained;
  readonly heldOut: HeldOut | undefined;
  /** What makes its probabilities honest; absent where nothing changes them. */
  readonly temperature?: number | undefined;
}

/** The same with a threshold. */
export interface Decided extends Omit<Undecided, "temperature"> {
  readonly threshold: ThresholdFacts;
}

/** Half is where the likelier of two classes begins. */
const HALF = 0.5;
/** So many probabilities are tried as thresholds. */
const MOST = 400;
/** What float32 keeps apart from 0 and 1. */
const LEAST = 2 ** -24;
/** Measures by which a threshold is chosen; others are no matter of one, or not of answers. */
const DECIDED: readonly string[] = ["accuracy", "balancedError", "f1", "macroF1"];

/** Whether an experiment asks for a threshold. */
export function asksThreshold({ resolved }: Pick<Plan, "resolved">): boolean {
  // a record of an earlier version has none
  const asked: typeof resolved.threshold | undefined = resolved.threshold;
  return asked !== undefined && asked !== "none";
}

/**
 * Puts the threshold into the preparation and into the losses, by which rows count as wrong from here on. Throws
 * `train/threshold` where no rows are left to choose it by.
 */
export async function withThreshold({ plan, end, trained, heldOut, temperature = 1 }: Undecided): Promise<Decided> {
  const { resolved, prepared } = plan;
  const { preparation, train, dev } = prepared;
  const { target } = preparation;
  const positive = positiveIn(resolved, target);
  const rows = heldOut?.dev ?? (await rowResults(end.trained, dev));
  const measure = thresholdMeasure(resolved);
  const asked = resolved.threshold;
  const from =
    typeof asked === "number"
      ? Math.min(1 - LEAST, Math.max(LEAST, temperedShare(asked, 1 / temperature)))
      : bestThreshold(rows, { positive, measure });
  const threshold = { positive, from };
  const decidedTarget = { ...target, threshold };
  const loss = decidedLoss(end.trained.loss, threshold);
  const decidedBy = (one: Trained): Trained => ({ ...one, loss });
  const own = decidedBy(end.trained);
  const measures = async (part: Examples): Promise<Measures> => {
    const deciding = measureOfRun(resolved);
    const found = await evaluate(own, part);
    const results = deciding === undefined ? undefined : await rowResults(own, part);
    const other = results !== undefined && deciding !== undefined && deciding.dividesByVariance !== true;
    const by = other && deciding.refuses(results) === undefined ? errorBy(deciding, results) : Number.NaN;
    return Number.isNaN(by) ? found : { ...found, deciding: by };
  };
  return {
    plan: { ...plan, prepared: { ...prepared, preparation: { ...preparation, target: decidedTarget } } },
    end: {
      ...end,
      trained: own,
      train: await measures(train),
      ...(end.dev === undefined ? {} : { dev: await measures(dev) }),
    },
    trained: decidedBy(trained),
    heldOut: heldOut && {
      ...heldOut,
      train: decidedRows(heldOut.train, threshold),
      dev: decidedRows(heldOut.dev, threshold),
    },
    threshold: compact({
      class: classesIn(target)[positive] ?? "",
      from: temperedShare(from, temperature),
      chosen: asked === "auto",
      rows: rows.mistakes.length,
      measure: measure.kind,
      error: told(errorOf(rows, { measure, threshold })),
      half: told(errorOf(rows, { measure, threshold: { positive, from: HALF } })),
    }),
  };
}

function told(error: number): number | undefined {
  return Number.isNaN(error) ? undefined : error;
}

/**
 * A baseline's rows by a threshold of its own, chosen or given as that of the network is: the rows that choose it are those that it is
 * measured by, so that it is at no disadvantage. As they are where none is asked for.
 */
export function baselineDecided(rows: RowResults, plan: Pick<Plan, "resolved" | "prepared">): RowResults {
  if (!asksThreshold(plan)) return rows;
  const { resolved, prepared } = plan;
  const positive = positiveIn(resolved, prepared.preparation.target);
  const asked = resolved.threshold;
  const from =
    typeof asked === "number" ? asked : bestThreshold(rows, { positive, measure: thresholdMeasure(resolved) });
  return decidedRows(rows, { positive, from });
}

/** The code of the class that is to be found, of two. Throws `train/threshold` where there are not two. */
function positiveIn({ positive }: Plan["resolved"], target: Plan["prepared"]["preparation"]["target"]): number {
  const named = classesIn(target).indexOf(positive ?? "");
  return named < 0 ? 1 : named;
}

function classesIn(target: Plan["prepared"]["preparation"]["target"]): readonly string[] {
  if (target.kind === "classes" && target.classes.length === 2) return target.classes;
  throw new NablaError("train/threshold", "a threshold decides between two classes", "leave out --threshold");
}

/** What a threshold is chosen by: the measure that decides, where answers and not probabilities decide it, else the error. */
export function thresholdMeasure(resolved: Plan["resolved"]): Measure {
  const deciding = measureOfRun(resolved);
  return deciding !== undefined && DECIDED.includes(deciding.kind) ? deciding : measureFrom("error");
}

/** The same rows, wrong where the threshold says so. */
export function decidedRows(rows: RowResults, threshold: ClassThreshold | undefined): RowResults {
  if (threshold === undefined) return rows;
  const { answers, targets } = rows;
  const count = targets.shape[0] ?? 0;
  const codes = decidedCodes(classProbabilities(ndarray(answers, [count, answers.length / Math.max(1, count)])), {
    threshold,
  });
  return { ...rows, mistakes: Float64Array.from(codes, (code, row) => Number(code !== targets.data[row])) };
}

interface By {
  readonly measure: Measure;
  readonly threshold: ClassThreshold;
}

function errorOf(rows: RowResults, { measure, threshold }: By): number {
  const decided = decidedRows(rows, threshold);
  return measure.refuses(decided) === undefined ? errorBy(measure, decided) : Number.NaN;
}

/**
 * The threshold with the least error: half, or halfway between two neighboring probabilities of the positive class; of equal
 * ones the nearest to half.
 */
export function bestThreshold(
  rows: RowResults,
  { measure, positive }: { readonly measure: Measure; readonly positive: number },
): number {
  const count = rows.targets.shape[0] ?? 0;
  if (count === 0)
    throw new NablaError("train/threshold", "no rows are held out that could choose a threshold", "give one: 0.3");
  const { data } = classProbabilities(ndarray(rows.answers, [count, rows.answers.length / count]));
  const shares = [...new Set(Array.from({ length: count }, (_, row) => data[2 * row + positive] ?? 0))].sort(
    (a, b) => a - b,
  );
  const step = Math.max(1, (shares.length - 1) / MOST);
  const between = Array.from({ length: Math.min(MOST, shares.length - 1) }, (_, i) => {
    const at = Math.floor(i * step);
    const [low, high] = [shares[at] ?? 0, shares[at + 1] ?? 0];
    const middle = Math.fround((low + high) / 2);
    return middle > low ? middle : high;
  }).filter((share) => share > 0 && share < 1);
  let [best, least] = [HALF, errorOf(rows, { measure, threshold: { positive, from: HALF } })];
  for (const from of between.sort((a, b) => Math.abs(a - HALF) - Math.abs(b - HALF))) {
    const error = errorOf(rows, { measure, threshold: { positive, from } });
    if (error < least || (Number.isNaN(least) && !Number.isNaN(error))) [best, least] = [from, error];
  }
  return best;
}
