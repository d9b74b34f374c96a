/** A model of several inputs and targets by name, and examples for it. */
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import type { Size } from "../../src/array/shape.ts";
import type { ByName } from "../../src/base/named.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { concat } from "../../src/graph/movement.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { relu } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { embedding } from "../../src/nn/embedding.ts";
import type { Applied, Layer, Variables } from "../../src/nn/layer.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import type { Job } from "../../src/train/job.ts";

export type Tensors = ByName<Tensor>;

/** Each input through a layer of its own, and what comes out side by side. */
function branches(layers: ByName<Layer>): Layer<Tensors> {
  const named = Object.entries(layers);
  return {
    kind: "branches",
    options: {},
    shapeOf: (shape) => [named.reduce((sum, [name, layer]) => sum + (layer.shapeOf(shape[name] as Size)[0] ?? 0), 0)],
    init: (shape, key) =>
      together(named.map(([name, layer]) => [name, layer.init(shape[name] as Size, fork(key, name), {})] as const)),
    apply: (x, scope) => {
      const applied = named.map(([name, layer]) => layer.apply(x[name] as Tensor, scope.within(name)));
      return {
        output: concat(
          applied.map(({ output }) => output),
          { axis: 1 },
        ),
        buffers: buffersOf(applied),
      };
    },
  };
}

/** One tensor into layers of its own for each output. */
function heads(layers: ByName<Layer>): Layer<Tensor, Tensors> {
  const named = Object.entries(layers);
  return {
    kind: "heads",
    options: {},
    shapeOf: (shape) => Object.fromEntries(named.map(([name, layer]) => [name, layer.shapeOf(shape)])),
    init: (shape, key) =>
      together(named.map(([name, layer]) => [name, layer.init(shape, fork(key, name), {})] as const)),
    apply: (x, scope) => {
      const applied = named.map(([name, layer]) => [name, layer.apply(x, scope.within(name))] as const);
      const output = Object.fromEntries(applied.map(([name, { output: one }]) => [name, one]));
      return { output, buffers: buffersOf(applied.map(([, one]) => one)) };
    },
  };
}

function together(made: readonly (readonly [string, Variables])[]): Variables {
  return {
    parameters: Object.fromEntries(made.map(([name, { parameters }]) => [name, parameters])),
    buffers: Object.fromEntries(made.map(([name, { buffers }]) => [name, buffers])),
  };
}

function buffersOf(applied: readonly Applied[]): ReadonlyMap<string, Tensor> {
  return new Map(applied.flatMap(({ buffers }) => [...buffers]));
}

/** Houses: numbers and a quarter, to tell the price (not always known) and the kind. */
export function houses(rows: number, seed: number): Examples<ByName<NdArray>, ByName<NdArray>> {
  const draws = normal(seedKey(seed), rows * 4);
  const quarter = Int32Array.from({ length: rows }, (_, i) => Math.abs(Math.round((draws[4 * i] ?? 0) * 3)) % 4);
  const numbers = Float32Array.from({ length: rows * 3 }, (_, i) => draws[4 * Math.floor(i / 3) + 1 + (i % 3)] ?? 0);
  const price = Float32Array.from(quarter, (code, i) => (numbers[3 * i] ?? 0) * 0.5 + ([1, -1, 0, 2][code] ?? 0));
  const kind = Int32Array.from(quarter, (code, i) => ((numbers[3 * i + 1] ?? 0) > 0 ? 2 : code % 2));
  const known = Float32Array.from(quarter, (_, i) => Number(i % 5 !== 0));
  for (const [i, x] of known.entries()) if (x === 0) price[i] = Number.NaN;
  return {
    rows,
    inputs: { numbers: ndarray(numbers, [rows, 3]), quarter: ndarray(quarter, [rows]) },
    targets: { price: ndarray(price, [rows, 1]), kind: ndarray(kind, [rows]) },
    mask: { price: ndarray(known, [rows]) },
  };
}

/** Several inputs and targets, a mask for one of them, and everything that has a state. */
export function housesJob(): Job<Tensors, Tensors> {
  return {
    model: chain(
      branches({ numbers: dense(6), quarter: embedding({ count: 4, units: 3 }) }),
      batchNorm(),
      relu(),
      dropout({ keep: 0.9 }),
      heads({ price: dense(1), kind: chain(dense(5), relu(), dense(3)) }),
    ),
    loss: { price: squaredError(), kind: { loss: softmaxCrossEntropy(), weight: 0.5 } },
    optimizer: adam({ rate: 0.02 }),
    train: houses(120, 1),
    dev: houses(50, 2),
    batch: 16,
    epochs: 4,
    seed: 3,
  };
}
