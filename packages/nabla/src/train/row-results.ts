/** What a network does with each row of a part. */

import { wrongArgument } from "../array/check-array.ts";
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { namedValue } from "../base/named.ts";
import { isRecord } from "../base/value-type.ts";
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
  /** How much each row counts; absent where all count alike. */
  readonly weights?: Float64Array;
}

/**
 * What the mean of the mistakes is divided by to give the error: the variance of numbers, so that it is 1 - R²; mistakes of classes
 * and of several targets are errors themselves.
 */
export function mistakeScale({ task, targets, weights }: Pick<RowResults, "task" | "targets" | "weights">): number {
  if (task !== "regression") return 1;
  return varianceOf(targets, weights && ndarray(weights, [weights.length]));
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
  return {
    ...{ task: loss.task, mistakes, losses, targets: examples.targets, answers: Float64Array.from(answers) },
    ...compact({ weights: weightsIn(examples) }),
  };
}

/** How much each row counts by its mask: the sum over its positions. Undefined where all count alike. */
export function weightsIn(examples: Pick<Examples, "mask" | "rows">): Float64Array | undefined {
  if (!isRecord(examples)) throw wrongArgument("weightsIn › examples", "examples { rows, mask }", examples);
  const { mask, rows } = examples;
  const own = namedValue(mask, undefined);
  if (own === undefined) return undefined;
  const each = own.data.length / Math.max(1, rows);
  const weights = new Float64Array(rows);
  for (let i = 0; i < own.data.length; i++)
    weights[Math.floor(i / each)] = (weights[Math.floor(i / each)] ?? 0) + (own.data[i] ?? 0);
  return weights;
}
