/** What layers mean, as the plainest loops: the kit compares layers with these. */
import { hashName, type Key, uniform } from "../base/random.ts";
import { errorFunction } from "../engine/reference/erf.ts";
import type { Layer, Mode } from "../nn/layer.ts";

/** A case for a layer: examples with their features last, and what the layer keeps. */
export interface LayerCase {
  readonly x: Float64Array;
  readonly features: number;
  readonly options: Layer["options"];
  readonly kept: Readonly<Record<string, ArrayLike<number>>>;
  readonly mode: Mode;
  /** Where masks come from. */
  readonly random: { readonly key: Key; readonly step: number };
}

/** What must come out: the output and the next buffers. */
export interface Meant {
  readonly output: Float64Array;
  readonly [statistic: string]: Float64Array;
}

type Meaning = (given: LayerCase) => Meant;

function each(of: (x: number, options: Layer["options"]) => number): Meaning {
  return ({ x, options }) => ({ output: x.map((value) => of(value, options)) });
}

function option(options: Layer["options"], name: string, otherwise: number): number {
  const value = options[name];
  return typeof value === "number" ? value : otherwise;
}

/** A group of numbers, as the features of a row or one feature of all rows, standardised. */
function standardized(group: Float64Array, epsilon: number): { mean: number; variance: number; values: Float64Array } {
  const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
  const variance = group.reduce((sum, value) => sum + (value - mean) ** 2, 0) / group.length;
  return { mean, variance, values: group.map((value) => (value - mean) / Math.sqrt(variance + epsilon)) };
}

const softmax: Meaning = ({ x, features }) => {
  const output = x.slice();
  for (let from = 0; from < x.length; from += features) {
    const row = output.subarray(from, from + features);
    const top = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - top), 0);
    row.set(row.map((value) => Math.exp(value - top) / total));
  }
  return { output };
};

const layerNorm: Meaning = ({ x, features, options, kept: { scale = [], shift = [] } }) => {
  const output = x.slice();
  for (let from = 0; from < x.length; from += features) {
    const { values } = standardized(x.slice(from, from + features), option(options, "epsilon", 1e-5));
    for (const [i, value] of values.entries()) output[from + i] = value * (scale[i] ?? 0) + (shift[i] ?? 0);
  }
  return { output };
};

const batchNorm: Meaning = ({ x, features, options, kept, mode }) => {
  const { scale = [], shift = [], mean = [], variance = [] } = kept;
  const epsilon = option(options, "epsilon", 1e-5);
  const share = option(options, "momentum", 0.1);
  const output = x.slice();
  const next = { mean: new Float64Array(features), variance: new Float64Array(features) };
  const count = x.length / features;
  for (let f = 0; f < features; f++) {
    const column = Float64Array.from({ length: count }, (_, row) => x[row * features + f] ?? 0);
    const seen = standardized(column, epsilon);
    for (let row = 0; row < count; row++) {
      const learning = seen.values[row] ?? 0;
      const answering = ((column[row] ?? 0) - (mean[f] ?? 0)) / Math.sqrt((variance[f] ?? 0) + epsilon);
      output[row * features + f] = (mode === "train" ? learning : answering) * (scale[f] ?? 0) + (shift[f] ?? 0);
    }
    next.mean[f] = (1 - share) * (mean[f] ?? 0) + share * seen.mean;
    next.variance[f] = (1 - share) * (variance[f] ?? 0) + (share * seen.variance * count) / (count - 1);
  }
  return mode === "train" ? { output, ...next } : { output };
};

const dropout: Meaning = ({ x, options, mode, random: { key, step } }) => {
  if (mode === "predict") return { output: x };
  const keep = option(options, "keep", 1);
  const draws = uniform(key, x.length, { stream: hashName("mask"), step });
  return { output: x.map((value, i) => ((draws[i] ?? 0) < Math.fround(keep) ? value / keep : 0)) };
};

const dense: Meaning = ({ x, features, kept: { weights = [], bias } }) => {
  const units = weights.length / features;
  const output = new Float64Array((x.length / features) * units);
  for (let i = 0; i < output.length; i++) {
    const unit = i % units;
    const from = ((i - unit) / units) * features;
    output[i] = bias?.[unit] ?? 0;
    for (let f = 0; f < features; f++)
      output[i] = (output[i] ?? 0) + (x[from + f] ?? 0) * (weights[f * units + unit] ?? 0);
  }
  return { output };
};

/** Layers by kind; a kind that is missing is compared with nothing. */
export const layerMeanings: Readonly<Record<string, Meaning>> = {
  dense,
  batchNorm,
  layerNorm,
  dropout,
  softmax,
  flatten: each((x) => x),
  identity: each((x) => x),
  relu: each((x) => (x > 0 ? x : 0)),
  leakyRelu: each((x, options) => (x > 0 ? x : x * option(options, "slope", 0.01))),
  elu: each((x, options) => (x > 0 ? x : option(options, "alpha", 1) * Math.expm1(x))),
  gelu: each((x) => (x * (1 + errorFunction(x / Math.SQRT2))) / 2),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
};
