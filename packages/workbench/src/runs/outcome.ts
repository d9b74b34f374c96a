/** The result of a run, in the terms that are recorded and printed. */
import {
  compact,
  count,
  type Run as Ended,
  type Examples,
  type Json,
  type Measures,
  NablaError,
  summaryOf,
} from "nabla";
import type { Diagnosis } from "nabla/diagnose";
import type { DataWarning } from "../experiment/data-warning.ts";
import type { Plan } from "../experiment/plan.ts";
import { type NumberScore, recordedMeasures, type Told } from "../store/dev-measures.ts";
import type { RecordedWarning } from "../store/recorded-warning.ts";
import type { ExtraFailure, RunOutcome } from "../store/run.ts";
import { baselineInUnit, baselineOf, constantError } from "./baseline.ts";
import { classScore, numberScore } from "./class-score.ts";
import { isPlainError, measureOfRun } from "./decides.ts";
import { forecastScore } from "./forecast-score.ts";
import type { PreparedModel } from "./own-unit.ts";
import { isConstant, scoreOf } from "./score.ts";
import { targetOutcomes } from "./target-scores.ts";

/**
 * Throws `data/no-metric` where the target is one number in all of dev: there is no 1 - R² then that trainings could be
 * compared by.
 */
export function checkDevVaries({ dev }: Plan["prepared"]): void {
  if (!isConstant(dev)) return;
  const message = `the target is the same in every dev row (${count(dev.rows, "row")}), so trainings cannot be compared by 1 - R²`;
  throw new NablaError("data/no-metric", message, "give more rows, or dev a larger share with --split");
}

/** The parts of a plan whose error cannot be measured. */
export function unmeasuredParts({ train, dev }: Plan["prepared"]): readonly ("train" | "dev")[] {
  return [...(isConstant(train) ? (["train"] as const) : []), ...(isConstant(dev) ? (["dev"] as const) : [])];
}

/** The outcome of a training that has ended. */
export async function runOutcomeOf(plan: Plan, end: Ended, { verdict }: Diagnosis): Promise<RunOutcome> {
  const { prepared, warnings } = plan;
  const { preparation, train, dev } = prepared;
  const summary = summaryOf(end);
  const unmeasured = unmeasuredParts(prepared);
  const model = { trained: end.trained, preparation };
  const error = baselineOf(model, train, dev);
  const measure = measureOfRun(plan.resolved);
  const { task } = preparation;
  const deciding =
    measure === undefined || isPlainError(measure)
      ? undefined
      : constantError(measure, { task, train, part: dev, decided: end.trained.loss.decide !== undefined });
  const targets = await targetOutcomes(model, { train, dev, summary });
  const rmseOf = async (measures: Measures | null | undefined, examples: Examples): Promise<number | undefined> =>
    measures ? (await scoreOf(measures, model, examples)).rmse : undefined;
  const [rmse, devRmse] = [await rmseOf(summary.train, train), await rmseOf(summary.dev, dev)];
  return {
    ...summary,
    ...(rmse === undefined ? {} : { rmse: { train: rmse, ...(devRmse === undefined ? {} : { dev: devRmse }) } }),
    ...(Number.isNaN(error) ? {} : { baseline: { error, ...compact({ deciding }) } }),
    ...compact({
      classes: toldOf(await classScore(model, dev, plan.resolved.positive)),
      numbers: toldOf(await numbersIn(model, { train, dev })),
    }),
    ...compact({ forecast: end.best === undefined ? undefined : await forecastScore(plan, end.trained) }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(unmeasured.length === 0 ? {} : { unmeasured }),
    ...(warnings === undefined || warnings.length === 0 ? {} : { warnings: warnings.map(recordedWarning) }),
    verdict,
  };
}

/** How far numbers are off on dev; of a learned logarithm also what train and a constant answer come to in the target's own unit. */
async function numbersIn(
  model: PreparedModel,
  { train, dev }: Pick<Plan["prepared"], "train" | "dev">,
): Promise<NumberScore | undefined> {
  const own = await numberScore(model, dev);
  const { target } = model.preparation;
  if (own === undefined || target.kind !== "number" || target.scale !== "log") return own;
  const learned = await numberScore(model, train);
  return compact({ ...own, trainR2: learned?.r2, constantR2: 1 - baselineInUnit(model, train, dev) });
}

function toldOf<T extends object>(measures: T | undefined): Told<T> | undefined {
  return measures && recordedMeasures(measures);
}

/** A warning as it is recorded. */
export function recordedWarning({ remedy, ...warning }: DataWarning): RecordedWarning {
  return { ...warning, ...(remedy === undefined ? {} : { remedy: remedy as Json }) };
}

/** The failure of something asked for beside a training, for the record. */
export function extraFailure(extra: ExtraFailure["extra"], error: unknown): ExtraFailure {
  if (!(error instanceof NablaError)) return { extra, code: "internal", message: String(error) };
  const { code, message, hint } = error;
  return compact({ extra, code, message, hint });
}
