/** Predictions for the rows of a file, chunk by chunk, so that a file larger than memory works. */
import {
  type ColumnReading,
  NablaError,
  type NdArray,
  type Notice,
  type Preparation,
  predictor,
  preparedInputs,
  restoreTargets,
  takeTable,
  wantedColumns,
} from "nabla";
import { answerShape } from "nabla/exchange";
import { writtenValue } from "nabla/reading";
import { type ImageShape, imageShapeIn } from "../sources/image-shape.ts";
import type { FileOptions } from "../sources/profile.ts";
import { type ReadImagesOptions, readImages } from "../sources/read-images.ts";
import { scan, scanNotices } from "../sources/scan.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { namedFor } from "./unnamed-columns.ts";

/** Predictions on their way. */
export interface PredictedFile {
  /** Columns of the file that the model does not use. */
  readonly extra: readonly string[];
  /** What to know of a folder of images: what is left out, for one. */
  readonly notices: readonly Notice[];
  /** The names of the columns that the rows have. */
  readonly header: readonly string[];
  /** The rows as they come, some thousand at once: the prediction, then the probability of each class. */
  readonly chunks: AsyncIterable<readonly (readonly (string | number)[])[]>;
  /** What to know of the rows that came: levels that the model has never seen, cells that did not fit. */
  readonly lateNotices: () => readonly Notice[];
}

export interface PredictOptions extends Pick<ReadImagesOptions, "skipBroken" | "maxPixels">, FileOptions {
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
  /**
   * Whether the temperature that rows chose which were not learned is applied to the probabilities; the predictions stay.
   * Default: where the model holds one.
   */
  readonly calibrated?: boolean;
}

/**
 * Opens a file for a model; columns may be in any order. Throws `data/missing-column` at once, and while reading what
 * is wrong with a cell; `predict/uncalibrated` where the model holds no temperature.
 */
export async function predictFile(
  model: TrainedModel,
  path: string,
  { calibrated = model.temperature !== undefined, ...reading }: PredictOptions = {},
): Promise<PredictedFile> {
  const adjust = calibrated ? await calibrationOf(model) : (answers: NdArray) => answers;
  const image = imageShapeIn(model.preparation);
  const outputs = outputsOf(model);
  if (image !== undefined) return await predictImages(model, path, { ...reading, image, adjust, outputs });
  const { skipBroken: _, maxPixels: __, ...form } = reading;
  const { trained, preparation } = await namedFor(model, path, form);
  const columns = wantedColumns(preparation);
  const source = await scan(path, { ...form, columns });
  const answer = await predictor(trained);
  const { target } = preparation;
  const extra = source.extra.filter((name) => name !== target.name);
  async function* chunks(): AsyncGenerator<readonly (readonly (string | number)[])[], void, undefined> {
    for await (const table of source) {
      const { answers } = await answer(preparedInputs(preparation, table));
      yield rowsOf(preparation, adjust(answers));
    }
  }
  return {
    extra,
    notices: [],
    header: headerOf(preparation, outputs),
    chunks: { [Symbol.asyncIterator]: chunks },
    lateNotices: () => scanNotices(source, columns),
  };
}

/** Numbers in an answer. Throws `predict/shape` where an answer is no row of numbers, as a network from elsewhere may give. */
function outputsOf({ trained }: TrainedModel): number {
  const shape = answerShape(trained);
  const [outputs] = shape;
  if (shape.length === 1 && outputs !== undefined) return outputs;
  const message = `the model answers with numbers of shape [${shape.join(", ")}] for each row, which no table holds`;
  throw new NablaError("predict/shape", message, "ask it in a program: predict(trained, inputs)");
}

/** How many images are prepared and predicted at once. */
const IMAGES_AT_ONCE = 512;

interface ImagePrediction extends Omit<PredictOptions, "calibrated"> {
  readonly image: ImageShape;
  readonly adjust: (answers: NdArray) => NdArray;
  readonly outputs: number;
}

/** Images from a folder or an IDX file; the first column is the file or the index. */
async function predictImages(
  { trained, preparation }: TrainedModel,
  path: string,
  { adjust, outputs, ...reading }: ImagePrediction,
): Promise<PredictedFile> {
  const images = await readImages(path, { ...reading, labeled: false });
  const { notices } = images.profile;
  const answer = await predictor(trained);
  async function* chunks(): AsyncGenerator<readonly (readonly (string | number)[])[], void, undefined> {
    for (let from = 0; from < images.rows; from += IMAGES_AT_ONCE) {
      const rows = Math.min(IMAGES_AT_ONCE, images.rows - from);
      const part = takeTable(
        images,
        Uint32Array.from({ length: rows }, (_, i) => from + i),
      );
      const { answers } = await answer(preparedInputs(preparation, part));
      const found = rowsOf(preparation, adjust(answers));
      yield found.map((row, i) => [images.labels[from + i] ?? "", ...row]);
    }
  }
  return {
    extra: [],
    notices,
    header: ["file", ...headerOf(preparation, outputs)],
    chunks: { [Symbol.asyncIterator]: chunks },
    lateNotices: () => [],
  };
}

async function calibrationOf({ preparation, temperature }: TrainedModel): Promise<(answers: NdArray) => NdArray> {
  if (temperature !== undefined) {
    const { classProbabilities, temper } = await import("nabla/diagnose");
    return (answers) => temper(classProbabilities(answers), temperature);
  }
  const why = preparation.task === "regression" ? "it predicts numbers" : "it was saved without";
  const message = `the model holds no temperature to calibrate its probabilities: ${why}`;
  throw new NablaError("predict/uncalibrated", message, "leave out --calibrated, or train a classifier again");
}

function headerOf({ target }: Preparation, outputs: number): readonly string[] {
  if (target.kind === "classes") return ["prediction", ...target.classes.map((name) => `probability_${name}`)];
  return outputs === 1 ? ["prediction"] : Array.from({ length: outputs }, (_, i) => `prediction_${i + 1}`);
}

function rowsOf(preparation: Preparation, answers: NdArray): readonly (readonly (string | number)[])[] {
  const { target } = preparation;
  return target.kind === "classes"
    ? classRows(answers, target.classes)
    : numberRows(restoreTargets(preparation, answers), target.reading);
}

/** Numbers as the column of the target has them: days are written as dates. */
function numberRows({ data, shape }: NdArray, reading?: ColumnReading): readonly (readonly (number | string)[])[] {
  const [rows = 0, width = 1] = shape;
  const all: (number | string)[][] = [];
  for (let row = 0; row < rows; row++) {
    const cells: (number | string)[] = [];
    for (let i = row * width; i < (row + 1) * width; i++) cells.push(writtenValue(data[i] ?? Number.NaN, reading));
    all.push(cells);
  }
  return all;
}

function classRows({ data, shape }: NdArray, classes: readonly string[]): readonly (readonly (string | number)[])[] {
  const [rows = 0, width = 1] = shape;
  return Array.from({ length: rows }, (_, row) => {
    const cells: (string | number)[] = [""];
    // one output for two classes is the probability of the second
    if (width === 1) cells.push(1 - (data[row] ?? 0));
    for (let i = row * width; i < (row + 1) * width; i++) cells.push(data[i] ?? 0);
    let likeliest = 1;
    for (let i = 2; i < cells.length; i++) if ((cells[i] ?? 0) > (cells[likeliest] ?? 0)) likeliest = i;
    cells[0] = classes[likeliest - 1] ?? "";
    return cells;
  });
}
