/** What a run came to, in the terms that are recorded and printed. */
import type { Run as Ended, Measures, Preparation } from "nabla";
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
  const baseline = { error: baselineError(train, dev) };
  return {
    train: scoreOf(end.train, preparation),
    ...(end.dev === undefined ? {} : { dev: scoreOf(end.dev, preparation) }),
    baseline,
    bestEpoch: end.best?.epoch ?? 0,
    epochs: end.epochs,
    seconds: end.seconds,
    verdict,
    reason: end.reason,
  };
}
