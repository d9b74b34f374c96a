import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { elementsOf } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { folds } from "../../src/exchange/onnx/fold.ts";
import { operators } from "../../src/exchange/onnx/operators.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { writeOnnx } from "../../src/exchange/onnx/write-onnx.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { layers, toJson } from "../../src/nn/layers.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { predictor } from "../../src/train/trained.ts";
import { type PreparedSample, preparedSamples } from "./fixtures/onnx/prepared.ts";
import { layerSamples, sampleModel } from "./fixtures/onnx/samples.ts";
import { furthest, openOnnx } from "./runtime.ts";

const BATCHES = 100;

test.each(layerSamples)("T1 ONNX Runtime answers as we do on 100 random batches: $name", async (sample) => {
  const trained = sampleModel(sample);
  const [ours, theirs] = [await predictor(trained), await openOnnx(writeOnnx({ trained }))];
  const codes = JSON.stringify(sample.layer.options).includes("embedding") || sample.layer.kind === "embedding";
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows = 1 + (batch % 4);
    const draws = normal(fork(seedKey(7), `${batch}`), rows * elementsOf(sample.shape));
    // some codes lie outside of the table
    const numbers = Float32Array.from(draws, (x) => (codes ? Math.round(2 * x) : x));
    const inputs = ndarray(numbers, [rows, ...sample.shape]);
    const expected = (await ours(inputs)).answers;
    const found = await theirs({ inputs });
    expect(found.shape).toEqual(expected.shape);
    expect(furthest(found, expected), `batch ${batch}`).toBeLessThan(1e-5);
  }
});

test("dense layers at each position of a sequence are products of stacks there, and dense layers again here", async () => {
  const layer = chain(dense(4), relu(), dense(2));
  const trained = sampleModel({ name: "positions", layer, shape: [3, 5], loss: squaredError() });
  const file = writeOnnx({ trained });
  const again = readOnnx(file).trained;
  const inputs = ndarray(Float32Array.from(normal(seedKey(3), 4 * 15)), [4, 3, 5]);
  const { answers } = await (await predictor(trained))(inputs);
  expect(answers.shape).toEqual([4, 3, 2]);
  expect(furthest(await (await openOnnx(file))({ inputs }), answers)).toBeLessThan(1e-6);
  expect((await (await predictor(again))(inputs)).answers).toEqual(answers);
  expect(JSON.stringify(toJson(again.model)).match(/"kind":"dense"/g)).toHaveLength(2);
});

test.each(
  layerSamples.filter(({ layer }) => layer.kind === "recurrent"),
)("recurrent layers come back as they were: $name", async (sample) => {
  const trained = sampleModel(sample);
  const again = readOnnx(writeOnnx({ trained })).trained;
  const inputs = ndarray(Float32Array.from(normal(seedKey(4), 3 * elementsOf(sample.shape))), [3, ...sample.shape]);
  const { answers } = await (await predictor(trained))(inputs);
  expect(furthest((await (await predictor(again))(inputs)).answers, answers)).toBeLessThan(1e-6);
  expect(JSON.stringify(toJson(again.model))).toContain('"kind":"recurrent"');
});

test.each(await preparedSamples())("T1 raw rows go in and what nabla predicts comes out: $name", async (sample) => {
  const { model, options, feeds, expected } = sample;
  const found = await (await openOnnx(writeOnnx(model, options)))(feeds);
  expect(furthest(found, ndarray(expected, found.shape))).toBeLessThan(1e-5);
});

test.each(await preparedSamples())("T1 a model goes out and comes back whole: $name", async ({ model, options }) => {
  const { trained, preparation } = readOnnx(writeOnnx(model, options));
  expect(preparation).toEqual(model.preparation);
  expect(trained.loss.kind).toBe(model.trained.loss.kind);
  expect(trained.shape).toEqual(model.trained.shape);
  const inputs = ndarray(Float32Array.from(normal(seedKey(2), 3 * elementsOf(trained.shape))), [3, ...trained.shape]);
  const [ours, again] = [await predictor(model.trained), await predictor(trained)];
  expect(furthest((await again(inputs)).answers, (await ours(inputs)).answers)).toBeLessThan(1e-6);
});

test("T1 calibrated probabilities are those of softmax(logits / temperature)", async () => {
  const [sample] = await preparedSamples();
  const { model, feeds, expected } = sample as PreparedSample;
  const found = await (await openOnnx(writeOnnx({ ...model, temperature: 2 }, { calibrated: true })))(feeds);
  for (let row = 0; row < expected.length; row += 3) {
    const roots = expected.slice(row, row + 3).map(Math.sqrt);
    const total = roots.reduce((sum, x) => sum + x, 0);
    for (const [i, root] of roots.entries()) expect(found.data[row + i]).toBeCloseTo(root / total, 5);
  }
});

test("T1 the recorded outcome of the checker covers every sample, and all passed", async () => {
  const { models, versions } = JSON.parse(readFileSync(new URL("fixtures/onnx/outcome.json", import.meta.url), "utf8"));
  const layers = [17, 22].flatMap((opset) => layerSamples.map(({ name }) => `${name}, opset ${opset}`));
  const prepared = (await preparedSamples()).map(({ name }) => name);
  expect(models.map(({ name }: { name: string }) => name)).toEqual([...layers, ...prepared]);
  for (const { checker, onnxruntime, reference } of models) {
    expect(checker).toBe("passed");
    expect(Math.max(onnxruntime, reference)).toBeLessThan(1e-5);
  }
  expect(Object.keys(versions)).toEqual(["onnx", "onnxruntime"]);
});

test("T1 the page on ONNX lists the operators that are read, all of them and no others", () => {
  const page = readFileSync(new URL("../../../../docs/onnx.md", import.meta.url), "utf8");
  const table = page.split("| Operators | |")[1]?.split("\n\n")[0] ?? "";
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual([...new Set([...operators.keys(), ...Object.keys(folds)])].toSorted());
});

test("T1 every layer is among the samples", () => {
  expect(new Set(layerSamples.flatMap(({ layer }) => kindsIn(layer)))).toEqual(new Set(Object.keys(layers)));
});

function kindsIn(layer: unknown): readonly string[] {
  if (typeof layer !== "object" || layer === null) return [];
  const own = "kind" in layer && typeof layer.kind === "string" && layer.kind in layers ? [layer.kind] : [];
  return [...own, ...Object.values(layer).flatMap(kindsIn)];
}
