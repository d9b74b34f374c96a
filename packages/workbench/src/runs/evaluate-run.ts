/** How well a run's model does on one of its parts. Opening the test set is counted. */
import {
  applyPreparation,
  compact,
  describe,
  type Examples,
  evaluate,
  type Json,
  type Measure,
  NablaError,
  rowResults,
  type Trained,
  weightsIn,
} from "nabla";
import { type ClassMeasures, measuredError } from "nabla/diagnose";
import { effectiveRows, type Interval, wilson } from "nabla/statistics";
import type { NumberScore } from "../store/dev-measures.ts";
import { type Run, type Score, testEvaluationKind } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import type { RunStore } from "../store/run-store.ts";
import { loadTrained } from "../store/trained-model.ts";
import { baselineInUnit, constantError } from "./baseline.ts";
import { bootstrapError, bootstrapMean } from "./bootstrap.ts";
import { classScore, numberScore } from "./class-score.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { isPlainError, measureOfRows } from "./decides.ts";
import { loadMeasured } from "./measured-model.ts";
import { inOwnUnit, type PreparedModel } from "./own-unit.ts";
import { isConstant, scoreOf } from "./score.ts";
import { experimentOf, partsOf } from "./stored-run.ts";
import { targetScores } from "./target-scores.ts";

/** A part of the data. */
export type PartName = "train" | "dev" | "test";

/** What an evaluation found. */
export interface Evaluation {
  readonly run: Run;
  readonly part: PartName;
  readonly rows: number;
  readonly score: Score;
  /** 95% intervals, each for a measure of the score. */
  readonly intervals: { readonly error: Interval; readonly rmse?: Interval };
  readonly baseline: { readonly error: number };
  /** What decides, where that is not the error itself. */
  readonly decided?: DecidedScore;
  /** Measures beside the error; absent unless the model has one target of classes. */
  readonly classes?: ClassMeasures;
  /** Of the test part: how many rows lie within the model's own 90% intervals, target by target; absent without intervals. */
  readonly coverage?: readonly Coverage[];
  /** How far numbers are off; absent for other targets. */
  readonly numbers?: NumberScore;
  /** How often the test set has been opened by now. */
  readonly testEvaluations: number;
}

/** Options of `evaluateRun`. */
export interface EvaluateRunOptions {
  /** The probability, from 0 to 1, that intervals are measured at. By default 0.9, where the model has such intervals. */
  readonly interval?: number;
}

/** Intervals are no better than they say on the rows that made them. */
function ownIntervals(part: PartName): NablaError {
  const message = `intervals are made of rows of train and dev, and ${part} does not say how many new rows lie within`;
  return new NablaError("evaluate/interval", message, "--on test, or --data with new rows");
}

/**
 * Measures a run's model on a part of the very data that it was trained with. Opening "test" is recorded in the run
 * before the result is given. Throws `run/no-model`, `data/changed`, `evaluate/no-test`, `evaluate/interval`,
 * `predict/interval` for an interval that the model cannot give, `model/…`.
 */
export async function evaluateRun(
  id: string,
  part: PartName,
  store: RunStore,
  { interval }: EvaluateRunOptions = {},
): Promise<Evaluation> {
  if (interval !== undefined && part !== "test") throw ownIntervals(part);
  const run = await store.get(id);
  // what is handed over has learned dev where it could, and only another network can be measured by that
  const loaded = part === "test" ? await loadTrained(modelOf(run)) : await loadMeasured(run);
  const { trained, preparation } = loaded;
  if (part === "test") refuseLearned(run);
  const parts = await partsOf(run);
  const table = part === "test" ? parts.openTest() : parts[part];
  const examples = applyPreparation(preparation, table);
  const model = { trained, preparation };
  const measured = await scoreOf(await evaluate(trained, examples), model, examples);
  const train = applyPreparation(preparation, parts.train);
  const targets = await targetScores(model, examples, { train });
  const score = {
    ...measured,
    ...(isConstant(examples) ? { error: Number.NaN } : {}),
    ...(targets.length === 0 ? {} : { targets }),
  };
  const intervals = await intervalsOf(model, examples, { score, seed: experimentOf(run).seed });
  const baseline = { error: baselineInUnit(model, train, examples) };
  if (part === "test") {
    const { targets: each = [], ...whole } = score;
    const targetsAsData = each.map((one): Json => ({ ...one }));
    const data: Json = {
      ...whole,
      ...(each.length === 0 ? {} : { targets: targetsAsData }),
      from: intervals.error.from,
      to: intervals.error.to,
    };
    await store.append(run.id, { events: [{ kind: testEvaluationKind, data }] });
  }
  const testEvaluations = run.testEvaluations.length + Number(part === "test");
  const resolved = experimentOf(run);
  const classes = await classScore(model, examples, resolved.positive);
  const numbers = await numberScore(model, examples);
  const measure = measureOfRows(resolved, { task: trained.loss.task, targets: train.targets });
  const decided = await decidedOn(trained, measure, { train, part: examples });
  // of other parts the intervals were made
  const coverage = part === "test" ? await coverageOf(loaded, examples, interval) : [];
  return compact({
    ...(coverage.length === 0 ? {} : { coverage }),
    run,
    part,
    rows: examples.rows,
    score,
    intervals,
    baseline,
    decided,
    classes,
    numbers,
    testEvaluations,
  });
}

/** The measure that decides, on some rows. */
export interface DecidedScore {
  /** The measure as data. */
  readonly measure: Json;
  /** The error by it, of one where more is better 1 minus it, with its 95% interval. */
  readonly error: number;
  readonly interval: Interval;
  /** The same of always giving the same answer; absent where it cannot be measured. */
  readonly baseline?: number;
}

/**
 * The measure on the rows of a part, beside always giving the same answer as rows of `train` say; undefined where it is the error
 * itself or cannot be measured, and for several targets.
 */
export async function decidedOn(
  trained: Trained,
  measure: Measure,
  { train, part }: { readonly train: Examples; readonly part: Examples },
): Promise<DecidedScore | undefined> {
  if (trained.loss.heads !== undefined || isPlainError(measure)) return undefined;
  const results = await rowResults(trained, part);
  if (measure.refuses(results) !== undefined) return undefined;
  const { error, interval } = measuredError(results, measure);
  if (Number.isNaN(error)) return undefined;
  const baseline = constantError(measure, {
    task: trained.loss.task,
    train,
    part,
    decided: trained.loss.decide !== undefined,
  });
  return { measure: describe(measure) as Json, error, interval, ...compact({ baseline }) };
}

/** Throws `evaluate/no-test` for a model that has learned the test rows. */
function refuseLearned({ id, outcome }: Run): void {
  if (outcome?.shipped?.parts.includes("test") !== true) return;
  const message = `the model of ${id} has learned the test rows too, so nothing is left that could measure it`;
  throw new NablaError("evaluate/no-test", message, "give rows that it has never seen: --data new.csv");
}

interface About {
  readonly score: Score;
  readonly seed: number;
}

/** 95% intervals of the error, and for numbers of their typical distance. */
export async function intervalsOf(
  model: PreparedModel,
  examples: Examples,
  { score, seed }: About,
): Promise<Evaluation["intervals"]> {
  const { target } = model.preparation;
  const weights = weightsIn(examples);
  if (target.kind === "classes") return { error: wilson(score.error, effectiveRows(examples.rows, weights)) };
  if (target.kind === "several") {
    const { mistakes } = await rowResults(model.trained, examples);
    return { error: bootstrapMean(mistakes, { seed, weights }) };
  }
  const own = await inOwnUnit(model, examples);
  const { error, mistake } = bootstrapError(own.answers, own.targets, { seed, weights });
  const { from, to } = mistake;
  return { error, rmse: { from: Math.sqrt(from), to: Math.sqrt(to) } };
}
