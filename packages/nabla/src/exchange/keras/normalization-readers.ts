/** Layers of Keras that normalize: over the batch, each example, groups of channels; and fixed scalings. */
import { filled, type NdArray, zeros } from "../../array/ndarray.ts";
import { elementsOf, sameShape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { add, divide, maximum, multiply, sqrt, subtract } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { mean } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { layerNorm } from "../../nn/layer-norm.ts";
import {
  arraysOf,
  axesIn,
  exampleOf,
  flag,
  inputOf,
  type LayerReading,
  laidOut,
  numbersIn,
  type Reader,
  shaped,
  unsupported,
  withAxesLast,
} from "./reading.ts";
import { numberFrom, size } from "./record.ts";

/** A learned scale and shift where the layer has them, else ones and zeros. */
function scaleAndShift(
  layer: LayerReading,
  shape: readonly number[],
  others: number,
): { readonly scale: NdArray; readonly shift: NdArray; readonly rest: readonly NdArray[] } {
  const [scaled, centered] = [flag(layer.config, "scale", true), flag(layer.config, "center", true)];
  const arrays = [...arraysOf(layer, Number(scaled) + Number(centered) + others)];
  const scale = scaled ? shaped(arrays.shift(), shape, "gamma") : filled(shape, 1);
  const shift = centered ? shaped(arrays.shift(), shape, "beta") : zeros(shape);
  return { scale, shift, rest: arrays };
}

/** Statistics of each feature along one axis; Keras 2 counts it from 0, and may have it in a list. */
const readBatchNorm: Reader = (layer) => {
  const { config } = layer;
  const x = inputOf(layer);
  const axes = axesIn(config.axis ?? -1, x.shape.length, "axis");
  const [axis = 0] = axes;
  if (axes.length !== 1) throw unsupported(`normalization of the axes ${axes.join(", ")}`);
  const features = [Number(x.shape[axis])];
  const { scale, shift, rest } = scaleAndShift(layer, features, 2);
  const kept = {
    scale,
    shift,
    mean: shaped(rest[0], features, "moving mean"),
    variance: shaped(rest[1], features, "moving variance"),
  };
  const momentum = Number((1 - numberFrom(config.momentum ?? 0.99, "momentum")).toPrecision(12));
  if (momentum <= 0) layer.note("its statistics never move in Keras (momentum 1); they do when nabla trains it");
  const epsilon = numberFrom(config.epsilon ?? 1e-3, "epsilon");
  const made = batchNorm({ ...(momentum > 0 ? { momentum } : {}), epsilon });
  return withAxesLast(x, axes, (last) => layer.apply(made, last, kept));
};

/** Mean and variance of each example over one axis or several, which become one for the layer here. */
const readLayerNorm: Reader = (layer) => {
  const { config } = layer;
  const x = inputOf(layer);
  const axes = axesIn(config.axis ?? -1, x.shape.length, "axis");
  const sizes = axes.map((axis) => Number(x.shape[axis]));
  const { scale, shift } = scaleAndShift(layer, sizes, 0);
  const count = elementsOf(sizes);
  const flat = (array: NdArray): NdArray => ({ ...array, shape: [count] });
  const made = layerNorm({ epsilon: numberFrom(config.epsilon ?? 1e-3, "epsilon") });
  return withAxesLast(x, axes, (last) => {
    const example = exampleOf(last);
    const joined = axes.length === 1 ? last : laidOut(last, [...example.slice(0, -axes.length), count]);
    const normal = layer.apply(made, joined, { scale: flat(scale), shift: flat(shift) });
    return axes.length === 1 ? normal : laidOut(normal, example);
  });
};

/** Mean and variance of each example over all places and the channels of a group (Wu and He 2018). */
const readGroupNorm: Reader = (layer) => {
  const { config } = layer;
  const x = inputOf(layer);
  const axes = axesIn(config.axis ?? -1, x.shape.length, "axis");
  if (axes.length !== 1) throw unsupported(`normalization of the axes ${axes.join(", ")}`);
  const channels = Number(x.shape[axes[0] ?? 0]);
  const given = numberFrom(config.groups ?? 32, "groups");
  const groups = given === -1 ? channels : size(given, "groups");
  if (channels % groups !== 0)
    throw new NablaError("keras/config", `${groups} groups do not divide ${channels} channels`);
  const { scale, shift } = scaleAndShift(layer, [channels], 0);
  const epsilon = numberFrom(config.epsilon ?? 1e-3, "epsilon");
  return withAxesLast(x, axes, (last) => {
    const example = exampleOf(last);
    const places = elementsOf(example.slice(0, -1));
    const split = laidOut(last, [places, groups, channels / groups]);
    const centered = subtract(split, mean(split, { axes: [1, 3], keep: true }));
    const variance = mean(multiply(centered, centered), { axes: [1, 3], keep: true });
    const normal = laidOut(divide(centered, sqrt(add(variance, epsilon))), example);
    return add(multiply(normal, layer.parameter("gamma", scale)), layer.parameter("beta", shift));
  });
};

/** x / root mean square over an axis, and a learned scale (Zhang and Sennrich 2019). */
const readRmsNorm: Reader = (layer) => {
  const x = inputOf(layer);
  const axes = axesIn(layer.config.axis ?? -1, x.shape.length, "axis");
  const [gamma] = arraysOf(layer, 1);
  const scale = shaped(
    gamma,
    axes.map((axis) => Number(x.shape[axis])),
    "scale",
  );
  const epsilon = numberFrom(layer.config.epsilon ?? 1e-6, "epsilon");
  return withAxesLast(x, axes, (last) => {
    const over = axes.map((_, i) => last.shape.length - 1 - i);
    const square = mean(multiply(last, last), { axes: over, keep: true });
    return multiply(divide(last, sqrt(add(square, epsilon))), layer.parameter("scale", scale));
  });
};

/** x / its length over an axis. */
const readUnitNorm: Reader = (layer) => {
  const x = inputOf(layer);
  const axes = axesIn(layer.config.axis ?? -1, x.shape.length, "axis");
  const count = elementsOf(axes.map((axis) => Number(x.shape[axis])));
  const square = multiply(mean(multiply(x, x), { axes, keep: true }), count);
  // Keras holds the square of the length above 1e-12
  return divide(x, sqrt(maximum(square, 1e-12)));
};

const readRescaling: Reader = (layer) => {
  const x = inputOf(layer);
  const scale = numbersIn(layer.config.scale, "scale");
  const offset = numbersIn(layer.config.offset ?? 0, "offset");
  return layer.scaled(x, { scale: perFeature(x, scale, "scale"), offset: perFeature(x, offset, "offset") });
};

/** One number, or one for each feature of the last axis. */
function perFeature(x: Tensor, found: readonly number[], what: string): readonly number[] {
  if (found.length === 1 || found.length === Number(x.shape.at(-1))) return found;
  throw unsupported(`${found.length} numbers as ${what} of ${x.shape.at(-1)} features`);
}

/** (x - mean) / sqrt(variance); adapted ones store mean, variance and a count as arrays. */
const readNormalization: Reader = (layer) => {
  const { config } = layer;
  const x = inputOf(layer);
  const { axis } = config;
  const alongLast = axis === null || axis === undefined || isLast(axesIn(axis, x.shape.length, "axis"), x);
  if (!alongLast) throw unsupported(`normalization over the axes ${JSON.stringify(axis)}`);
  const given = config.mean !== undefined && config.mean !== null;
  const [means, variances] = given ? [] : arraysOf(layer, 3);
  const mean = given ? numbersIn(config.mean, "mean") : [...(means?.data ?? [])];
  const variance = given ? numbersIn(config.variance, "variance") : [...(variances?.data ?? [])];
  if (mean.length !== variance.length || mean.length === 0)
    throw new NablaError("keras/weights", "mean and variance differ in length");
  // Keras divides by at least its own epsilon
  const spread = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  return layer.scaled(x, {
    scale: perFeature(
      x,
      spread.map((one) => 1 / one),
      "variance",
    ),
    offset: perFeature(
      x,
      mean.map((one, i) => -one / (spread[i] ?? 1)),
      "mean",
    ),
  });
};

function isLast(axes: readonly number[], x: Tensor): boolean {
  return sameShape(axes, [x.shape.length - 1]) || axes.length === 0;
}

/** x * scale + offset as ops. */
export function affine(x: Tensor, scale: readonly number[], offset: readonly number[]): Tensor {
  const row = (numbers: readonly number[]): Tensor =>
    constant(
      numbers.length === 1
        ? { dtype: "float32", shape: [], data: Float32Array.from(numbers) }
        : { dtype: "float32", shape: [numbers.length], data: Float32Array.from(numbers) },
    );
  return add(multiply(x, row(scale)), row(offset));
}

/** Layers that normalize and scale, by class. */
export const normalizationLayers: Readonly<Record<string, Reader>> = {
  BatchNormalization: readBatchNorm,
  LayerNormalization: readLayerNorm,
  GroupNormalization: readGroupNorm,
  RMSNormalization: readRmsNorm,
  UnitNormalization: readUnitNorm,
  Rescaling: readRescaling,
  Normalization: readNormalization,
};
