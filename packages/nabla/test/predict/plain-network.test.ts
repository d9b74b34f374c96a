import { describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf, type Size } from "../../src/array/shape.ts";
import { describe as plainData } from "../../src/base/described.ts";
import { NablaError } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import { normal, seedKey, uniform } from "../../src/base/random.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import type { Layer } from "../../src/nn/layer.ts";
import * as kinds from "../../src/nn/layers.ts";
import {
  batchNorm,
  chain,
  dense,
  dropout,
  elu,
  embedding,
  embeddingBag,
  ensemble,
  featureBranch,
  flatten,
  gelu,
  identity,
  layerNorm,
  leakyRelu,
  periodic,
  relu,
  residual,
  sigmoid,
  softmax,
  spatialDropout,
  tanh,
  toJson,
} from "../../src/nn/layers.ts";
import type { Loss } from "../../src/nn/loss.ts";
import {
  joint,
  losses,
  lossFrom,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squaredError,
} from "../../src/nn/losses.ts";
import { initModel } from "../../src/nn/model.ts";
import { plainLayers } from "../../src/predict/plain-layers.ts";
import { plainNetwork } from "../../src/predict/plain-network.ts";
import { predictor } from "../../src/train/trained.ts";

function codeOf(action: () => unknown): readonly [string, string] {
  try {
    action();
  } catch (error) {
    if (error instanceof NablaError) return [error.code, error.message];
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Codes where a layer looks them up, and else numbers of both signs and 0. */
interface Case {
  readonly size: Size;
  readonly model: Layer;
  readonly loss?: Loss;
  readonly codes?: number;
}

const numbers = (layer: Layer): Case => ({ size: [5], model: chain(dense(5), layer) });
const softmaxed = softmaxCrossEntropy();
const members = [dense(3), chain(dense(4), tanh(), dense(3)), dense(3, { bias: false })];
const alike = { weight: 1, usualLoss: 1, usualError: 1 };
const heads = joint([
  { target: "a", outputs: 1, loss: squaredError(), ...alike },
  { target: "b", outputs: 2, loss: softmaxed, ...alike },
]);

const cases: Readonly<Record<string, readonly Case[]>> = {
  chain: [{ size: [4], model: chain(dense(6), relu(), chain(dense(3), tanh()), dense(2)) }],
  dense: [
    { size: [4], model: dense(3) },
    { size: [2, 4], model: dense(3, { bias: false }) },
  ],
  relu: [numbers(relu())],
  leakyRelu: [numbers(leakyRelu()), numbers(leakyRelu({ slope: 0.3 }))],
  elu: [numbers(elu()), numbers(elu({ alpha: 0.7 }))],
  gelu: [numbers(gelu())],
  sigmoid: [numbers(sigmoid())],
  tanh: [numbers(tanh())],
  identity: [numbers(identity())],
  softmax: [numbers(softmax())],
  dropout: [numbers(dropout({ keep: 0.5 }))],
  spatialDropout: [{ size: [3, 2], model: spatialDropout({ keep: 0.5 }) }],
  flatten: [{ size: [3, 2], model: chain(flatten(), dense(2)) }],
  batchNorm: [numbers(batchNorm()), { size: [2, 3], model: batchNorm({ epsilon: 0.1 }) }],
  layerNorm: [numbers(layerNorm()), { size: [2, 3], model: layerNorm({ epsilon: 0.1 }) }],
  periodic: [
    { size: [4], model: chain(periodic({ inputs: [2, 0], count: 3 }), dense(2)) },
    { size: [2, 3], model: periodic() },
  ],
  embedding: [
    { size: [4], codes: 6, model: chain(embedding({ count: 5, units: 3, padding: 1 }), flatten(), dense(2)) },
  ],
  embeddingBag: [
    { size: [6], codes: 5, model: embeddingBag({ count: 4, units: 3, from: 1, length: 3 }) },
    { size: [6], codes: 5, model: embeddingBag({ count: 4, units: 3, weighted: true }) },
  ],
  featureBranch: [
    { size: [5], model: featureBranch({ from: 1, length: 2, layers: [dense(4), tanh()] }) },
    { size: [3], model: featureBranch({ length: 3, layers: [dense(2)] }) },
    { size: [7], model: featureBranch({ from: 1, length: 6, shape: [3, 2], layers: [dense(2), tanh(), flatten()] }) },
  ],
  residual: [{ size: [4], model: residual(dense(4), relu(), dense(4)) }],
  ensemble: [
    { size: [4], model: ensemble(members, { loss: softmaxed }), loss: softmaxed },
    { size: [4], model: ensemble(members, { loss: softmaxed, of: "votes" }), loss: softmaxed },
    { size: [4], model: ensemble(members, { loss: squaredError(), of: "outputs" }) },
    { size: [4], model: ensemble(members, { loss: sigmoidCrossEntropy() }), loss: sigmoidCrossEntropy() },
    { size: [4], model: ensemble(members, { loss: heads }), loss: heads },
  ],
};

/** Weights other than those that a network begins with: scales, shifts and variances of their own. */
function weightsOf(model: Layer, size: Size): ReadonlyMap<string, NdArray> {
  const { parameters, buffers } = initModel(model, size, seedKey(3));
  return new Map(
    [...parameters, ...buffers].map(([path, { shape }], i) => {
      const key = seedKey(10 + i);
      const drawn = path.endsWith("variance")
        ? Float32Array.from(uniform(key, elementsOf(shape)), (u) => u + 0.2)
        : normal(key, elementsOf(shape));
      return [path, ndarray(Float32Array.from(drawn), shape)];
    }),
  );
}

function inputsFor({ size, codes }: Case): NdArray {
  const rows = 7;
  const drawn = normal(seedKey(5), rows * elementsOf(size));
  const data = Float32Array.from(drawn, (x, i) => {
    if (codes !== undefined) return Math.floor(Math.abs(x) * codes) % (codes + 1);
    return i % 6 === 0 ? 0 : x;
  });
  return ndarray(data, [rows, ...size]);
}

describe("a saved network as plain loops", () => {
  test("every kind of layer is compared", () => {
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(plainLayers).toSorted());
    expect(Object.keys(plainLayers).filter((kind) => !Object.hasOwn(kinds.layers, kind))).toEqual([]);
  });

  test.each(Object.keys(cases))("%s answers as the reference does", async (kind) => {
    for (const one of cases[kind] ?? []) {
      const { model, size, loss = squaredError() } = one;
      const weights = weightsOf(model, size);
      const inputs = inputsFor(one);
      const compute = await predictor({ model, loss, weights, shape: size }, { engine: reference });
      const { answers } = await compute(inputs);
      const network = plainNetwork({ layers: toJson(model), loss: plainData(loss), size }, weights);
      const own = network.answer(inputs);
      expect(own.shape).toEqual(answers.shape);
      const far = own.data.findIndex((x: number, i: number) => {
        const expected = answers.data[i] ?? Number.NaN;
        return !(Math.abs(x - expected) <= 1e-9 * Math.max(1, Math.abs(expected)));
      });
      expect([far, own.data[far], answers.data[far]]).toEqual([-1, undefined, undefined]);
      // a row alone gives the same bits
      const width = elementsOf(size);
      const last = ndarray(inputs.data.slice(-width), [1, ...size]);
      expect(network.answer(last).data).toEqual(own.data.slice(-elementsOf(network.shape)));
    }
  });
});

describe("answers of losses", () => {
  test.each(Object.keys(losses).filter((kind) => kind !== "joint"))("%s answers as the loss itself", async (kind) => {
    const loss = lossFrom(kind);
    const weights = weightsOf(dense(3), [2]);
    const inputs = inputsFor({ size: [2], model: dense(3) });
    const compute = await predictor({ model: dense(3), loss, weights, shape: [2] }, { engine: reference });
    const { answers } = await compute(inputs);
    const network = plainNetwork({ layers: toJson(dense(3)), loss: kind, size: [2] }, weights);
    const own = network.answer(inputs).data;
    expect([...own]).toEqual(Array.from(answers.data, (x) => expect.closeTo(x, 9)));
  });
});

test("what does not fit is refused by its name", () => {
  const weights = weightsOf(dense(3), [2]);
  const of = (layers: Json, loss: Json = "squaredError", size: Size = [2]): unknown =>
    codeOf(() => plainNetwork({ layers, loss, size }, weights));
  expect(of({ kind: "dense", units: 4 })).toEqual([
    "model/damaged",
    expect.stringContaining("weights must be of shape [2, 4], found [2, 3]"),
  ]);
  expect(of({ kind: "chain", layers: [{ kind: "dense", units: 3 }] })).toEqual([
    "model/damaged",
    expect.stringContaining("dense1.weights"),
  ]);
  expect(of({ kind: "dense" })).toEqual(["model/damaged", expect.stringContaining("units")]);
  expect(of({ kind: "conv2d", filters: 3 })).toEqual(["predict/layer", expect.stringContaining('"conv2d"')]);
  expect(of({ units: 3 })).toEqual(["model/damaged", expect.stringContaining("kind")]);
  expect(of("dense", "made up")).toEqual(["model/damaged", expect.stringContaining("units")]);
  expect(of({ kind: "dense", units: 3 }, "made up")).toEqual(["predict/loss", expect.stringContaining('"made up"')]);
  expect(of({ kind: "dense", units: 3 }, "squaredError", [5])).toEqual([
    "model/damaged",
    expect.stringContaining("[5, 3]"),
  ]);
});
