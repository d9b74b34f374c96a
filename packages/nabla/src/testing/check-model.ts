import { castArray, type NdArray, ndarray, scalar } from "../array/ndarray.ts";
import { fork, seedKey } from "../base/random.ts";
import type { Examples } from "../data/examples.ts";
import { add } from "../graph/elementwise.ts";
import { constant, input, state } from "../graph/leaf.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { type ByPath, beginModel, buildModel, RANDOM } from "../nn/model.ts";
import type { Penalty } from "../nn/penalty.ts";
import { checkGradients, type GradientOptions, type GradientReport, type GradientSpec } from "./gradient-check.ts";

/** A model to check as it trains. */
export interface ModelSpec {
  readonly model: Layer;
  readonly loss: Loss;
  readonly penalty?: Penalty;
  /** A few rows are enough: their mean loss is the cost. */
  readonly examples: Examples;
  /** Where to check; the beginning drawn by the options' seed when left out. Check again after some training. */
  readonly weights?: ByPath<NdArray>;
}

/**
 * Checks the gradients of a model in training mode, or of any cost. All is computed in float64 on the reference engine;
 * dropout masks are frozen, batch norm uses the statistics of the rows, and the penalty is part of the cost.
 */
export async function gradientCheck(
  what: ModelSpec | GradientSpec,
  options: GradientOptions = {},
): Promise<GradientReport> {
  return checkGradients("cost" in what ? what : specOf(what, options.seed ?? 1), options);
}

function specOf({ model, loss, penalty, examples, weights }: ModelSpec, seed: number): GradientSpec {
  const key = seedKey(seed);
  const begun = beginModel(model, examples.inputs.shape.slice(1), fork(key, "parameters"));
  const arrays = weights ?? new Map([...begun.parameters, ...begun.statistics]);
  const kept = new Map([...arrays].map(([path, array]) => [path, state(path, castArray(array, "float64"))]));
  const parameters = new Map([...kept].filter(([path]) => begun.parameters.has(path)));
  const x = input("inputs", ["batch", ...examples.inputs.shape.slice(1)], "float64");
  const targets = examples.targets.dtype === "int32" ? examples.targets : castArray(examples.targets, "float64");
  const y = input("targets", ["batch", ...targets.shape.slice(1)], targets.dtype);
  const built = buildModel(model, x, { kept, mode: "train" });
  const random = ndarray(Int32Array.of(...fork(key, "steps").seed, 0), [3]);
  return {
    cost: withPenalty(mean(loss.loss(built.output, y)), penalty, { parameters, rows: examples.rows }),
    parameters,
    feeds: {
      inputs: castArray(examples.inputs, "float64"),
      targets,
      ...Object.fromEntries([...built.numbers].map(([name, { value }]) => [name, value])),
      ...(built.random === undefined ? {} : { [RANDOM]: random }),
    },
  };
}

function withPenalty(
  cost: Tensor,
  penalty: Penalty | undefined,
  { parameters, rows }: { parameters: ByPath<Tensor>; rows: number },
): Tensor {
  if (penalty === undefined) return cost;
  const fed = (name: string): Tensor => constant(scalar(penalty.fed(penalty.settings[name] ?? 0, rows), "float64"));
  return add(cost, penalty.cost(parameters, fed));
}
