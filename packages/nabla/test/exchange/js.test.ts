import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf, type Size } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { writeJs } from "../../src/exchange/js/write-js.ts";
import { maximum, multiply, tanh as tanhOf } from "../../src/graph/elementwise.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { elu, leakyRelu, relu, sigmoid } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { ensemble } from "../../src/nn/ensemble.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { type GraphStep, graphLayer } from "../../src/nn/graph-layer.ts";
import { he } from "../../src/nn/initializer.ts";
import { type Layer, layer, stateless } from "../../src/nn/layer.ts";
import { layerNorm } from "../../src/nn/layer-norm.ts";
import { layers, toJson } from "../../src/nn/layers.ts";
import type { Loss } from "../../src/nn/loss.ts";
import { maxPool } from "../../src/nn/pooling.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { residual } from "../../src/nn/residual.ts";
import { predictor, type Trained } from "../../src/train/trained.ts";
import { layerSamples, sampleModel } from "./fixtures/onnx/samples.ts";

const ROWS = 4;

interface Answer {
  readonly prediction: unknown;
  readonly probabilities?: Readonly<Record<string, number>>;
}

function textOf(trained: Trained): string {
  return writeJs({ trained }, { name: "m", version: "1" });
}

/** The function `network` of an exported file. */
function networkOf(model: Layer, shape: Size, loss: Loss = squaredError()): string {
  const text = textOf(sampleModel({ name: "m", layer: model, shape, loss }));
  return /^function network\(x\) \{\n([\s\S]*?)^\}/m.exec(text)?.[1] ?? "";
}

async function answersOf(trained: Trained, inputs: NdArray): Promise<readonly number[]> {
  const { predict } = (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(textOf(trained))}`
  )) as { readonly predict: (row: readonly number[]) => Answer };
  const width = elementsOf(inputs.shape.slice(1));
  return Array.from({ length: ROWS }, (_, row) => {
    const { prediction, probabilities } = predict([...inputs.data.subarray(row * width, (row + 1) * width)]);
    return probabilities === undefined ? ([prediction].flat() as number[]) : Object.values(probabilities);
  }).flat();
}

/** The file and `predict` give the same, to 1e-6. */
async function expectSameAnswers(trained: Trained, codes = false): Promise<void> {
  const draws = normal(fork(seedKey(7), "js"), ROWS * elementsOf(trained.shape));
  // some codes lie outside of the table
  const values = Float32Array.from(draws, (x) => (codes ? Math.round(2 * x) : x));
  const inputs = ndarray(values, [ROWS, ...trained.shape]);
  const { answers } = await (await predictor(trained, { engine: reference }))(inputs);
  const numbers = [...answers.data];
  const binary = trained.loss.task === "classification" && answers.shape.at(-1) === 1;
  const wanted = binary ? numbers.flatMap((second) => [1 - second, second]) : numbers;
  const found = await answersOf(trained, inputs);
  expect(found.length).toBe(wanted.length);
  for (const [i, should] of wanted.entries())
    expect(Math.abs((found[i] ?? Number.NaN) - should), `answer ${i}`).toBeLessThan(
      1e-6 * Math.max(1, Math.abs(should)),
    );
}

test("the samples hold every layer", () => {
  const kinds = new Set(JSON.stringify(layerSamples.map((sample) => toJson(sample.layer))).match(/(?<="kind":")\w+/g));
  expect(Object.keys(layers).filter((kind) => !kinds.has(kind))).toEqual([]);
});

test.each(layerSamples)("T1 the file answers as predict: $name", async (sample) => {
  const codes = JSON.stringify(toJson(sample.layer)).includes("embedding");
  await expectSameAnswers(sampleModel(sample), codes);
});

const op = (name: string, of: readonly number[], attributes = {}): GraphStep => ({ op: name, of, attributes });
const numbers = (constant: readonly number[], shape: Size): GraphStep => ({ constant, shape, dtype: "float32" });
const graphs: Readonly<Record<string, readonly [Size, readonly GraphStep[]]>> = {
  "attention over positions": [
    [3, 4],
    [
      { layer: dense(5), of: 0 },
      { layer: dense(5), of: 0 },
      op("transpose", [2], { order: [0, 2, 1] }),
      op("matmul", [1, 3]),
      op("max", [4], { axes: 2, keep: true }),
      op("subtract", [4, 5]),
      op("exp", [6]),
      op("sum", [7], { axes: 2, keep: true }),
      op("divide", [7, 8]),
      op("matmul", [9, 0]),
    ],
  ],
  "parts, joined in another order": [
    [3, 4],
    [
      op("slice", [0], { axis: 2, from: 1, to: 3 }),
      op("transpose", [0], { order: [0, 2, 1] }),
      op("reshape", [2], { shape: ["batch", 3, 4] }),
      op("concatPair", [3, 1], { axis: 2 }),
      op("pad", [4], { axis: 1, before: 1, after: 2, value: -1.5 }),
      op("slice", [0], { axis: 1, from: 1, to: 2 }),
      op("pad", [6], { axis: 2, before: 0, after: 2 }),
      op("concatPair", [5, 7], { axis: 1 }),
    ],
  ],
  "comparisons and choices": [
    [6],
    [
      numbers([0.25], []),
      op("less", [1, 0]),
      op("lessEqual", [0, 1]),
      op("equal", [2, 3]),
      op("not", [4]),
      op("and", [5, 2]),
      op("or", [6, 3]),
      op("cast", [7], { dtype: "float32" }),
      op("select", [2, 8, 0]),
      op("floor", [0]),
      op("cast", [10], { dtype: "bool" }),
      op("select", [11, 9, 1]),
      op("abs", [12]),
      op("power", [13, 0]),
      op("softplus", [14]),
      op("negate", [15]),
      op("negate", [0]),
      op("subtract", [16, 17]),
      op("minimum", [18, 0]),
    ],
  ],
  "more ops than one expression should have": [
    [5],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((i) =>
      op(["sin", "cos", "sigmoid", "sign"][i % 4 === 0 ? 0 : i % 3] ?? "", [i - 1]),
    ),
  ],
  "the largest by its place": [
    [2, 3],
    [
      op("argmax", [0], { axis: 1 }),
      op("cast", [1], { dtype: "float32" }),
      op("reshape", [2], { shape: ["batch", 1, 3] }),
      op("add", [3, 0]),
    ],
  ],
  "weights that are moved, and some that are used twice": [
    [4],
    [
      { parameter: "weights", shape: [3, 4], init: he(), learned: true },
      op("transpose", [1]),
      op("matmul", [0, 2]),
      op("matmul", [3, 1]),
      numbers([1, 2, 3, 4], [4]),
      op("divide", [4, 5]),
    ],
  ],
  "windows over three axes": [
    [3, 3, 3, 2],
    [
      op("patches", [0], { size: [2, 2, 1], stride: [1, 1, 2], dilation: [1, 1, 1] }),
      op("max", [1], { axes: [4, 5, 6] }),
    ],
  ],
};

test.each(Object.entries(graphs))("T1 a graph layer answers as predict: %s", async (_, [shape, steps]) => {
  await expectSameAnswers(sampleModel({ name: "graph", layer: graphLayer(steps), shape, loss: squaredError() }));
});

test("a newly declared activation needs nothing of the export", async () => {
  const build = () => ({ apply: (x: Tensor) => stateless(multiply(tanhOf(x), maximum(x, 0.5))) });
  const mine = layer("mine", {}, build, { help: "as nothing else" });
  const model = chain(dense(4), mine(), dense(2));
  await expectSameAnswers(sampleModel({ name: "mine", layer: model, shape: [3], loss: squaredError() }));
  expect(networkOf(model, [3])).toContain(
    "const mine1 = dense1.map((value) => Math.tanh(value) * Math.max(value, 0.5));",
  );
});

test("an op that nothing predicts by is refused by its name", () => {
  const steps = [op("unpatches", [0], { shape: ["batch", 4, 1], size: [2], stride: [1], dilation: [1] })];
  expect(() => networkOf(graphLayer(steps), [3, 2, 1])).toThrow(/unpatches cannot be written/);
});

test("each layer is a line, and what depends on weights alone is computed before", () => {
  const rows = chain(dense(7), batchNorm(), relu(), dropout({ keep: 0.8 }), dense(3));
  expect(networkOf(rows, [4], softmaxCrossEntropy())).toMatchInlineSnapshot(`
    "  const dense1 = dense(x, weights["dense1.weights"], undefined, 7);
      const batchNorm1 = dense1.map((value, i) => (value - weights["batchNorm1.mean"][i]) * weights["batchNorm1.scale with variance"][i] + weights["batchNorm1.shift"][i]);
      const relu1 = batchNorm1.map((value) => Math.max(value, 0));
      const dense2 = dense(relu1, weights["dense2.weights"], weights["dense2.bias"], 3);
      return softmax(dense2, 3);
    "
  `);
  const images = chain(conv2d(4), leakyRelu({ slope: 0.2 }), maxPool(), flatten(), dense(1), elu());
  expect(networkOf(images, [4, 4, 1])).toMatchInlineSnapshot(`
    "  const conv2d1 = convolve(pad(pad(x, 16, 4, 4), 4, 1, 1), weights["conv2d1.weights"], weights["conv2d1.bias"], 4, { shape: [6, 6, 1], size: [3, 3] });
      const leakyRelu1 = conv2d1.map((value) => 0 < value ? value : value * 0.2);
      const maxPool1 = largest(largest(leakyRelu1, 2, 4), 2, 8);
      const dense1 = dense(maxPool1, weights["dense1.weights"], weights["dense1.bias"], 1);
      const elu1 = dense1.map((value) => 0 < value ? value : Math.expm1(Math.min(0, value)));
      return elu1;
    "
  `);
  const inner = chain(dense(4), residual(dense(4), sigmoid(), dense(4)), layerNorm(), dense(1));
  expect(networkOf(inner, [3], sigmoidCrossEntropy())).toMatchInlineSnapshot(`
    "  const dense1 = dense(x, weights["dense1.weights"], weights["dense1.bias"], 4);
      const residual1_dense1 = dense(dense1, weights["residual1.dense1.weights"], weights["residual1.dense1.bias"], 4);
      const residual1_sigmoid1 = residual1_dense1.map((value) => 1 / (1 + Math.exp(-value)));
      const residual1_dense2 = dense(residual1_sigmoid1, weights["residual1.dense2.weights"], weights["residual1.dense2.bias"], 4);
      const residual1 = dense1.map((value, i) => value + residual1_dense2[i]);
      const layerNorm1_mean = mean(residual1, 4, 1);
      const layerNorm1_subtract = residual1.map((value) => value - layerNorm1_mean[0]);
      const layerNorm1_sqrt = mean(layerNorm1_subtract.map((value) => value * value), 4, 1).map((value) => Math.sqrt(value + 0.00001));
      const layerNorm1 = layerNorm1_subtract.map((value, i) => value / layerNorm1_sqrt[0] * weights["layerNorm1.scale"][i] + weights["layerNorm1.shift"][i]);
      const dense2 = dense(layerNorm1, weights["dense2.weights"], weights["dense2.bias"], 1);
      return dense2.map((value) => 1 / (1 + Math.exp(-value)));
    "
  `);
  const members = ensemble([chain(dense(4), relu(), dense(2)), dense(2)], { loss: softmaxCrossEntropy() });
  expect(networkOf(members, [3], softmaxCrossEntropy())).toMatchInlineSnapshot(`
    "  const member1_dense1 = dense(x, weights["member1.dense1.weights"], weights["member1.dense1.bias"], 4);
      const member1_relu1 = member1_dense1.map((value) => Math.max(value, 0));
      const member1_dense2 = dense(member1_relu1, weights["member1.dense2.weights"], weights["member1.dense2.bias"], 2);
      const member2 = dense(x, weights["member2.weights"], weights["member2.bias"], 2);
      const answer_softmax = softmax(member2, 2);
      return softmax(softmax(member1_dense2, 2).map((value, i) => Math.log(Math.max((value + answer_softmax[i]) * 0.5, 1e-30))), 2);
    "
  `);
  expect(textOf(sampleModel({ name: "m", layer: rows, shape: [4], loss: squaredError() }))).not.toContain(
    "batchNorm1.variance",
  );
});
