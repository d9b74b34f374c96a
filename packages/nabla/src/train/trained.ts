/** A model with the numbers it learned. */
import { type NdArray, rows as rowsOf, zeros } from "../array/ndarray.ts";
import { type Size, sameShape, showShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import type { Examples } from "../data/examples.ts";
import type { Table } from "../data/table.ts";
import type { Engine } from "../engine/contract.ts";
import { compile } from "../engine/program.ts";
import { input, state } from "../graph/leaf.ts";
import { argmax } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { type ByPath, buildModel } from "../nn/model.ts";
import { defaults } from "./defaults.ts";
import { examplesFrom } from "./job.ts";
import { beginningFeeds, fedInputs, type Measures, meterFor } from "./measures.ts";

/** What training gives and predicting takes. */
export interface Trained {
  readonly model: Layer;
  readonly loss: Loss;
  /** Parameters and buffers by path. */
  readonly weights: ByPath<NdArray>;
  /** The shape of one example. */
  readonly shape: Size;
  /** The names of the classes, where there are any. */
  readonly classes?: readonly string[];
}

export interface UseOptions {
  /** What computes. Default: WebAssembly. */
  readonly engine?: Engine;
}

/** A network's answers for some rows. */
export interface Predictions {
  /** Probabilities of classes, or numbers: [rows, outputs]. */
  readonly answers: NdArray;
  /** The likeliest class of each row, for models with class codes as targets: int32 [rows]. */
  readonly classes?: NdArray;
}

function statesOf(weights: ByPath<NdArray>): ByPath<Tensor> {
  return new Map([...weights].map(([path, array]) => [path, state(path, array)]));
}

/** Cost and error on examples or a table of numbers. Throws the loss's errors where targets do not fit. */
export async function evaluate(
  trained: Trained,
  data: Examples | Table,
  { engine }: UseOptions = {},
): Promise<Measures> {
  const examples = examplesFrom(data);
  const { model, loss, weights } = trained;
  const meter = await meterFor({ model, loss, kept: statesOf(weights) }, examples, { engine });
  return meter.measure(examples);
}

/** A model made ready to answer: call it with inputs [rows, ...shape] as often as there are some. */
export async function predictor(
  trained: Trained,
  { engine }: UseOptions = {},
): Promise<(inputs: NdArray) => Promise<Predictions>> {
  const x = input("inputs", ["batch", ...trained.shape]);
  const built = buildModel(trained.model, x, { variables: statesOf(trained.weights), mode: "predict" });
  const answers = trained.loss.answer(built.output);
  const decides = trained.loss.task === "classification" && Number(answers.shape.at(-1)) > 1;
  const outputs = decides ? { answers, classes: argmax(answers, { axis: -1 }) } : { answers };
  const program = await compile(
    { inputs: [x, ...fedInputs(built)], outputs: { ...outputs } },
    engine === undefined ? {} : { engine },
  );
  const feeds: Record<string, NdArray | number> = beginningFeeds(built);
  return async (inputs) => {
    if (!sameShape(inputs.shape.slice(1), trained.shape)) {
      const message = `the model takes examples of shape ${showShape(trained.shape)}, received ${showShape(inputs.shape.slice(1))}`;
      throw new NablaError("predict/shape", message);
    }
    const total = inputs.shape[0] ?? 0;
    const parts: Record<string, NdArray>[] = [];
    for (let from = 0; from < total || from === 0; from += defaults.evaluationBatch) {
      feeds.inputs = rowsOf(inputs, from, from + defaults.evaluationBatch);
      parts.push(await program.run(feeds));
    }
    const joined = (name: string): NdArray => joinRows(parts.map((part) => known(part[name], name)));
    return decides ? { answers: joined("answers"), classes: joined("classes") } : { answers: joined("answers") };
  };
}

/** Answers for inputs [rows, ...shape]; to answer again and again make a `predictor`. */
export async function predict(trained: Trained, inputs: NdArray, options: UseOptions = {}): Promise<Predictions> {
  return (await predictor(trained, options))(inputs);
}

function joinRows(parts: readonly NdArray[]): NdArray {
  const first = known(parts[0], "predictions");
  if (parts.length === 1) return first;
  const total = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
  const joined = zeros([total, ...first.shape.slice(1)], first.dtype);
  let at = 0;
  for (const { data } of parts) {
    joined.data.set(data, at);
    at += data.length;
  }
  return joined;
}
