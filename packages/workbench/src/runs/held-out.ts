/** Rows that were answered by a network that did not learn them: the measure of all of a run's networks. */
import {
  compact,
  joinExamples,
  type Measures,
  membersOf,
  outOfFold,
  type Preparation,
  type RowResults,
  thresholdOf,
} from "nabla";
import { measuredError } from "nabla/diagnose";
import { effectiveRows, wilson } from "nabla/statistics";
import { foldsOf } from "../experiment/folds.ts";
import { type Parts, prepareParts } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import type { OutOfFoldScore, Run } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import { loadTrained } from "../store/trained-model.ts";
import { bootstrapError, bootstrapMean } from "./bootstrap.ts";
import { decidedRows } from "./decide-threshold.ts";
import { isPlainError, measureOfRun } from "./decides.ts";
import { ownUnitOf, squaredDistance } from "./own-unit.ts";
import type { HeldOut } from "./run-events.ts";
import { isConstant } from "./score.ts";
import { experimentOf } from "./stored-run.ts";

/** The out-of-fold error with its 95% interval, for numbers also in the target's own unit; none where targets do not vary. */
export function outOfFoldScore(
  results: RowResults,
  { plan, measures }: { readonly plan: Pick<Plan, "resolved" | "prepared">; readonly measures: Measures },
): OutOfFoldScore | undefined {
  const { answers, targets, mistakes, task, weights } = results;
  const { seed } = plan.resolved;
  if (isConstant({ targets })) return undefined;
  const { cost, error, rows } = measures;
  const measure = measureOfRun(plan.resolved);
  const isOther = measure !== undefined && !isPlainError(measure) && measure.refuses(results) === undefined;
  const { error: deciding, interval: by } = isOther ? measuredError(results, measure) : {};
  if (task === "multitask") return { rows, cost, error, ...bootstrapMean(mistakes, { seed, weights }) };
  if (targets.dtype === "int32")
    return { rows, cost, error, ...compact({ deciding }), ...(by ?? wilson(error, effectiveRows(rows, weights))) };
  const { preparation } = plan.prepared;
  const interval = bootstrapError(answers, targets.data, { seed, weights }).error;
  const rmse = Math.sqrt(squaredDistance(ownUnitOf(preparation, results)));
  return { rows, cost, error, ...compact({ deciding }), ...(by ?? interval), rmse };
}

/** The same rows of a run that is stored; undefined where its model is no average of members. Throws `model/…`. */
export async function heldOutOf(
  run: Run,
  { parts, preparation }: { readonly parts: Parts; readonly preparation: Preparation },
): Promise<HeldOut | undefined> {
  if (run.outcome?.shipped?.outOfFold === undefined) return undefined;
  const { trained } = await loadTrained(modelOf(run));
  const { train, dev } = prepareParts(parts, preparation);
  const options = { pool: joinExamples(train, dev), folds: foldsOf(experimentOf(run), parts) };
  // those of other runs come after its own
  const found = await outOfFold(membersOf(trained).slice(0, options.folds.length), options);
  const threshold = thresholdOf(preparation);
  return {
    train: decidedRows(found.learned, threshold),
    dev: decidedRows(found.heldOut, threshold),
    heldBy: found.heldBy,
  };
}
