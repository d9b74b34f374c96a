import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { elementsOf } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { writeOnnx } from "../../src/exchange/onnx/write-onnx.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { layerFrom, toJson } from "../../src/nn/layers.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { predict } from "../../src/train/trained.ts";
import { type ForeignCase, foreignCases } from "./fixtures/onnx/foreign.ts";
import { furthest, openOnnx } from "./runtime.ts";

const loss = softmaxCrossEntropy();

/** Rows whose class hangs on the mean of their first numbers, and so can be learned. */
function rowsFor(shape: readonly number[], classes: number, rows = 96) {
  const width = elementsOf(shape);
  const inputs = ndarray(Float32Array.from(normal(seedKey(4), rows * width)), [rows, ...shape]);
  const codes = Int32Array.from({ length: rows }, (_, row) => {
    const part = Array.from(inputs.data.subarray(row * width, row * width + 6));
    const mean = part.reduce((sum, x) => sum + x, 0) / 6;
    return Math.min(classes - 1, Math.max(0, Math.round(2 * mean + 1)));
  });
  return { rows, inputs, targets: ndarray(codes, [rows]) };
}

const networks = [...foreignCases("torch"), ...foreignCases("tensorflow")].filter(
  ({ name }) => !name.startsWith("sequence") && !name.startsWith("attention"),
);

describe("T1 a foreign network is trained on and goes out again", () => {
  test.each(networks)("$name", async ({ bytes }: ForeignCase) => {
    const { trained } = readOnnx(bytes, { loss });
    const train = rowsFor(trained.shape, 3);
    const job = {
      model: trained.model,
      loss,
      weights: trained.weights,
      train,
      optimizer: adam({ rate: 0.02 }),
      batch: 32,
    };
    const before = await fit({ ...job, epochs: 0 });
    const after = await fit({ ...job, epochs: 30 });
    expect(after.train.cost).toBeLessThan(0.85 * before.train.cost);
    const written = writeOnnx({ trained: after.trained });
    const inputs = train.inputs;
    const { answers } = await predict(after.trained, inputs);
    expect(furthest(await (await openOnnx(written))({ inputs }), answers)).toBeLessThan(1e-5);
    // and comes in once more
    const again = readOnnx(written);
    expect(again.trained.loss.kind).toBe("softmaxCrossEntropy");
    expect(furthest((await predict(again.trained, inputs)).answers, answers)).toBeLessThan(1e-5);
  });
});

test("T1 all float weights of a file are parameters, and running statistics stay statistics", () => {
  const [dense] = foreignCases("torch").filter(({ name }) => name === "dense, old exporter");
  const { trained } = readOnnx(dense?.bytes ?? new Uint8Array());
  expect([...trained.weights].map(([path, { shape }]) => `${path} ${shape}`)).toEqual([
    "dense1.weights 6,8",
    "dense1.bias 8",
    "dense2.weights 8,5",
    "dense2.bias 5",
    "dense3.weights 5,3",
    "dense3.bias 3",
  ]);
  expect(trained.model.kind).toBe("chain");
  expect(trained.loss.kind).toBe("softmaxCrossEntropy");
  const [convolutional] = foreignCases("torch").filter(
    ({ name }) => name === "convolution and batch norm, old exporter",
  );
  const { weights, model } = readOnnx(convolutional?.bytes ?? new Uint8Array()).trained;
  expect(model.kind).toBe("graph");
  expect([...weights.keys()].filter((path) => path.startsWith("batchNorm1."))).toEqual(
    ["scale", "shift", "mean", "variance"].map((name) => `batchNorm1.${name}`),
  );
});

test("T1 a network that was read is plain data: made again from JSON it answers alike", async () => {
  for (const { bytes, input } of [...foreignCases("torch"), ...foreignCases("operators")]) {
    const { trained } = readOnnx(bytes);
    const model = layerFrom(JSON.parse(JSON.stringify(toJson(trained.model))));
    const [first, second] = [await predict(trained, input), await predict({ ...trained, model }, input)];
    expect(second.answers).toEqual(first.answers);
  }
});

test("T1 every operator graph that is read is written again, and ONNX Runtime agrees with us on it", async () => {
  for (const { name, bytes, input } of foreignCases("operators")) {
    const { trained } = readOnnx(bytes);
    const { answers } = await predict(trained, input);
    const found = await (await openOnnx(writeOnnx({ trained })))({ inputs: input });
    expect(furthest(found, answers), name).toBeLessThan(1e-5);
  }
});

test("T1 images may come with channels last, as all of nabla has them", async () => {
  const [network] = foreignCases("torch").filter(({ name }) => name === "residual, old exporter");
  const { bytes, input } = network as ForeignCase;
  const [first, last] = [readOnnx(bytes).trained, readOnnx(bytes, { images: "channelsLast" }).trained];
  const [rows = 1, channels = 1, height = 1, width = 1] = input.shape;
  const turned = new Float32Array(input.data.length);
  for (const [i, x] of input.data.entries()) {
    const [row, channel, place] = [
      Math.floor(i / (channels * height * width)),
      Math.floor(i / (height * width)) % channels,
      i % (height * width),
    ];
    turned[(row * height * width + place) * channels + channel] = x;
  }
  expect(last.shape).toEqual([height, width, channels]);
  const { answers } = await predict(last, ndarray(turned, [rows, height, width, channels]));
  expect(furthest(answers, (await predict(first, input)).answers)).toBeLessThan(1e-6);
});

test("a fresh beginning of an imported graph draws numbers like those that were read", async () => {
  const [network] = foreignCases("operators").filter(({ name }) => name === "weights used twice");
  const { trained } = readOnnx((network as ForeignCase).bytes);
  const { parameters } = trained.model.init([4], fork(seedKey(1), "x"), {});
  expect(Object.keys(parameters)).toEqual(["parameter1"]);
});
