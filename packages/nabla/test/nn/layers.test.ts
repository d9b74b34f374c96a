import { expect, test } from "vitest";
import { filled, type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { seedKey } from "../../src/base/random.ts";
import { elu, gelu, leakyRelu, relu, sigmoid, softmax, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { lecun } from "../../src/nn/initializer.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { layerFrom, toJson } from "../../src/nn/layers.ts";
import { initModel } from "../../src/nn/model.ts";
import { network } from "../../src/nn/network.ts";
import { thrown } from "../data/thrown.ts";
import { apply, list } from "./apply.ts";

const deviation = (array: NdArray | undefined): number =>
  Math.sqrt(list(array).reduce((sum, x) => sum + x * x, 0) / list(array).length);
const variables = (...layers: readonly Layer[]) => initModel(chain(...layers), [400], seedKey(3)).parameters;

test("dense is x·W + b", async () => {
  const kept = { weights: ndarray([1, 2, 3, 4, 5, 6], [2, 3]), bias: ndarray([10, 20, 30], [3]) };
  const { output } = await apply(dense(3), ndarray([1, 2, 0, 1], [2, 2]), { kept });
  expect(list(output)).toEqual([19, 32, 45, 14, 25, 36]);
});

test("parameters are named for kind and place, and a layer more of one kind leaves the others' numbers alone", () => {
  const short = variables(dense(8), relu(), dense(2));
  const long = variables(dense(8), batchNorm(), relu(), dropout({ keep: 0.5 }), dense(2));
  expect([...short.keys()]).toEqual(["dense1.weights", "dense1.bias", "dense2.weights", "dense2.bias"]);
  expect([...long.keys()]).toEqual([
    "dense1.weights",
    "batchNorm1.scale",
    "batchNorm1.shift",
    "dense2.weights",
    "dense2.bias",
  ]);
  expect(list(long.get("dense2.weights"))).toEqual(list(short.get("dense2.weights")));
});

test("H6 weights before a rectifier begin by He, also through batch norm and dropout; else by Xavier, or as told", () => {
  const he = Math.sqrt(2 / 400);
  const xavier = Math.sqrt(2 / (400 + 300));
  const of = (...layers: readonly Layer[]) => deviation(variables(...layers).get("dense1.weights"));
  expect(of(dense(300), relu()) / he).toBeCloseTo(1, 2);
  expect(of(dense(300), batchNorm(), dropout({ keep: 0.5 }), relu()) / he).toBeCloseTo(1, 2);
  expect(deviation(variables(chain(dense(300)), elu()).get("chain1.dense1.weights")) / he).toBeCloseTo(1, 1);
  expect(of(dense(300), tanh(), dense(2)) / xavier).toBeCloseTo(1, 2);
  expect(of(dense(300)) / xavier).toBeCloseTo(1, 2);
  expect(of(dense(300, { init: lecun() }), relu()) / Math.sqrt(1 / 400)).toBeCloseTo(1, 2);
});

test("R5 batch norm takes the bias from the layer before it, unless that says otherwise", () => {
  expect([...variables(dense(3), batchNorm()).keys()]).not.toContain("dense1.bias");
  expect([...variables(dense(3, { bias: true }), batchNorm()).keys()]).toContain("dense1.bias");
  expect([...variables(dense(3), relu(), batchNorm()).keys()]).toContain("dense1.bias");
});

test.each([
  ["relu", relu(), [0, 0, 2]],
  ["leakyRelu", leakyRelu({ slope: 0.1 }), [-0.1, 0, 2]],
  ["elu", elu(), [Math.exp(-1) - 1, 0, 2]],
  ["gelu", gelu(), [-0.15865525393145707, 0, 1.9544997361036416]],
  ["sigmoid", sigmoid(), [1 / (1 + Math.E), 0.5, 1 / (1 + Math.exp(-2))]],
  ["tanh", tanh(), [Math.tanh(-1), 0, Math.tanh(2)]],
] as const)("%s", async (_, layer, expected) => {
  const { output } = await apply(layer, ndarray([-1, 0, 2], [1, 3]));
  for (const [i, value] of expected.entries()) expect(list(output)[i]).toBeCloseTo(value, 7);
});

test("S3 softmax: [5, 2, -1, 3], a thousand without overflow, a sum of 1, unmoved by a shift", async () => {
  const of = async (...numbers: number[]) =>
    list((await apply(softmax(), ndarray(numbers, [1, numbers.length]))).output);
  const shares = await of(5, 2, -1, 3);
  for (const [i, share] of [0.842, 0.0419, 0.0021, 0.114].entries()) expect(shares[i]).toBeCloseTo(share, 4);
  expect(await of(1000, 1000)).toEqual([0.5, 0.5]);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  for (const [i, share] of (await of(105, 102, 99, 103)).entries()) expect(share).toBeCloseTo(shares[i] ?? 0, 12);
  expect((await of(0.3, -1.2))[0]).toBeCloseTo(0.81757, 5); // S5: the sigmoid of 1.5
});

test("R2 batch norm makes [1, 3, 5] into -1.22474, 0, 1.22474; the right scale and shift undo it", async () => {
  const x = ndarray([1, 3, 5], [3, 1]);
  const { output } = await apply(batchNorm({ epsilon: 1e-12 }), x, { mode: "train" });
  for (const [i, value] of [-1.22474, 0, 1.22474].entries()) expect(list(output)[i]).toBeCloseTo(value, 5);
  const kept = { scale: ndarray(Float64Array.of(Math.sqrt(8 / 3 + 1e-5)), [1]), shift: ndarray([3], [1]) };
  const undone = await apply(batchNorm(), x, { mode: "train", kept });
  for (const [i, value] of [1, 3, 5].entries()) expect(list(undone.output)[i]).toBeCloseTo(value, 10);
});

test("R10 after one batch running mean and unbiased running variance are .3 and 1.3, and predicting uses them row by row", async () => {
  // mean 3 and unbiased variance 4
  const after = await apply(batchNorm(), ndarray([1, 3, 5], [3, 1]), { mode: "train" });
  expect(list(after.mean)[0]).toBeCloseTo(0.3, 12);
  expect(list(after.variance)[0]).toBeCloseTo(0.9 + 0.4, 12);
  const kept = { mean: ndarray([0.3], [1]), variance: ndarray([1.3], [1]) };
  const alone = await apply(batchNorm(), ndarray([2], [1, 1]), { kept });
  const among = await apply(
    batchNorm(),
    ndarray(
      Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? 2 : i)),
      [1000, 1],
    ),
    { kept },
  );
  expect(list(among.output)[7]).toBe(list(alone.output)[0]);
});

test("R6 scale and shift have one number a feature", () => {
  const { parameters, buffers } = initModel(batchNorm(), [4, 4, 7], seedKey(1));
  expect([...parameters, ...buffers].map(([name, { shape }]) => [name, shape])).toEqual([
    ["scale", [7]],
    ["shift", [7]],
    ["mean", [7]],
    ["variance", [7]],
  ]);
});

test("D1 D4 dropout keeps its share, the mean and the variance (1 - p)/p; a new mask each step", async () => {
  const ones = filled([1000, 1000], 1);
  const keep = 0.8;
  const { output } = await apply(dropout({ keep }), ones, { mode: "train" });
  const numbers = list(output);
  const share = numbers.filter((x) => x !== 0).length / 1e6;
  expect(Math.abs(share - keep)).toBeLessThan(4 * Math.sqrt((keep * (1 - keep)) / 1e6));
  const mean = numbers.reduce((sum, x) => sum + x, 0) / 1e6;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 1e6;
  expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt((1 - keep) / keep / 1e6));
  expect(variance).toBeCloseTo((1 - keep) / keep, 2);
  const small = filled([20, 20], 1);
  const [first, again, next] = [0, 0, 1].map(async (step) =>
    list((await apply(dropout({ keep }), small, { mode: "train", step })).output),
  );
  expect(await again).toEqual(await first);
  expect(await next).not.toEqual(await first);
});

test("D2 D6 keeping all changes nothing in training, and predicting never drops", async () => {
  const ones = filled([50, 50], 1);
  expect(list((await apply(dropout({ keep: 1 }), ones, { mode: "train" })).output)).toEqual(list(ones));
  expect(list((await apply(dropout({ keep: 0.1 }), ones)).output)).toEqual(list(ones));
});

test("flatten lays examples in a row", async () => {
  const { output } = await apply(flatten(), filled([2, 3, 4], 1));
  expect(output?.shape).toEqual([2, 12]);
});

test("a layer goes through JSON and comes back", () => {
  const model = chain(
    flatten(),
    dense(8, { init: lecun({ distribution: "uniform" }), bias: false }),
    batchNorm({ momentum: 0.2 }),
    elu(),
    chain(dropout({ keep: 0.5 }), dense(2)),
  );
  const json = JSON.parse(JSON.stringify(toJson(model)));
  expect(toJson(layerFrom(json))).toEqual(json);
  expect(json.layers[1]).toEqual({
    kind: "dense",
    units: 8,
    init: { kind: "lecun", distribution: "uniform" },
    bias: false,
  });
});

test.each([
  [{ kind: "dens", units: 3 }, "options/kind", "dense"],
  [{ kind: "dense", unit: 3 }, "options/unknown", "units"],
  [{ kind: "dense" }, "options/missing", undefined],
  [{ kind: "dense", units: "3" }, "options/type", undefined],
  [{ kind: "dense", units: 2.5 }, "options/range", undefined],
  [{ kind: "dropout", keep: 0 }, "options/range", undefined],
  [{ kind: "dense", units: 3, init: "hee" }, "options/kind", "he"],
  [{ kind: "chain", layers: [{ kind: "relu", slope: 1 }] }, "options/unknown", undefined],
  [7, "options/type", undefined],
] as const)("%j is refused by name", (json, code, hint) => {
  const error = thrown(() => layerFrom(json));
  expect(error.code).toBe(code);
  if (hint !== undefined) expect(error.hint).toContain(hint);
});

test("errors say where in the model they arose", async () => {
  const numbers = thrown(() => initModel(chain(relu(), dense(3)), [], seedKey(1)));
  expect(numbers).toMatchObject({ code: "nn/rank", where: ["model", "dense1"] });
  const kept = { "dense2.weights": filled([20, 64], 1) };
  const wrong = await apply(chain(dense(16), relu(), dense(64)), filled([32, 4], 1), { kept }).catch((error) => error);
  expect(wrong.code).toBe("shape/matmul");
  expect(wrong.where.slice(0, 3)).toEqual(["model", "dense2", "dense(64)"]);
  expect(wrong.message).toContain("inner sizes differ: 16 and 20");
});

test("network makes the usual stack and refuses what is no activation", () => {
  const model = network({ hidden: [8, 4], outputs: 3, activation: "tanh", keep: 0.9, normalize: true });
  expect((toJson(model).layers as { kind: string }[]).map(({ kind }) => kind)).toEqual([
    "dense",
    "batchNorm",
    "tanh",
    "dropout",
    "dense",
    "batchNorm",
    "tanh",
    "dropout",
    "dense",
  ]);
  const error = thrown(() => network({ hidden: [8], outputs: 3, activation: "rleu" }));
  expect(error).toMatchObject({ code: "options/kind", hint: expect.stringContaining("relu") });
  expect(thrown(() => network({ hidden: [8], outputs: 3, activation: "dense" })).code).toBe("options/kind");
});
