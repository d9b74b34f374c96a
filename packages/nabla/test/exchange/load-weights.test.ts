import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { loadWeights } from "../../src/exchange/weight-mapping/load-weights.ts";
import { relu } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { predict } from "../../src/train/trained.ts";

/** A state dict of arrays by name and shape, each with other numbers. */
function stateDict(...entries: readonly (readonly [name: string, shape: readonly number[]])[]): Map<string, NdArray> {
  return new Map(
    entries.map(([name, shape], i) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const data = Float32Array.from(normal(seedKey(i + 1), count), (x) =>
        name.endsWith("var") ? 0.5 + Math.abs(x) : x,
      );
      return [name, ndarray(data, shape)];
    }),
  );
}

const linear = (name: string, outputs = 4, inputs = 4) =>
  [
    [`${name}.weight`, [outputs, inputs]],
    [`${name}.bias`, [outputs]],
  ] as const;

const two = chain(dense(4), relu(), dense(4));

test("layers that fit each other's places are said, unless their names count them in the order of the file", () => {
  const open = (...names: readonly string[]): readonly string[] =>
    loadWeights(stateDict(...names.flatMap((name) => linear(name))), two, [4]).notices;
  expect(open("out", "hidden")).toEqual([
    expect.stringContaining('dense1 may be "out" or "hidden"; dense2 may be "hidden" or "out"'),
  ]);
  expect(open("fc2", "fc1")).toHaveLength(1);
  expect(open("fc1", "fc2")).toEqual([]);
  expect(open("layers.9.0", "layers.10.0")).toEqual([]);
  expect(open("fc1", "fc2", "fc3")).toEqual([expect.stringContaining('dense1 may be "fc1" or "fc3"')]);
  expect(open("ema.fc1", "ema.fc2", "net.fc1", "net.fc2")).toEqual([expect.stringContaining('"ema.fc1"')]);
});

test("layers of different shapes have one place each, whatever they are called", () => {
  const model = chain(dense(3), relu(), dense(2));
  const tensors = stateDict(...linear("hidden", 3, 4), ...linear("out", 2, 3));
  expect(loadWeights(tensors, model, [4])).toMatchObject({ missing: [], unused: [], notices: [] });
});

test("arrays without names are counted by their numbers, and said where other names do not count", () => {
  const arrays = (...names: readonly string[]) => stateDict(...names.map((name) => [name, [4, 4]] as const));
  const bare = chain(dense(4, { bias: false }), relu(), dense(4, { bias: false }));
  expect(loadWeights(arrays("arr_0", "arr_1"), bare, [4]).notices).toEqual([]);
  expect(loadWeights(arrays("second", "first"), bare, [4]).notices).toHaveLength(1);
});

test("a bias of PyTorch straight before batch norm is loaded, predicts, and trains on", async () => {
  const model = chain(dense(4), batchNorm(), relu(), dense(1));
  const tensors = stateDict(
    ...linear("0"),
    ...(["weight", "bias", "running_mean", "running_var"] as const).map((name) => [`1.${name}`, [4]] as const),
    ...linear("3", 1),
  );
  const { weights, missing, unused } = loadWeights(tensors, model, [4]);
  expect([missing, unused]).toEqual([[], []]);
  expect(weights.get("dense1.bias")).toEqual(tensors.get("0.bias"));
  const inputs = ndarray(Float32Array.from(normal(seedKey(9), 32)), [8, 4]);
  const [loss, targets] = [squaredError(), ndarray(new Float32Array(8), [8, 1])];
  const run = await fit({
    model,
    loss,
    weights,
    optimizer: adam({ rate: 0.01 }),
    train: { rows: 8, inputs, targets },
    batch: 8,
    epochs: 0,
  });
  const before = await predict({ model, loss, weights, shape: [4] }, inputs);
  expect((await predict(run.trained, inputs)).answers).toEqual(before.answers);
});
