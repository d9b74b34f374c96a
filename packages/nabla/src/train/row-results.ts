/** What a network does with each row of a part. */
import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { namedValue } from "../base/named.ts";
import { type Examples, sliceExamples } from "../data/examples.ts";
import type { Task } from "../data/preparation.ts";
import type { Engine } from "../engine/contract.ts";
import { compile } from "../engine/program.ts";
import { state } from "../graph/leaf.ts";
import { varianceOf } from "../nn/loss.ts";
import { buildModel } from "../nn/model.ts";
import { checkExamples, checkTrained } from "./check-job.ts";
import { defaults } from "./defaults.ts";
import { exampleFeeds, inputsFor } from "./example-inputs.ts";
import { beginningFeeds, fedInputs } from "./measures.ts";
import type { Trained } from "./trained.ts";

/** One number a row each. */
export interface RowResults {
  readonly task: Task;
  /** 0 or 1 for classes, the squared difference for numbers. */
  readonly mistakes: Float64Array;
  readonly losses: Float64Array;
  /** The true class codes [rows], or the true numbers [rows, k]. */
  readonly targets: NdArray;
  /** The network's predictions: [rows, outputs]. */
  readonly answers: Float64Array;
}

/**
 * What the mean of the mistakes is divided by to give the error: the variance of numbers, so that it is 1 - R²; mistakes of classes
 * and of several targets are errors themselves.
 */
export function mistakeScale({ task, targets }: Pick<RowResults, "task" | "targets">): number {
  return task === "regression" ? varianceOf(targets) : 1;
}

/** Error, loss and prediction of every row, in row order. */
export async function rowResults(
  trained: Trained,
  examples: Examples,
  { engine }: { readonly engine?: Engine | undefined } = {},
): Promise<RowResults> {
  checkTrained("rowResults", trained);
  checkExamples(examples, "rowResults › examples");
  const { model, loss, weights } = trained;
  const { x, y, mask, all } = inputsFor(examples);
  const variables = new Map([...weights].map(([path, array]) => [path, state(path, array)]));
  const built = buildModel(model, x, { variables, mode: "predict" });
  const counts = namedValue(mask, undefined);
  const outputs = {
    mistake: loss.exampleError(built.output, y, counts),
    loss: loss.loss(built.output, y, counts),
    answer: loss.answer(built.output),
  };
  const program = await compile(
    { inputs: [...all, ...fedInputs(built)], outputs },
    engine === undefined ? {} : { engine },
  );
  const feeds: Record<string, NdArray | number> = beginningFeeds(built);
  const mistakes = new Float64Array(examples.rows);
  const losses = new Float64Array(examples.rows);
  const answers: number[] = [];
  for (let from = 0; from < examples.rows; from += defaults.evaluationBatch) {
    const part = sliceExamples(examples, from, from + defaults.evaluationBatch);
    Object.assign(feeds, exampleFeeds(part));
    const found = await program.run(feeds);
    mistakes.set(known(found.mistake, "the example errors").data, from);
    losses.set(known(found.loss, "the losses").data, from);
    for (const answer of known(found.answer, "the answers").data) answers.push(answer);
  }
  return { task: loss.task, mistakes, losses, targets: examples.targets, answers: Float64Array.from(answers) };
}
