/** How well a model does on a part of the data. */
import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { type Examples, type StoredExamples, sliceExamples } from "../data/examples.ts";
import type { Engine } from "../engine/contract.ts";
import { compile, type Program } from "../engine/program.ts";
import { input } from "../graph/leaf.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { type BuiltModel, type ByPath, buildModel } from "../nn/model.ts";
import { defaults } from "./defaults.ts";

/** What was measured on a part. */
export interface Measures {
  /** The mean loss, without penalties. */
  readonly cost: number;
  /** The fraction wrong, or 1 - R² for numbers. */
  readonly error: number;
  /** The mean mistake: again the fraction wrong, or the squared error of an example (summed over its numbers). */
  readonly mistake: number;
  readonly rows: number;
}

/** The inputs of a graph for examples like these, named lengths instead of row counts. */
export function inputsFor({ inputs, targets }: Pick<StoredExamples, "inputs" | "targets">): {
  readonly x: Tensor;
  readonly y: Tensor;
} {
  return {
    x: input("inputs", ["batch", ...inputs.shape.slice(1)], inputs.dtype),
    y: input("targets", ["batch", ...targets.shape.slice(1)], targets.dtype),
  };
}

/** Measures parts with the parameters that it was made on. */
export interface Meter {
  measure(examples: Examples | StoredExamples): Promise<Measures>;
}

export interface MeterOptions {
  readonly share?: Program;
  readonly engine?: Engine | undefined;
}

/** Compiles the measuring of a model once, for all parts whose examples look like `like`. */
export async function meterFor(
  { model, loss, kept: variables }: { readonly model: Layer; readonly loss: Loss; readonly kept: ByPath<Tensor> },
  like: Pick<StoredExamples, "inputs" | "targets">,
  { share, engine }: MeterOptions = {},
): Promise<Meter> {
  const { x, y } = inputsFor(like);
  const built = buildModel(model, x, { variables, mode: "predict" });
  const outputs = { loss: sum(loss.loss(built.output, y)), mistake: sum(loss.exampleError(built.output, y)) };
  const program = await compile(
    { inputs: [x, y, ...fedInputs(built)], outputs },
    { ...(share === undefined ? {} : { share }), ...(engine === undefined ? {} : { engine }) },
  );
  const feeds: Record<string, NdArray | number> = beginningFeeds(built);
  return {
    measure: async (examples) => {
      let [cost, mistake] = [0, 0];
      for (let from = 0; from < examples.rows; from += defaults.evaluationBatch) {
        const part = sliceExamples(examples, from, from + defaults.evaluationBatch);
        feeds.inputs = part.inputs;
        feeds.targets = part.targets;
        const results = await program.run(feeds);
        cost += known(results.loss?.data[0], "loss");
        mistake += known(results.mistake?.data[0], "mistake");
      }
      const mean = mistake / examples.rows;
      return {
        cost: cost / examples.rows,
        error: loss.error(mean, examples.targets),
        mistake: mean,
        rows: examples.rows,
      };
    },
  };
}

/** The inputs that a model's graph adds to a program. */
export function fedInputs(built: BuiltModel): readonly Tensor[] {
  return [
    ...[...built.numbers.values()].map((number) => number.input),
    ...(built.random === undefined ? [] : [built.random]),
  ];
}

/** Feeds that hold what the model's numbers begin as. */
export function beginningFeeds(built: BuiltModel): Record<string, number> {
  return Object.fromEntries([...built.numbers].map(([name, { value }]) => [name, value]));
}
