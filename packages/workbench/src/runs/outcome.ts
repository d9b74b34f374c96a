/** The result of a run, in the terms that are recorded and printed. */
import { type Run as Ended, type Examples, type Measures, summaryOf } from "nabla";
import type { Diagnosis } from "nabla/diagnose";
import type { Plan } from "../experiment/plan.ts";
import type { RunOutcome, Score } from "../store/run.ts";
import { baselineError } from "./baseline.ts";
import { inOwnUnit, type PreparedModel, squaredDistance } from "./own-unit.ts";

/**
 * Cost and error; for numbers also the root mean squared error in the target's own unit, which on a log scale takes the
 * predictions themselves.
 */
export async function scoreOf(
  { cost, error, mistake }: Measures,
  model: PreparedModel,
  examples: Examples,
): Promise<Score> {
  const { target } = model.preparation;
  if (target.kind === "classes") return { cost, error };
  if (target.scale === undefined) return { cost, error, rmse: Math.sqrt(mistake) * target.deviation };
  return { cost, error, rmse: Math.sqrt(squaredDistance(await inOwnUnit(model, examples))) };
}

/** The outcome of a training that has ended. */
export async function runOutcomeOf({ prepared }: Plan, end: Ended, { verdict }: Diagnosis): Promise<RunOutcome> {
  const { preparation, train, dev } = prepared;
  const summary = summaryOf(end);
  const model = { trained: end.trained, preparation };
  const rmseOf = async (measures: Measures | null | undefined, examples: Examples): Promise<number | undefined> =>
    measures ? (await scoreOf(measures, model, examples)).rmse : undefined;
  const [rmse, devRmse] = [await rmseOf(summary.train, train), await rmseOf(summary.dev, dev)];
  return {
    ...summary,
    ...(rmse === undefined ? {} : { rmse: { train: rmse, ...(devRmse === undefined ? {} : { dev: devRmse }) } }),
    baseline: { error: baselineError(train, dev) },
    verdict,
  };
}
