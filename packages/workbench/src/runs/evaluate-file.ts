/** How well a model does on the rows of a file with known labels, wherever the model came from. */
import { basename } from "node:path";
import {
  compact,
  type Examples,
  evaluate,
  NablaError,
  type Notice,
  type Preparation,
  type Table,
  wantedColumns,
  wantedTargets,
} from "nabla";
import type { ClassMeasures } from "nabla/diagnose";
import { effectiveRows, type Interval, weightedMean, wilson } from "nabla/statistics";
import { readData } from "../experiment/parts.ts";
import { imageShapeIn } from "../sources/image-shape.ts";
import type { FileOptions } from "../sources/profile.ts";
import type { ReadImagesOptions } from "../sources/read-images.ts";
import { type ScanOptions, scan, scanNotices } from "../sources/scan.ts";
import type { Score } from "../store/run.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { baselineInUnit, baselineOf } from "./baseline.ts";
import { classScore } from "./class-score.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import type { Decides } from "./decided-model.ts";
import { type DecidedScore, decidedOn, type Evaluation, intervalsOf } from "./evaluate-run.ts";
import { forecastsIn } from "./forecast-file.ts";
import { type LabelledFile, type LabelledRows, labelledRows } from "./labelled-rows.ts";
import { inOwnUnit, type PreparedModel } from "./own-unit.ts";
import { isConstant, scoreOf } from "./score.ts";
import { targetScores } from "./target-scores.ts";
import { namedFor } from "./unnamed-columns.ts";

/** What was found: as for a part of a run, without a run. */
export interface FileEvaluation {
  /** Rows with a target. */
  readonly rows: number;
  /** NaN where something cannot be measured: 1 - R² of numbers that are all the same, the cost of unknown classes. */
  readonly score: Score & { readonly mae?: number };
  readonly intervals: Evaluation["intervals"];
  /** The error of always giving the file's own most frequent class, or its mean. */
  readonly baseline: { readonly error: number };
  /** What decided the training, of the rows of known classes, where that is not the error itself. */
  readonly decided?: DecidedScore;
  /** Measures of the rows of known classes; absent unless the model has one target of classes. */
  readonly classes?: ClassMeasures;
  /** How many rows lie within the model's own 90% intervals, target by target; absent without intervals. */
  readonly coverage?: readonly Coverage[];
  /** Rows without a target, and rows of classes that the model does not know, which count as errors. */
  readonly unanswered: number;
  readonly unknown: number;
  /** What to know of the file: what is left out, for one. */
  readonly notices: readonly Notice[];
}

/** Options of `evaluateFile`. */
export interface EvaluateFileOptions extends ReadingOptions {
  /** The column with the labels, where its name in the file differs from the model's. Default: the model's. */
  readonly target?: string;
  /** The probability, from 0 to 1, that intervals are measured at. By default 0.9, where the model has such intervals. */
  readonly interval?: number;
  /** The column that says how much rows count. Default that of the training, where the file has it. */
  readonly weight?: string;
  /** What decided the training, and of two classes the one that is to be found; default the error, and the second class. */
  readonly decides?: Decides;
}

/** How a file is written, where it is a table, and what to do with images that are broken. */
interface ReadingOptions extends FileOptions, Pick<ReadImagesOptions, "skipBroken" | "maxPixels"> {
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
}

// what draws the samples of a bootstrap: one file gives one interval
const SEED = 1;

/**
 * Measures a model on a labeled table or on images by class, however few rows and classes there are. Throws
 * `evaluate/answers` for a network with several numbers in an answer, `data/parts` for a folder of several parts, and what
 * reading and preparing throw.
 */
export async function evaluateFile(
  model: TrainedModel,
  path: string,
  { target, weight, interval, decides = {}, ...reading }: EvaluateFileOptions = {},
): Promise<FileEvaluation> {
  const { preparation } = model;
  const renamed = { ...model, preparation: withTargetNamed(preparation, target) };
  const { skipBroken: _, maxPixels: __, badCells: ___, ...form } = reading;
  const named = await namedFor(renamed, path, form);
  const learned = decides.weight === undefined ? undefined : { column: decides.weight, needed: false };
  const weights = weight === undefined ? learned : { column: weight, needed: true };
  const { file, notices } = await opened(named.preparation, path, { ...reading, weights });
  const found = await labelledRows(named.preparation, file);
  const { examples, unknown, unanswered } = found;
  const result = await measured(named, found, decides.positive);
  const { measure } = decides;
  // always the same answer is that of the file's own rows here
  const own = { train: examples, part: examples };
  const decided =
    measure === undefined || examples.rows === 0 ? undefined : await decidedOn(named.trained, measure, own);
  const rows = examples.rows + unknown;
  const coverage = await coverageOf(named, examples, interval);
  return {
    rows,
    ...result,
    ...compact({ decided }),
    ...(coverage.length === 0 ? {} : { coverage }),
    unanswered,
    unknown,
    notices: [...notices(), ...found.notices],
  };
}

/** The preparation whose target is called as a file calls it. Throws `evaluate/targets` for several. */
function withTargetNamed(preparation: Preparation, name: string | undefined): Preparation {
  const { target } = preparation;
  if (name === undefined || name === target.name) return preparation;
  if (target.kind !== "several") return { ...preparation, target: { ...target, name } };
  const [only, ...more] = target.targets;
  if (only !== undefined && more.length === 0)
    return { ...preparation, target: { ...target, name, targets: [{ ...only, name }] } };
  const message = `the model has ${target.targets.length} targets (${target.name}), and --target names one column`;
  throw new NablaError(
    "evaluate/targets",
    message,
    "call the columns of the file as the targets, and leave --target out",
  );
}

interface Opened {
  readonly file: LabelledFile;
  /** What is known when all rows have been read. */
  readonly notices: () => readonly Notice[];
}

async function opened(
  preparation: Preparation,
  path: string,
  { skipBroken, maxPixels, weights, ...form }: ReadingOptions & Pick<ScanOptions, "weights">,
): Promise<Opened> {
  const { target, task } = preparation;
  const image = imageShapeIn(preparation);
  if (weights?.needed === true && (preparation.series !== undefined || image !== undefined)) {
    const what =
      image === undefined ? "a forecast is made of several rows, which weigh alike" : "images have no columns";
    throw new NablaError(
      "evaluate/weight",
      `the column ${weights.column} is to weigh rows, and ${what}`,
      "leave out --weight",
    );
  }
  if (preparation.series !== undefined) {
    const { rows, table } = await forecastsIn({ preparation }, path, form);
    const placeOf = async (row: number): Promise<string> => `row ${rows[row] ?? row}`;
    return { file: { name: basename(path), tables: [table], placeOf }, notices: () => [] };
  }
  if (image === undefined) {
    const columns = wantedColumns(preparation);
    const source = await scan(path, { ...form, columns, targets: wantedTargets(preparation), weights });
    const file = { name: basename(path), tables: source, placeOf: async (row: number) => source.placeOf(row) };
    return { file, notices: () => scanNotices(source, columns) };
  }
  const table = await readData(compact({ data: path, target: target.name, task, image, skipBroken, maxPixels }));
  if (table.givenParts !== undefined) {
    const message = `${table.profile.file} is divided into parts, of which one is to be measured`;
    throw new NablaError("data/parts", message, "name the folder of one part, such as its folder test");
  }
  const placeOf = async (row: number): Promise<string> => labelIn(table, row) ?? `image ${row + 1}`;
  return { file: { name: table.profile.file, tables: [table], placeOf }, notices: () => table.profile.notices };
}

function labelIn(table: Table & { readonly labels?: readonly string[] }, row: number): string | undefined {
  return table.labels?.[row];
}

type Found = Pick<FileEvaluation, "score" | "intervals" | "baseline" | "classes">;

async function measured(
  { trained, preparation }: Pick<TrainedModel, "trained" | "preparation">,
  { examples, unknown, classes, weights }: LabelledRows,
  positive: string | undefined,
): Promise<Found> {
  if (examples.rows === 0) {
    const score = { cost: Number.NaN, error: 1 };
    return { score, intervals: { error: wilson(1, unknown) }, baseline: { error: majorityError(classes) } };
  }
  const measures = await evaluate(trained, examples).catch((error: unknown) => {
    if (!(error instanceof NablaError) || error.code !== "loss/shape") throw error;
    throw new NablaError("evaluate/answers", "the model has several outputs, and a table has one target column");
  });
  const score = await scoreOf(measures, { trained, preparation }, examples);
  if (preparation.target.kind === "classes") {
    const rows = examples.rows + unknown;
    const error =
      weights === undefined
        ? (Math.round(score.error * examples.rows) + unknown) / rows
        : withStrangers(score.error, examples.rows, weights);
    const intervals = { error: wilson(error, effectiveRows(rows, weights)) };
    const each = await classScore({ trained, preparation }, examples, positive);
    return compact({
      score: { ...score, error },
      intervals,
      baseline: { error: majorityError(classes) },
      classes: each,
    });
  }
  if (preparation.target.kind === "several") return await jointFound({ trained, preparation }, examples, score);
  const error = isConstant(examples) ? Number.NaN : score.error;
  return {
    score: { ...score, error, mae: await absoluteError({ trained, preparation }, examples) },
    intervals: await numberIntervals({ trained, preparation }, examples, score),
    baseline: { error: baselineInUnit({ trained, preparation }, examples, examples) },
  };
}

/** The weighted share of rows that are wrong: so much of the first ones, whose classes are known, and all others. */
function withStrangers(error: number, known: number, weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const answered = weights.subarray(0, known).reduce((sum, weight) => sum + weight, 0);
  return (answered === 0 ? total : error * answered + (total - answered)) / total;
}

/** Several targets: each on its own, and the whole relative to always giving the same answer. */
async function jointFound(model: PreparedModel, examples: Examples, score: Score): Promise<Found> {
  const targets = await targetScores(model, examples, { train: examples });
  return {
    score: { ...score, targets },
    intervals: await numberIntervals(model, examples, score),
    baseline: { error: baselineOf(model, examples, examples) },
  };
}

/** The error of always giving the most frequent of these classes. */
function majorityError(classes: ReadonlyMap<string, number>): number {
  const counts = [...classes.values()];
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return (rows - Math.max(...counts)) / rows;
}

/** The mean absolute error in the target's own unit. */
async function absoluteError(model: PreparedModel, examples: Examples): Promise<number> {
  const { answers, targets, weights } = await inOwnUnit(model, examples);
  return weightedMean(
    Float64Array.from(targets, (value, row) => Math.abs(value - (answers[row] ?? Number.NaN))),
    weights,
  );
}

const UNKNOWN: Interval = { from: Number.NaN, to: Number.NaN };

/** The intervals of numbers; of one row nothing is known but itself. */
async function numberIntervals(
  model: PreparedModel,
  examples: Examples,
  score: Score,
): Promise<Evaluation["intervals"]> {
  if (examples.rows < 2) return { error: UNKNOWN, rmse: UNKNOWN };
  return await intervalsOf(model, examples, { score, seed: SEED });
}
