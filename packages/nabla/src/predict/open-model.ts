/** A saved model for pages that only predict: no engine, no training, nothing compiled. */
import { calibratedPreparation, calibration, outputsOf } from "../answers/calibration.ts";
import { type Answer, answersIn, type Row, rowAnswers } from "../answers/row-answers.ts";
import { wrongArgument } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { type FileSource, sourceBytes, sourceName } from "../base/file-source.ts";
import type { Json } from "../base/json.ts";
import { isRecord } from "../base/value-type.ts";
import type { ColumnReading, WantedColumn } from "../data/column-reading.ts";
import type { Preparation } from "../data/preparation.ts";
import { preparationFrom } from "../data/read-preparation.ts";
import { checkAgreement } from "../exchange/check-agreement.ts";
import { modelFileParts } from "../exchange/model-file.ts";
import { modelFromParts } from "../exchange/model-parts.ts";
import type { Inflate } from "../exchange/zip/zip.ts";
import { plainNetwork } from "./plain-network.ts";

/** Options of `openModel`. */
export interface OpenModelOptions {
  /** What the model is called in errors. Default: the name of the file or its address. */
  readonly name?: string;
  /** Whether temperature scaling is applied to probabilities. Default: where the model holds a temperature. */
  readonly calibrated?: boolean;
  /** Unpacks entries that another program compressed. Default: none, since nabla compresses nothing; compressed files are refused. */
  readonly inflate?: Inflate;
}

/** A saved model that answers at once, row by row. */
export interface OpenModel {
  /** The columns that a row has, with their levels; others are ignored. */
  readonly columns: readonly WantedColumn[];
  /** What makes rows into inputs of the network, and its numbers into answers. */
  readonly preparation: Preparation;
  /** The SHA-256 of its weights, which identifies it. */
  readonly sha256: string;
  /** What it holds of rows that it did not learn, for `intervals`; absent where there is nothing. */
  readonly ranges?: Json;
  /**
   * `model.predict({ area: 120, built: "1989-05-01" })`, or a list of such rows for a list of answers. Computed in float64, as the
   * engine `reference` computes; the others round to float32, which changes about the seventh digit. Throws
   * `data/missing-column`, `data/not-a-number` and the like, which name row (from 0) and column.
   */
  readonly predict: PredictNow;
}

/** One row gives one answer, a list of rows a list. */
export interface PredictNow {
  (row: Row, options?: PredictNowOptions): Answer;
  (rows: readonly Row[], options?: PredictNowOptions): readonly Answer[];
}

/** Adds to answers where their targets lie, by what the network itself gave, [rows, outputs]. */
export type Within = (answers: readonly Answer[], given: NdArray) => readonly Answer[];

/** What is answered beside the prediction. */
export interface PredictNowOptions {
  /** Where the true values lie, as `intervals(model, 0.9)` gives it. Default: the prediction alone. */
  readonly within?: Within;
}

/**
 * Opens a `.nabla` file: `const model = await openModel(await fetch("houses.nabla"))`, then `model.predict({ area: 120 })`. It
 * computes networks of dense layers, activations, normalizations, embeddings and waves, and ensembles of them. Throws
 * `predict/layer` and `predict/loss` for others, `predict/shape` for models of images, `predict/series` for those that
 * forecast, `data/fetch` where the server had no such file, and what `readModelFile` throws.
 */
export async function openModel(source: FileSource, options: OpenModelOptions = {}): Promise<OpenModel> {
  const given: unknown = options;
  if (!isRecord(given)) throw wrongArgument("openModel › options", "{ name, calibrated, inflate }", options);
  const { name = sourceName(source) ?? "the model file", calibrated, inflate } = options;
  const parts = modelFileParts(await sourceBytes(source, { caller: "openModel", name }), compact({ name, inflate }));
  const { model, weights, sha256 } = modelFromParts(parts, { place: name });
  try {
    return { ...modelOf(model, weights, calibrated), sha256 };
  } catch (error) {
    throw error instanceof NablaError ? error.withContext(name) : error;
  }
}

function modelOf(
  description: Json,
  weights: ReadonlyMap<string, NdArray>,
  calibrated: boolean | undefined,
): Omit<OpenModel, "sha256"> {
  if (!isRecord(description)) throw new NablaError("model/damaged", "the description of the model is no record");
  const { layers = null, loss = null, shape, classes, preparation, temperature, ranges } = description;
  const size = Array.isArray(shape) ? shape.map(Number) : [];
  const rows = rowAnswers(preparation === undefined ? undefined : preparationFrom(preparation), { decide: asNumbers });
  const network = plainNetwork({ layers, loss, size }, weights);
  const outputs = outputsOf(network.shape);
  const names = Array.isArray(classes) ? { classes: classes.map(String) } : {};
  checkAgreement(description, { shape: size, outputs, preparation: rows.preparation, ...names });
  if (temperature !== undefined && !(typeof temperature === "number" && temperature > 0))
    throw new NablaError(
      "model/damaged",
      `temperature: expected a number above 0, found ${JSON.stringify(temperature)}`,
    );
  const adjust = calibration({ preparation: rows.preparation, ...compact({ temperature }) }, calibrated);
  const told = calibratedPreparation(rows.preparation, temperature, calibrated);
  const predict = ((asked: unknown, { within }: PredictNowOptions = {}) => {
    const { inputs, reply } = rows.read(asked);
    if (inputs.shape[0] === 0) return reply([]);
    const given = network.answer(inputs);
    const found = answersIn(told, adjust(given));
    return reply(within === undefined ? found : within(found, given));
  }) as PredictNow;
  return { columns: rows.columns, preparation: rows.preparation, predict, ...compact({ ranges }) };
}

/** Cells of a column that came without a reading, as from arrays of numbers. */
function asNumbers(): ColumnReading {
  return { as: "number" };
}
