/** The cost of a model on some examples as a graph to inspect: for gradient checks, health and curvature. */
import { wrongArgument } from "../array/check-array.ts";
import type { DType } from "../array/dtype.ts";
import { castArray, type NdArray, ndarray, scalar } from "../array/ndarray.ts";
import { namedValue } from "../base/named.ts";
import { fork, seedKey } from "../base/random.ts";
import { isRecord } from "../base/value-type.ts";
import type { Examples } from "../data/examples.ts";
import { add } from "../graph/elementwise.ts";
import { constant, input, state } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { meanOfExamples } from "../nn/mask.ts";
import { type ByPath, buildModel, initModel, type ModelVariables, RANDOM } from "../nn/model.ts";
import type { Penalty } from "../nn/penalty.ts";
import { checkExamples } from "./check-job.ts";
import { withGivenBiases } from "./given-weights.ts";
import { beginningFeeds } from "./measures.ts";

/** A model with its objective and its current weights. */
export interface CostSpec {
  readonly model: Layer;
  readonly loss: Loss;
  /** What weights cost; nothing by default. */
  readonly penalty?: Penalty;
  /** The examples, used as one batch. */
  readonly examples: Examples;
  /** Parameters and buffers by path; when left out, the initial ones drawn by the seed. */
  readonly weights?: ByPath<NdArray>;
}

/** Options of `modelCost`. */
export interface CostOptions {
  /** The seed of the initial weights and of masks; 1 by default. */
  readonly seed?: number;
  /** The dtype of the graph. Default float64. */
  readonly dtype?: DType;
  /** The step whose dropout masks are drawn. Default 0. */
  readonly step?: number;
  /** The initial variables of the model, if they have been drawn already. By default they are drawn. */
  readonly variables?: ModelVariables;
}

/** A cost as a graph, with all of its feeds. */
export interface ModelCost {
  readonly cost: Tensor;
  /** States of the trainable parameters. */
  readonly parameters: ByPath<Tensor>;
  /** The batch: [rows, ...shape]. */
  readonly x: Tensor;
  /** The output of each layer, by path, in order. */
  readonly activations: ByPath<Tensor>;
  readonly feeds: Readonly<Record<string, NdArray | number>>;
}

/** Builds the cost of a model in training mode: mean loss and penalty, masks of one step, batch mean and variance. */
export function modelCost(
  spec: CostSpec,
  { seed = 1, dtype = "float64", step = 0, variables: drawn }: CostOptions = {},
): ModelCost {
  if (!isRecord(spec) || !isRecord(spec.model) || !isRecord(spec.loss))
    throw wrongArgument("modelCost", "{ model, loss, examples }", spec);
  checkExamples(spec.examples, "modelCost › examples");
  const { model, loss, penalty, examples, weights } = spec;
  const key = seedKey(seed);
  const shape = examples.inputs.shape.slice(1);
  const own = drawn ?? initModel(model, shape, fork(key, "parameters"));
  const begun = weights === undefined ? own : withGivenBiases(own, weights);
  const arrays = weights ?? new Map([...begun.parameters, ...begun.buffers]);
  const variables = new Map([...arrays].map(([path, array]) => [path, state(path, castArray(array, dtype))]));
  const parameters = new Map([...variables].filter(([path]) => begun.parameters.has(path)));
  const x = input("inputs", ["batch", ...shape], dtype);
  const targets = examples.targets.dtype === "int32" ? examples.targets : castArray(examples.targets, dtype);
  const y = input("targets", ["batch", ...targets.shape.slice(1)], targets.dtype);
  const built = buildModel(model, x, { variables, mode: "train" });
  const mask = namedValue(examples.mask, undefined);
  const counts = mask === undefined ? undefined : input("mask", ["batch", ...mask.shape.slice(1)], mask.dtype);
  const losses = meanOfExamples(loss.loss(built.output, y, counts), counts);
  const random = ndarray(Int32Array.of(...fork(key, "steps").seed, step), [3]);
  return {
    cost: penalty === undefined ? losses : add(losses, penaltyOf(penalty, parameters, { rows: examples.rows, dtype })),
    parameters,
    x,
    activations: built.activations,
    feeds: {
      inputs: castArray(examples.inputs, dtype),
      targets,
      ...(mask === undefined ? {} : { mask }),
      ...beginningFeeds(built),
      ...(built.random === undefined ? {} : { [RANDOM]: random }),
    },
  };
}

function penaltyOf(
  penalty: Penalty,
  parameters: ByPath<Tensor>,
  { rows, dtype }: { readonly rows: number; readonly dtype: DType },
): Tensor {
  const fed = (name: string): Tensor => constant(scalar(penalty.fed(penalty.settings[name] ?? 0, rows), dtype));
  return penalty.cost(parameters, fed);
}
