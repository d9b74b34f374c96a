/** A network beside models without hidden layers, on the same dev rows. */
import { type Run as Ended, errorBy, type Preparation, type RowResults, rowResults } from "nabla";
import { type BaselineResults, baselineResults, effectOf, type TimeLimit } from "nabla/diagnose";
import type { Plan } from "../experiment/plan.ts";
import { jobOf } from "../experiment/resolve.ts";
import type { BaselineScore } from "../store/run.ts";
import { baselineDecided } from "./decide-threshold.ts";
import { measureOfRows } from "./decides.ts";
import { onLearnedScale, ownUnitOf } from "./own-unit.ts";
import { shownRows } from "./shown-rows.ts";

/** Of the seconds of the training as many as a baseline may take at most, where there is a time limit, and at least. */
const [SHARE, LEAST_SECONDS] = [0.1, 0.2];

/**
 * Trains a linear model on the rows of a plan and looks up nearest neighbors where these are few: the error of each on dev, and
 * by how much the network that was watched is better, paired row by row.
 */
export async function besideBaselines(
  plan: Plan,
  { trained, seconds }: Pick<Ended, "trained" | "seconds">,
  clock: TimeLimit["clock"],
): Promise<readonly BaselineScore[]> {
  const { resolved, prepared } = plan;
  const { preparation, train, dev } = prepared;
  if (dev.rows === 0) return [];
  const { time, ...job } = jobOf(resolved);
  const rows = shownRows(resolved, train);
  const limit = time === undefined ? undefined : { clock, seconds: Math.max(LEAST_SECONDS, SHARE * seconds) };
  const found = await baselineResults({ ...job, train: rows, dev }, dev, limit);
  const methods = Object.keys(found) as readonly (keyof BaselineResults)[];
  if (methods.length === 0) return [];
  const own = asPredicted(await rowResults(trained, dev), preparation);
  const measure = measureOfRows(resolved, { task: own.task, targets: train.targets });
  return methods.flatMap((method) => {
    const results = found[method];
    return results === undefined
      ? []
      : [scoreBeside(baselineDecided(asPredicted(results, preparation), plan), { method, own })];
  });

  function scoreBeside(
    results: RowResults,
    { method, own: network }: { readonly method: keyof BaselineResults; readonly own: RowResults },
  ): BaselineScore {
    const { gain, interval } = effectOf(results, network, { seed: resolved.seed, measure });
    return { method, error: errorBy(measure, results), gain, ...interval };
  }
}

/** Mistakes of the numbers that `predict` gives, which end at the bounds of the target. */
function asPredicted(results: RowResults, preparation: Preparation): RowResults {
  if (results.task === "classification") return results;
  const { answers, targets } = onLearnedScale(preparation, ownUnitOf(preparation, results));
  const mistakes = Float64Array.from(targets, (target, row) => (target - (answers[row] ?? Number.NaN)) ** 2);
  return { ...results, mistakes };
}
