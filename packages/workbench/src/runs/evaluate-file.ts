/** How well a model does on the rows of a file with known labels, wherever the model came from. */
import {
  applyPreparation,
  compact,
  count,
  evaluate,
  joinTables,
  NablaError,
  type Notice,
  type Preparation,
  type Table,
  takeTable,
  wantedColumns,
  wantedTarget,
} from "nabla";
import { readData } from "../experiment/parts.ts";
import { imageShapeIn } from "../sources/image-shape.ts";
import type { FileOptions } from "../sources/profile.ts";
import type { ReadImagesOptions } from "../sources/read-images.ts";
import { type ScannedTable, scan, scanNotices } from "../sources/scan.ts";
import { shortList } from "../sources/source-files.ts";
import type { Score } from "../store/run.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { baselineError } from "./baseline.ts";
import { type Evaluation, intervalsOf } from "./evaluate-run.ts";
import { isConstant, scoreOf } from "./outcome.ts";
import { namedFor } from "./unnamed-columns.ts";

/** What was found: as for a part of a run, without a run. */
export interface FileEvaluation {
  readonly rows: number;
  readonly score: Score;
  readonly intervals: Evaluation["intervals"];
  /** The error of always giving the file's own most frequent class, or its mean. */
  readonly baseline: { readonly error: number };
  /** What to know of a folder of images: what is left out, for one. */
  readonly notices: readonly Notice[];
}

export interface EvaluateFileOptions extends Pick<ReadImagesOptions, "skipBroken" | "maxPixels">, FileOptions {
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
  /** The column with the labels, where its name in the file differs from the model's. */
  readonly target?: string;
}

// what draws the samples of a bootstrap: one file gives one interval
const SEED = 1;

/**
 * Measures a model on a labeled table or on images by class. Throws `evaluate/answers` for a network with several numbers
 * in an answer, and `data/parts` for a folder of several parts, and what reading tables and preparing them throws.
 */
export async function evaluateFile(
  model: TrainedModel,
  path: string,
  { target, ...reading }: EvaluateFileOptions = {},
): Promise<FileEvaluation> {
  const { preparation } = model;
  const asked = target ?? preparation.target.name;
  const renamed = { ...model, preparation: { ...preparation, target: { ...preparation.target, name: asked } } };
  const image = imageShapeIn(preparation);
  const { skipBroken, maxPixels, ...form } = reading;
  const { trained, ...named } = image === undefined ? await namedFor(renamed, path, form) : renamed;
  const { table, notices } =
    image === undefined
      ? await labeledTable(path, { preparation: named.preparation, form })
      : await labeledImages(
          compact({ data: path, target: asked, task: preparation.task, image, skipBroken, maxPixels }),
        );
  const examples = applyPreparation(named.preparation, table);
  const measures = await evaluate(trained, examples).catch((error: unknown) => {
    if (!(error instanceof NablaError) || error.code !== "loss/shape") throw error;
    throw new NablaError("evaluate/answers", "the model has several outputs, and a table has one target column");
  });
  const measured = await scoreOf(measures, { trained, preparation }, examples);
  const score = isConstant(examples) ? { ...measured, error: Number.NaN } : measured;
  const intervals = await intervalsOf({ trained, preparation }, examples, { score, seed: SEED });
  const baseline = { error: baselineError(examples, examples) };
  return { rows: examples.rows, score, intervals, baseline, notices };
}

/** Rows to be measured, and what to know of them. */
interface Labeled {
  readonly table: Table;
  readonly notices: readonly Notice[];
}

async function labeledImages(options: Parameters<typeof readData>[0]): Promise<Labeled> {
  const table = await readData(options);
  if (table.givenParts === undefined) return { table, notices: table.profile.notices };
  const message = `${table.profile.file} is divided into parts, of which one is to be measured`;
  throw new NablaError("data/parts", message, "name the folder of one part, such as its folder test");
}

interface LabeledOptions {
  readonly preparation: Preparation;
  readonly form: Omit<EvaluateFileOptions, "target" | "skipBroken" | "maxPixels">;
}

/** The rows of a file that have a label, read as those that the model learned from. */
async function labeledTable(path: string, { preparation, form }: LabeledOptions): Promise<Labeled> {
  const columns = wantedColumns(preparation);
  const target = wantedTarget(preparation);
  const source = await scan(path, { ...form, columns, target, chunkRows: Number.POSITIVE_INFINITY });
  let [joined, unlabeled]: [Table | undefined, number] = [undefined, 0];
  for await (const table of source) {
    checkClasses(table, target.levels);
    const labeled = labeledRows(table);
    unlabeled += table.rows - labeled.length;
    const part = labeled.length === table.rows ? table : takeTable(table, labeled);
    joined = joined === undefined ? part : joinTables(joined, part);
  }
  if (joined === undefined || joined.rows === 0) {
    const message = `${path}, column ${target.name}: no row has a label to be measured by`;
    throw new NablaError("data/missing", message, "name the column of the labels: --target column");
  }
  const left = unlabeled === 0 ? [] : [`${count(unlabeled, "row")} without a target left out`];
  const notices = left.map((message) => ({ code: "data/missing-target", message }));
  return { table: joined, notices: [...notices, ...scanNotices(source, columns)] };
}

function labeledRows({ target, rows }: Table): Uint32Array {
  const has = (row: number): boolean =>
    target?.kind === "category"
      ? (target.codes[row] ?? -1) >= 0
      : !Number.isNaN(target?.values.data[row] ?? Number.NaN);
  return Uint32Array.from({ length: rows }, (_, row) => row).filter(has);
}

/** Throws `data/unknown-class`, naming the row, for classes that the model does not know. */
function checkClasses({ target, placeOf }: ScannedTable, classes: readonly string[] = []): void {
  if (target?.kind !== "category" || target.levels.length === classes.length) return;
  const unknown = (code: number): boolean => code >= classes.length;
  const row = target.codes.findIndex(unknown);
  const rows = target.codes.reduce((sum, code) => sum + Number(unknown(code)), 0);
  const more = rows > 1 ? ` (and ${count(rows - 1, "row")} more with classes that it does not know)` : "";
  const message = `${placeOf(row)}, column ${target.name}: the model does not know the class "${target.levels[target.codes[row] ?? 0]}"${more}`;
  throw new NablaError(
    "data/unknown-class",
    message,
    `it knows ${shortList(classes)}; leave such rows out, or train again with them`,
  );
}
