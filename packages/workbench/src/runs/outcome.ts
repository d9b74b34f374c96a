/** The result of a run, in the terms that are recorded and printed. */
import { type Run as Ended, type Measures, type Preparation, summaryOf } from "nabla";
import type { Diagnosis } from "nabla/diagnose";
import type { Plan } from "../experiment/plan.ts";
import type { RunOutcome, Score } from "../store/run.ts";
import { baselineError } from "./baseline.ts";

/** Cost and error; for numbers also the root mean squared error in the target's own unit. */
export function scoreOf({ cost, error, mistake }: Measures, { target }: Preparation): Score {
  return target.kind === "classes" ? { cost, error } : { cost, error, rmse: Math.sqrt(mistake) * target.deviation };
}

/** The outcome of a training that has ended. */
export function runOutcomeOf({ prepared }: Plan, end: Ended, { verdict }: Diagnosis): RunOutcome {
  const { preparation, train, dev } = prepared;
  const summary = summaryOf(end);
  const rmse = summary.train === null ? undefined : scoreOf(summary.train, preparation).rmse;
  const devRmse = summary.dev ? scoreOf(summary.dev, preparation).rmse : undefined;
  return {
    ...summary,
    ...(rmse === undefined ? {} : { rmse: { train: rmse, ...(devRmse === undefined ? {} : { dev: devRmse }) } }),
    baseline: { error: baselineError(train, dev) },
    verdict,
  };
}
