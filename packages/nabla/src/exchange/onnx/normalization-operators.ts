/** Operators that bring numbers to one scale, and the softmax. */
import { type NdArray, ndarray, scalar, zeros } from "../../array/ndarray.ts";
import { elementsOf, normalizeAxes, sizeOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { abs, add, divide, equal, exp, log, multiply, select, sqrt, subtract } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { broadcast, stopGradient, sum } from "../../graph/movement.ts";
import { max, mean } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { softmax } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { dropout } from "../../nn/dropout.ts";
import { softmaxOf } from "../../nn/functions.ts";
import { layerNorm } from "../../nn/layer-norm.ts";
import { layerNode } from "../layer-node.ts";
import { isTrue } from "./control-operators.ts";
import { mapped } from "./elementwise-operators.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { type OnnxValue, reshaped } from "./value.ts";

/** An array of one number a channel. */
function perChannel(node: OnnxNode, i: number, channels: number): NdArray {
  const { data } = node.array(i);
  // not copied where it need not be: many nodes may read one array
  if (data.length === channels)
    return ndarray(data instanceof Float32Array ? data : Float32Array.from(data), [channels]);
  throw new NablaError("onnx/shape", `input ${i + 1} has ${data.length} numbers for ${channels} channels`);
}

/** Ready for fine-tuning: running statistics start from the file's; momentum is the weight of the newest batch. */
function batchNormalized(node: OnnxNode): Given {
  node.only("training_mode", 0, "export the model for inference: model.eval() in PyTorch");
  // before version 14 outputs for running statistics are what says that it trains
  if (node.outputs > 1)
    throw new NablaError(
      "onnx/attribute",
      "it gives its running statistics, as in training, and only inference is supported",
      "export the model for inference: model.eval() in PyTorch",
    );
  const x = node.last(0);
  const channels = Number(x.shape.at(-1));
  const [scale, shift, average, variance] = [1, 2, 3, 4].map((i) => perChannel(node, i, channels));
  if (scale === undefined || shift === undefined || average === undefined || variance === undefined) return {};
  const share = Number((1 - node.real("momentum", 0.9)).toFixed(7));
  const momentum = share > 0 && share <= 1 ? share : 0.1;
  const layer = batchNorm({ momentum, epsilon: node.real("epsilon", 1e-5) });
  const made = layerNode(layer, x, { scale, shift, mean: average, variance });
  return x.shape.length > 2 ? { last: made } : { tensor: made };
}

function standardized(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const centered = subtract(x, mean(x, { axes, keep: true }));
  return divide(centered, sqrt(add(mean(multiply(centered, centered), { axes, keep: true }), epsilon)));
}

function layerNormalized(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axis = node.axis(-1, x.shape.length);
  const epsilon = node.real("epsilon", 1e-5);
  const [first, ...more] = [layerNormal(node, x, { axis, epsilon }), ...moments(x, axis, epsilon)];
  return node.outputs > 1 ? [first, ...more] : first;
}

/** The mean and one over the deviation, the further outputs of a layer normalization. */
function moments(x: Tensor, axis: number, epsilon: number): readonly { readonly tensor: Tensor }[] {
  const axes = x.shape.map((_, i) => i).slice(axis);
  const average = mean(x, { axes, keep: true });
  const centered = subtract(x, average);
  const variance = mean(multiply(centered, centered), { axes, keep: true });
  return [{ tensor: average }, { tensor: divide(1, sqrt(add(variance, epsilon))) }];
}

function layerNormal(
  node: OnnxNode,
  x: Tensor,
  { axis, epsilon }: { readonly axis: number; readonly epsilon: number },
): { readonly tensor: Tensor } {
  const scale = node.ownArray(1);
  const features = x.shape.at(-1);
  if (scale?.shape.length === 1 && scale.data.length === features && axis === x.shape.length - 1) {
    const shift = node.has(2) ? node.ownArray(2) : zeros(scale.shape);
    if (shift?.shape.length === 1 && shift.data.length === features)
      return { tensor: layerNode(layerNorm({ epsilon }), x, { scale, shift }) };
  }
  const axes = x.shape.map((_, i) => i).slice(axis);
  const made = multiply(standardized(x, axes, epsilon), node.tensor(1));
  return { tensor: node.has(2) ? add(made, node.tensor(2)) : made };
}

/** Each channel of each example over its places. */
function instanceNormalized(node: OnnxNode): Given {
  const x = node.last(0);
  const places = x.shape.slice(2).map((_, i) => i + 1);
  const made = standardized(x, places, node.real("epsilon", 1e-5));
  return { last: add(multiply(made, node.tensor(1)), node.tensor(2)) };
}

/** From version 13 on a softmax is along one axis; before it is over all axes from one on. */
export function overAxes(node: OnnxNode, f: (x: Tensor, axis: number) => Tensor): Given {
  const x = node.tensor(0);
  const rank = x.shape.length;
  const axis = node.axis(node.opset < 13 ? 1 : -1, rank);
  if (node.opset >= 13 || axis === rank - 1) return { tensor: f(x, axis) };
  const rest = elementsOf(sizeOf(x.shape.slice(Math.max(1, axis))));
  const rows = axis === 0 ? [1, elementsOf(sizeOf(x.shape))] : [...x.shape.slice(0, axis), rest];
  return { tensor: reshaped(f(reshaped(x, rows), rows.length - 1), x.shape) };
}

function softmaxAlong(x: Tensor, axis: number): Tensor {
  const whole = axis === x.shape.length - 1 && typeof x.shape[0] === "string" && x.shape.length > 1;
  return whole ? layerNode(softmax(), x) : softmaxOf(x, { axis });
}

function logSoftmax(x: Tensor, axes: number): Tensor {
  const shifted = subtract(x, stopGradient(max(x, { axes, keep: true })));
  return subtract(shifted, log(sum(exp(shifted), { axes, keep: true })));
}

/** Retained for training; inactive in prediction. */
function dropped(node: OnnxNode): Given {
  const ratio = node.opset < 12 ? node.real("ratio", 0.5) : node.has(1) ? node.scalar(1) : 0.5;
  if (node.opset >= 12 && node.has(2) && isTrue(node.value(2)) && ratio !== 0)
    throw new NablaError(
      "onnx/attribute",
      "its input training_mode is true, and only false is supported",
      "export the model for inference: model.eval() in PyTorch",
    );
  if (!(ratio >= 0 && ratio < 1)) node.refuse(`its ratio is ${ratio}`);
  const keep = Number((1 - ratio).toFixed(7));
  const made = mapped(node, (x) =>
    ratio === 0 || typeof x.shape[0] !== "string" ? x : layerNode(dropout({ keep }), x),
  );
  if (node.outputs < 2) return made;
  const all = broadcast(constant(scalar(1, "bool")), { shape: node.shape(0) });
  return [made as Partial<OnnxValue>, { tensor: all }];
}

/** Groups of channels of each example, each over its channels and places (Wu and He 2018). */
function groupNormalized(node: OnnxNode): Given {
  const x = node.tensor(0);
  const [batch = 1, channels = 1, ...places] = x.shape;
  const groups = node.integer("num_groups", 1);
  const parts = reshaped(x, [batch, groups, Number(channels) / groups, ...places]);
  const made = standardized(parts, parts.shape.map((_, i) => i).slice(2), node.real("epsilon", 1e-5));
  const perGroup = node.opset < 21;
  const side = (i: number): Tensor =>
    reshaped(
      node.tensor(i),
      perGroup ? [groups, 1, ...places.map(() => 1)] : [groups, Number(channels) / groups, ...places.map(() => 1)],
    );
  return { tensor: reshaped(add(multiply(made, side(1)), side(2)), x.shape) };
}

/** x over the root of its mean square (Zhang and Sennrich 2019). */
function rootNormalized(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axes = x.shape.map((_, i) => i).slice(node.axis(-1, x.shape.length));
  const square = mean(multiply(x, x), { axes, keep: true });
  return { tensor: multiply(divide(x, sqrt(add(square, node.real("epsilon", 1e-5)))), node.tensor(1)) };
}

/** x over its length along an axis; what has no length stays 0. */
function lengthNormalized(node: OnnxNode): Given {
  const x = node.tensor(0);
  const p = node.integer("p", 2);
  if (p !== 1 && p !== 2) node.refuse(`its p is ${p}`);
  const along = { axes: [node.axis(-1, x.shape.length)], keep: true };
  const norm = p === 1 ? sum(abs(x), along) : sqrt(sum(multiply(x, x), along));
  return { tensor: divide(x, select(equal(norm, 0), 1, norm)) };
}

/** Mean 0 and deviation 1 along axes. */
function varianceNormalized(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axes = normalizeAxes(x.shape, [...(node.integers("axes") ?? [0, 2, 3])]);
  const centered = subtract(x, mean(x, { axes, keep: true }));
  const deviation = sqrt(mean(multiply(centered, centered), { axes, keep: true }));
  return { tensor: divide(centered, add(deviation, 1e-9)) };
}

/** Normalizations by name. */
export const normalizationOperators: { readonly [opType: string]: Operator } = {
  BatchNormalization: batchNormalized,
  LayerNormalization: layerNormalized,
  InstanceNormalization: instanceNormalized,
  GroupNormalization: groupNormalized,
  Softmax: (node) => overAxes(node, softmaxAlong),
  LogSoftmax: (node) => overAxes(node, logSoftmax),
  Dropout: dropped,
  RMSNormalization: rootNormalized,
  LpNormalization: lengthNormalized,
  MeanVarianceNormalization: varianceNormalized,
};
