/** A layer turned into its initial variables and the graph it computes. */
import { wrongArgument } from "../array/check-array.ts";
import type { DType } from "../array/dtype.ts";
import { isNdArray, type NdArray } from "../array/ndarray.ts";
import type { Shape } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { entriesOf } from "../base/named.ts";
import { hashName, type Key } from "../base/random.ts";
import type { Range } from "../base/range.ts";
import { leaves } from "../base/tree.ts";
import { isRecord } from "../base/value-type.ts";
import { checkTensor } from "../graph/check-tensor.ts";
import { input } from "../graph/leaf.ts";
import { cast } from "../graph/movement.ts";
import { randomUniform } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer, Mode, Scope, Signal, SizeOf } from "./layer.ts";

/** Arrays or tensors by path, as `dense1.weights`. */
export type ByPath<T> = ReadonlyMap<string, T>;

/** The initial variables of a model. */
export interface ModelVariables<Out extends Signal = Tensor> {
  readonly parameters: ByPath<NdArray>;
  readonly buffers: ByPath<NdArray>;
  /** The shape of one output. */
  readonly shape: SizeOf<Out>;
}

/** Draws a model's parameters for examples of a shape; the same key gives the same numbers. */
export function initModel<In extends Signal, Out extends Signal>(
  model: Layer<In, Out>,
  shape: SizeOf<In>,
  key: Key,
): ModelVariables<Out> {
  checkModel(model);
  const [given, variables] = withContext("model", () => [model.shapeOf(shape), model.init(shape, key, {})] as const);
  return {
    parameters: leaves(variables.parameters, isNdArray),
    buffers: leaves(variables.buffers, isNdArray),
    shape: given,
  };
}

function checkModel(model: unknown): void {
  if (!isRecord(model) || typeof model.apply !== "function")
    throw wrongArgument("model", "what nabla's layer functions give", model);
}

/** What a model is built on. */
export interface BuildOptions {
  /** Parameters and buffers: states, inputs or anything else of their shape. */
  readonly variables: ByPath<Tensor>;
  readonly mode: Mode;
  /** Whether dropout drops. Default: in training only. */
  readonly dropoutActive?: boolean;
  /** Whether the layer at a path learns nothing: it computes as in prediction, but for dropout. Default: none. */
  readonly frozen?: (path: string) => boolean;
}

/** A number that is fed at every step. */
export interface FedNumber {
  readonly input: Tensor;
  /** Its initial value and its allowed range. */
  readonly value: number;
  readonly range: Range;
}

/** A model's graph. */
export interface BuiltModel<Out extends Signal = Tensor> {
  readonly output: Out;
  /** Next values of the buffers. */
  readonly buffers: ByPath<Tensor>;
  /** Inputs of shape [], by name. */
  readonly numbers: ReadonlyMap<string, FedNumber>;
  /** int32 [3], two words of seed and the step; undefined where nothing is drawn. */
  readonly random: Tensor | undefined;
  /** What layers read as codes, by their paths. */
  readonly codes: ByPath<{ readonly codes: Tensor; readonly count: number }>;
  /** What each layer gives, by path, in order. */
  readonly activations: ByPath<Tensor>;
}

/** The name of the input that randomness comes from. */
export const RANDOM = "random";

/** Builds the graph of a model on a batch x [batch, ...shape], or several by name. Errors read `model › dense2 › …`. */
export function buildModel<In extends Signal, Out extends Signal>(
  model: Layer<In, Out>,
  x: In,
  options: BuildOptions,
): BuiltModel<Out> {
  if (!isRecord(options)) throw wrongArgument("buildModel › options", "{ variables, mode }", options);
  const { variables, mode, dropoutActive = mode === "train", frozen = () => false } = options;
  if (!isRecord(x)) throw wrongArgument("buildModel › x", "a tensor, or tensors by name", x);
  checkModel(model);
  for (const [name, tensor] of entriesOf<Tensor>("x", x)) checkTensor(`buildModel › ${name}`, tensor);
  const dtype = dtypeOf(x, variables);
  const numbers = new Map<string, FedNumber>();
  const codes = new Map<string, { readonly codes: Tensor; readonly count: number }>();
  const random = input(RANDOM, [3], "int32");
  let drawn = false;
  const scopeAt = (path: string): Scope => {
    const pathOf = (name: string): string => (path === "" ? name : `${path}.${name}`);
    return {
      path,
      mode: mode === "train" && frozen(path) ? "predict" : mode,
      dropoutActive,
      dtype,
      pathOf,
      has: (name) => variables.has(pathOf(name)),
      parameter: (name) => variableAt(variables, pathOf(name)),
      buffer: (name) => variableAt(variables, pathOf(name)),
      number: (name, value, range = {}) => {
        const found = numbers.get(pathOf(name)) ?? { input: input(pathOf(name), [], dtype), value, range };
        numbers.set(pathOf(name), found);
        return found.input;
      },
      uniform: (name, shape) => {
        drawn = true;
        return drawUniform(random, { path: pathOf(name), shape, dtype });
      },
      codes: (given, count) => codes.set(path, { codes: given, count }),
      within: (name) => scopeAt(pathOf(name)),
    };
  };
  const { output, buffers, inside } = withContext("model", () => model.apply(x, scopeAt("")));
  return {
    output,
    buffers,
    numbers,
    random: drawn ? random : undefined,
    codes,
    activations: inside ?? new Map(entriesOf<Tensor>(model.kind, output)),
  };
}

/**
 * What a graph computes in: the dtype of its first input of numbers, or where all inputs are codes that of its
 * parameters.
 */
function dtypeOf(x: Signal, variables: ByPath<Tensor>): DType {
  const inputs = entriesOf<Tensor>("", x).map(([, one]) => one);
  const numbers = [...inputs, ...variables.values()].find(({ dtype }) => dtype === "float32" || dtype === "float64");
  return numbers?.dtype ?? "float32";
}

function drawUniform(key: Tensor, { path, shape, dtype }: { path: string; shape: Shape; dtype: DType }): Tensor {
  const draws = randomUniform(key, { shape, stream: hashName(path) });
  return dtype === "float32" ? draws : cast(draws, { dtype });
}

function variableAt(kept: ByPath<Tensor>, path: string): Tensor {
  const found = kept.get(path);
  if (found !== undefined) return found;
  throw new NablaError(
    "nn/missing",
    `there is no parameter "${path}"`,
    "the weights belong to another model; initialize again or load the right ones",
  );
}
