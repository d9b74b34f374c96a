/** Predictions for the rows of a file, chunk by chunk, so that a file larger than memory works. */
import {
  type CategoryColumn,
  NablaError,
  type NdArray,
  type Notice,
  type Preparation,
  predictedRanges,
  predictor,
  preparedInputs,
  soleTargets,
  takeTable,
  wantedColumns,
} from "nabla";
import {
  type AnswerRow,
  answerHeader,
  answerRows,
  calibratedPreparation,
  calibration,
  outputsOf,
  rangeCells,
  rangeHeader,
} from "nabla/answers";
import { answerShape } from "nabla/exchange";
import type { ImageShape } from "nabla/images";
import { imageShapeIn } from "../sources/image-shape.ts";
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
  readonly chunks: AsyncIterable<readonly AnswerRow[]>;
  /** What to know of the rows that came: levels that the model has never seen, cells that did not fit. */
  readonly lateNotices: () => readonly Notice[];
}

/** Options of `predictFile`. */
export interface PredictOptions extends Pick<ReadImagesOptions, "skipBroken" | "maxPixels">, FileOptions {
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
  /**
   * Whether the temperature that rows chose which were not learned is applied to the probabilities; the predictions stay.
   * Default: where the model holds one.
   */
  readonly calibrated?: boolean;
  /**
   * Where the true value lies with at least this probability, such as 0.9: columns `lower` and `upper` of numbers, and `set` of
   * classes. Default: none.
   */
  readonly interval?: number | undefined;
  /** Columns of the file that stand before the predictions, as they are written there; none by default. */
  readonly keep?: readonly string[];
}

/**
 * Opens a file for a model; columns may be in any order. Throws `data/missing-column` at once, and while reading what
 * is wrong with a cell; `predict/uncalibrated` where the model holds no temperature.
 */
export async function predictFile(
  model: TrainedModel,
  path: string,
  { calibrated, interval, keep = [], ...reading }: PredictOptions = {},
): Promise<PredictedFile> {
  const adjust = calibration(model, calibrated);
  const told = calibratedPreparation(model.preparation, model.temperature, calibrated);
  const image = imageShapeIn(model.preparation);
  const rangesOf = rangesIn(model, interval);
  const outputs = outputsOf(answerShape(model.trained));
  if (image !== undefined) {
    if (keep.length > 0) throw new NablaError("predict/keep", "images have no columns to keep", "leave out --keep");
    return await predictImages(model, path, { ...reading, image, adjust, told, outputs, rangesOf });
  }
  const { skipBroken: _, maxPixels: __, ...form } = reading;
  const { trained, preparation } = await namedFor(model, path, { ...form, keep });
  const columns = wantedColumns(preparation);
  const source = await scan(path, { ...form, columns, keep });
  const answer = await predictor(trained);
  const targets = soleTargets(preparation).map(({ name }) => name);
  const extra = source.extra.filter((name) => !targets.includes(name));
  async function* chunks(): AsyncGenerator<readonly AnswerRow[], void, undefined> {
    for await (const table of source) {
      const { answers } = await answer(preparedInputs(preparation, table));
      const rows = withRangeCells(preparation, answerRows(told, adjust(answers)), rangesOf?.(answers));
      const { kept } = table;
      yield kept.length === 0 ? rows : rows.map((row, i) => [...kept.map((column) => levelAt(column, i)), ...row]);
    }
  }
  return {
    extra,
    notices: [],
    header: [
      ...keep,
      ...answerHeader(preparation, outputs),
      ...(rangesOf === undefined ? [] : rangeHeader(preparation)),
    ],
    chunks: { [Symbol.asyncIterator]: chunks },
    lateNotices: () => scanNotices(source, columns),
  };
}

/** Makes ranges of answers; undefined where none are asked for. */
type RangesOf = ReturnType<typeof predictedRanges> | undefined;

function rangesIn({ preparation, ranges }: TrainedModel, interval: number | undefined): RangesOf {
  return interval === undefined ? undefined : predictedRanges(preparation, ranges, interval);
}

/** Rows of answers with the cells of their ranges behind them. */
function withRangeCells(
  preparation: Preparation,
  rows: readonly AnswerRow[],
  ranges: ReturnType<ReturnType<typeof predictedRanges>> | undefined,
): readonly AnswerRow[] {
  if (ranges === undefined) return rows;
  return rows.map((row, i) => [...row, ...rangeCells(preparation, ranges[i] ?? [])]);
}

function levelAt({ codes, levels }: CategoryColumn, row: number): string {
  return levels[codes[row] ?? -1] ?? "";
}

/** How many images are prepared and predicted at once. */
const IMAGES_AT_ONCE = 512;

interface ImagePrediction extends Omit<PredictOptions, "calibrated" | "keep" | "interval"> {
  readonly image: ImageShape;
  readonly adjust: (answers: NdArray) => NdArray;
  /** The preparation of what `adjust` gives. */
  readonly told: Preparation;
  readonly outputs: number;
  readonly rangesOf: RangesOf;
}

/** Images from a folder or an IDX file; the first column is the file or the index. */
async function predictImages(
  { trained, preparation }: TrainedModel,
  path: string,
  { adjust, told, outputs, rangesOf, ...reading }: ImagePrediction,
): Promise<PredictedFile> {
  const images = await readImages(path, { ...reading, labeled: false });
  const { notices } = images.profile;
  const answer = await predictor(trained);
  async function* chunks(): AsyncGenerator<readonly AnswerRow[], void, undefined> {
    for (let from = 0; from < images.rows; from += IMAGES_AT_ONCE) {
      const rows = Math.min(IMAGES_AT_ONCE, images.rows - from);
      const part = takeTable(
        images,
        Uint32Array.from({ length: rows }, (_, i) => from + i),
      );
      const { answers } = await answer(preparedInputs(preparation, part));
      const found = withRangeCells(preparation, answerRows(told, adjust(answers)), rangesOf?.(answers));
      yield found.map((row, i) => [images.labels[from + i] ?? "", ...row]);
    }
  }
  return {
    extra: [],
    notices,
    header: [
      "file",
      ...answerHeader(preparation, outputs),
      ...(rangesOf === undefined ? [] : rangeHeader(preparation)),
    ],
    chunks: { [Symbol.asyncIterator]: chunks },
    lateNotices: () => [],
  };
}
