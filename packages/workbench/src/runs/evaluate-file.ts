/** How well a model does on the rows of a file with known labels, wherever the model came from. */
import { applyPreparation, compact, evaluate, NablaError, type Notice } from "nabla";
import { readData } from "../experiment/parts.ts";
import { imageShapeIn } from "../sources/image-shape.ts";
import type { ReadImagesOptions } from "../sources/read-images.ts";
import type { Score } from "../store/run.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { baselineError } from "./baseline.ts";
import { type Evaluation, intervalsOf } from "./evaluate-run.ts";
import { scoreOf } from "./outcome.ts";
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

export interface EvaluateFileOptions extends Pick<ReadImagesOptions, "skipBroken" | "maxPixels"> {
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
  const named = await namedFor(renamed, path);
  const { trained } = named;
  const image = imageShapeIn(preparation);
  const table = await readData(compact({ data: path, target: asked, task: preparation.task, image, ...reading }));
  if (table.givenParts !== undefined) {
    const message = `${table.profile.file} is divided into parts, of which one is to be measured`;
    throw new NablaError("data/parts", message, "name the folder of one part, such as its folder test");
  }
  const examples = applyPreparation(named.preparation, table);
  const measures = await evaluate(trained, examples).catch((error: unknown) => {
    if (!(error instanceof NablaError) || error.code !== "loss/shape") throw error;
    throw new NablaError("evaluate/answers", "the model has several outputs, and a table has one target column");
  });
  const score = await scoreOf(measures, { trained, preparation }, examples);
  const intervals = await intervalsOf({ trained, preparation }, examples, { score, seed: SEED });
  const baseline = { error: baselineError(examples, examples) };
  return { rows: examples.rows, score, intervals, baseline, notices: image === undefined ? [] : table.profile.notices };
}
