/** Layers with their weights, assembled into a network that predicts. */
import { castArray, type NdArray } from "../array/ndarray.ts";
import { type Shape, type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { numbered } from "../base/parameter-path.ts";
import { input, state } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import { identity } from "../nn/activations.ts";
import { chain } from "../nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../nn/classification-losses.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { type BuiltModel, type ByPath, buildModel } from "../nn/model.ts";
import { squaredError } from "../nn/regression-losses.ts";
import { residual } from "../nn/residual.ts";
import type { Trained } from "../train/trained.ts";

/** A layer and its arrays, or layers with a sum around them. */
export type Part =
  | { readonly layer: Layer; readonly kept: { readonly [name: string]: NdArray } }
  | { readonly around: readonly Part[] };

/** One layer of all parts, and float32 weights by path. */
export function assemble(parts: readonly Part[]): { readonly model: Layer; readonly weights: ByPath<NdArray> } {
  const layers = parts.length === 0 ? [identity()] : layersOf(parts);
  return { model: chain(...layers), weights: new Map(weightsOf(parts, "")) };
}

function layersOf(parts: readonly Part[]): readonly Layer[] {
  return parts.map((part) => ("layer" in part ? part.layer : residual(...layersOf(part.around))));
}

function weightsOf(parts: readonly Part[], prefix: string): (readonly [path: string, array: NdArray])[] {
  const names = numbered(parts.map((part) => ("layer" in part ? part.layer.kind : "residual")));
  return parts.flatMap((part, i) => {
    const path = `${prefix}${names[i]}.`;
    if ("around" in part) return weightsOf(part.around, path);
    return Object.entries(part.kept).map(([name, array]) => [`${path}${name}`, float32(array)] as const);
  });
}

function float32(array: NdArray): NdArray {
  return array.dtype === "float32" ? array : castArray(array, "float32");
}

/** The loss that a network's last activation belongs to. It takes what comes before that activation. */
export function lossFor(last: string | undefined): Loss {
  if (last === "softmax") return softmaxCrossEntropy();
  return last === "sigmoid" ? sigmoidCrossEntropy() : squaredError();
}

/** A network's inference graph; nothing is computed. Throws `nn/…` and `shape/…` where weights or shapes do not fit. */
export function graphOf(model: Layer, shape: Size, weights: ByPath<NdArray>): BuiltModel {
  const variables = new Map<string, Tensor>([...weights].map(([path, array]) => [path, state(path, array)]));
  const built = buildModel(model, input("inputs", ["batch", ...shape]), { variables, mode: "predict" });
  if (built.output.shape[0] === "batch") return built;
  throw new NablaError(
    "shape/batch",
    `the network's output for a batch has the shape ${showShape(built.output.shape)}`,
  );
}

/** Output shapes of all layers by path, batch axis included. Layers inside an ensemble are not listed. */
export function shapesOf(model: Layer, shape: Size, weights: ByPath<NdArray>): ByPath<Shape> {
  const { activations } = graphOf(model, shape, weights);
  return new Map([...activations].map(([path, { shape }]) => [path, shape]));
}

/** The weights below a path such as "member1.", by their paths from there. */
export function weightsBelow(weights: ByPath<NdArray>, path: string): ByPath<NdArray> {
  const own = [...weights].filter(([name]) => name.startsWith(path));
  return new Map(own.map(([name, array]) => [name.slice(path.length), array]));
}

/** The shape of one prediction. Throws what building the graph throws. */
export function answerShape({ model, shape, weights }: Pick<Trained, "model" | "shape" | "weights">): Size {
  return graphOf(model, shape, weights).output.shape.slice(1) as Size;
}
