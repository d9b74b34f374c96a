import { expect, test } from "vitest";
import type { Size } from "../../src/array/shape.ts";
import { describe } from "../../src/base/described.ts";
import { elu, gelu, identity, leakyRelu, relu, sigmoid, softmax, tanh } from "../../src/nn/activations.ts";
import { attention } from "../../src/nn/attention.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv1d, conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout, spatialDropout } from "../../src/nn/dropout.ts";
import { embedding } from "../../src/nn/embedding.ts";
import { embeddingBag } from "../../src/nn/embedding-bag.ts";
import { ensemble } from "../../src/nn/ensemble.ts";
import { featureBranch } from "../../src/nn/feature-branch.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { graphLayer } from "../../src/nn/graph-layer.ts";
import { he } from "../../src/nn/initializer.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { layerNorm } from "../../src/nn/layer-norm.ts";
import { layers } from "../../src/nn/layers.ts";
import { losses } from "../../src/nn/losses.ts";
import { periodic } from "../../src/nn/periodic.ts";
import { averagePool, globalAveragePool, maxPool } from "../../src/nn/pooling.ts";
import { positionalEncoding } from "../../src/nn/positional-encoding.ts";
import { recurrent } from "../../src/nn/recurrent.ts";
import { residual } from "../../src/nn/residual.ts";
import { transformerBlock } from "../../src/nn/transformer-block.ts";
import { decay } from "../../src/optim/decay.ts";
import { scaleByMomentum } from "../../src/optim/momentum.ts";
import { chainTransforms, type Optimizer } from "../../src/optim/optimizer.ts";
import { optimizerFrom, optimizers } from "../../src/optim/optimizers.ts";
import { layerComplaints } from "../../src/testing/layer-kit.ts";
import { optimizerComplaints } from "../../src/testing/optimizer-kit.ts";
import { layerMeanings } from "./layer-meanings.ts";
import { lossMeanings } from "./loss-meanings.ts";
import { meaningOf } from "./meaning-of.ts";
import { kindsWithMeaning, optimizerMeaning } from "./optimizer-meanings.ts";

const samples = [
  chain(dense(4), relu(), dense(2)),
  chain(dense(4), batchNorm(), chain(tanh(), dense(3))),
  dense(3),
  dense(3, { init: he({ distribution: "uniform" }), bias: false }),
  batchNorm({ momentum: 0.2 }),
  dropout({ keep: 0.6 }),
  spatialDropout({ keep: 0.6 }),
  ensemble([dense(3), chain(dense(4), batchNorm(), tanh(), dense(3))], { loss: softmaxCrossEntropy() }),
  ensemble([dense(3), dense(3)], { loss: softmaxCrossEntropy(), of: "outputs" }),
  graphLayer([
    { layer: dense(5), of: 0 },
    { layer: tanh(), of: 1 },
    { parameter: "weights", shape: [5, 5], init: he(), learned: true },
    { op: "matmul", of: [2, 3], attributes: {} },
    { constant: [0.5], shape: [], dtype: "float32" },
    { op: "multiply", of: [4, 5], attributes: {} },
    { op: "add", of: [6, 0], attributes: {} },
    { op: "reshape", of: [7], attributes: { shape: ["batch", 5] } },
  ]),
  flatten(),
  relu(),
  leakyRelu({ slope: 0.2 }),
  elu({ alpha: 0.5 }),
  gelu(),
  sigmoid(),
  tanh(),
  softmax(),
  identity(),
];

test.each(
  samples.map((layer) => [`${layer.kind} ${JSON.stringify(layer.options)}`.slice(0, 60), layer] as const),
)("layer %s", async (_, layer) => {
  expect(await layerComplaints(layer, [5], { meaning: meaningOf(layerMeanings, layer.kind) })).toEqual([]);
});

const windowed: readonly (readonly [string, Layer, Size])[] = [
  ["conv2d", conv2d(3, { size: [3, 2], stride: 2 }), [5, 6, 2]],
  ["conv2d valid", conv2d(2, { padding: "valid", bias: false }), [4, 5, 3]],
  ["conv2d dilated", conv2d(2, { dilation: [1, 2] }), [4, 6, 1]],
  ["conv2d in groups", conv2d(6, { groups: 3, size: 2 }), [3, 4, 6]],
  ["conv1d", conv1d(4, { size: 3, stride: 2 }), [7, 2]],
  ["maxPool", maxPool(), [4, 6, 2]],
  ["maxPool of overlapping windows", maxPool({ size: 3, stride: 2, padding: "same" }), [5, 6, 2]],
  ["maxPool of a sequence", maxPool({ size: 2 }), [7, 3]],
  ["averagePool", averagePool({ size: [2, 3] }), [4, 6, 2]],
  ["averagePool of overlapping windows", averagePool({ size: 3, stride: 1, padding: "same" }), [4, 4, 2]],
  ["globalAveragePool", globalAveragePool(), [3, 4, 2]],
  ["globalAveragePool of positions that count", globalAveragePool({ mask: true }), [4, 2]],
  ["attention", attention({ heads: 2 }), [3, 4]],
  ["attention to what was before", attention({ heads: 1, causal: true, mask: true }), [4, 3]],
  ["transformerBlock", transformerBlock({ heads: 2, units: 5, causal: true }), [3, 4]],
  ["transformerBlock with dropout", transformerBlock({ heads: 1, keep: 0.7 }), [3, 2]],
  ["recurrent", recurrent(3), [4, 2]],
  ["recurrent LSTM backward", recurrent(2, { cell: "lstm", direction: "backward", returns: "all" }), [3, 2]],
  ["recurrent in both directions with a mask", recurrent(2, { direction: "both", returns: "all", mask: true }), [3, 2]],
  ["positionalEncoding", positionalEncoding(), [4, 3]],
  ["positionalEncoding that is learned", positionalEncoding({ form: "learned", mask: true }), [4, 3]],
  ["embedding", embedding({ count: 3, units: 2 }), [4]],
  ["embeddingBag", embeddingBag({ count: 2, units: 3 }), [5]],
  ["embeddingBag of weighted codes", embeddingBag({ count: 2, units: 3, from: 1, length: 2, weighted: true }), [7]],
  ["periodic", periodic({ count: 3 }), [4]],
  ["periodic of some inputs in each position", periodic({ count: 2, deviation: 0.4, inputs: [3, 0, 1] }), [3, 5]],
  ["dense on sequences", dense(3), [4, 5]],
  ["dense without bias on images", dense(2, { bias: false }), [2, 3, 4]],
  [
    "a network at each position",
    chain(dense(4), batchNorm(), tanh(), layerNorm(), dropout({ keep: 0.6 }), dense(2)),
    [3, 5],
  ],
  ["batchNorm on sequences", batchNorm(), [3, 2]],
  ["dropout on sequences", dropout({ keep: 0.6 }), [3, 2]],
  ["softmax at each position", softmax(), [3, 4]],
  ["gelu on sequences", gelu(), [3, 2]],
  ["layerNorm", layerNorm(), [5]],
  ["layerNorm on images", layerNorm({ epsilon: 1e-3 }), [3, 2, 4]],
  ["featureBranch", featureBranch({ from: 1, length: 3, layers: [dense(2), tanh()] }), [5]],
  ["featureBranch in a form", featureBranch({ from: 1, length: 4, shape: [2, 2], layers: [dense(2), flatten()] }), [5]],
  ["residual", residual(dense(5), tanh(), dense(5)), [5]],
  ["a convolutional network", chain(conv2d(4), relu(), maxPool(), flatten(), dense(3)), [4, 4, 1]],
];

test.each(windowed)("layer %s", async (_, layer, shape) => {
  expect(await layerComplaints(layer, shape, { meaning: meaningOf(layerMeanings, layer.kind) })).toEqual([]);
});

test.each(
  [flatten(), batchNorm(), relu(), softmax()].map((layer) => [layer.kind, layer] as const),
)("layer %s on images", async (_, layer) => {
  expect(await layerComplaints(layer, [3, 4, 2], { meaning: meaningOf(layerMeanings, layer.kind) })).toEqual([]);
});

test("every layer is among the samples", () => {
  expect(new Set([...samples, ...windowed.map(([, layer]) => layer)].map(({ kind }) => kind))).toEqual(
    new Set(Object.keys(layers)),
  );
});

test("every kind of layer, optimizer and loss is compared with what it means", () => {
  expect(new Set(Object.keys(layerMeanings))).toEqual(new Set(Object.keys(layers)));
  expect(new Set(kindsWithMeaning)).toEqual(new Set(Object.keys(optimizers)));
  expect(new Set(Object.keys(lossMeanings))).toEqual(new Set(Object.keys(losses)));
});

const right = (optimizer: Optimizer) =>
  optimizerComplaints(optimizer, { meaning: optimizerMeaning(describe(optimizer)) });

test.each(
  Object.keys(optimizers).filter((kind) => !["sequence", "accumulate"].includes(kind)),
)("optimizer %s", async (kind) => {
  // Adadelta finds the size of its steps by itself, from very small ones on
  expect(await right(optimizerFrom({ kind, rate: kind === "adadelta" ? 10 : 0.01 }))).toEqual([]);
});

test.each([
  { kind: "momentum", rate: 0.01, form: "heavyBall", nesterov: true },
  { kind: "momentum", rate: 0.05, correct: true, beta: 0.8 },
  { kind: "rmsprop", rate: 0.01, place: "inside", epsilon: 0.1 },
  { kind: "rmsprop", rate: 0.01, centered: true, momentum: 0.5 },
  { kind: "adam", rate: 0.01, correct: false, epsilon: 0.01 },
  { kind: "adagrad", rate: 0.1, initial: 0.3 },
  { kind: "nadam", rate: 0.01, rise: 0.1, beta1: 0.8 },
  { kind: "lion", rate: 0.01, decay: 0.1, beta2: 0.9 },
  { kind: "lamb", rate: 0.01, decay: 0.2 },
  { kind: "amsgrad", rate: 0.3, beta2: 0.2 },
  { kind: "adamax", rate: 0.3, beta2: 0.2 },
  { kind: "adadelta", rate: 10, beta: 0.5 },
  { kind: "momentum", rate: 0.01, form: "heavyBall", dampening: 0.4 },
  { kind: "radam", rate: 0.05, beta2: 0.7 },
  { kind: "adafactor", rate: 0.05, fading: 0.5, clip: 0.9, smallest: 0.1, decay: 0.2 },
  { kind: "muon", rate: 0.05, beta1: 0.8, decay: 0 },
])("optimizer %j", async (data) => {
  expect(await right(optimizerFrom(data))).toEqual([]);
});

test("optimizers around transforms: accumulated, clipped, grouped, bounded", async () => {
  const inner = {
    kind: "sequence",
    rate: 0.05,
    transforms: [
      { kind: "clipGlobalNorm", most: 1 },
      "adam",
      { kind: "groups", factors: { "w*s": 2 } },
      { kind: "maxNorm", most: 3 },
    ],
  };
  expect(await right(optimizerFrom({ kind: "accumulate", every: 3, optimizer: inner }))).toEqual([]);
});

test("optimizer of your own transforms", async () => {
  expect(
    await right(chainTransforms({ rate: 0.01 }, decay({ strength: 0.1 }), scaleByMomentum({ nesterov: true }))),
  ).toEqual([]);
});
