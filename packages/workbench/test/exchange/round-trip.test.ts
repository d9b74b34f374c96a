/** What is written is read again to the same answers, in every format, for networks of every layer. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { layers, type NdArray, ndarray, predict, toJson } from "nabla";
import { plainPreparation } from "nabla/exchange";
import { expect, test } from "vitest";
import { exportModel } from "../../src/exchange/export-model.ts";
import { importModel } from "../../src/exchange/import-model.ts";
import type { TrainedModel } from "../../src/store/trained-model.ts";
import { workFolder } from "../commands/nabla.ts";
import { inputsFor, samples, trainedSample } from "./witness/models.ts";

const ROWS = 20;
const sampleNames = Object.keys(samples);

function modelOf(name: string): { readonly model: TrainedModel; readonly inputs: NdArray } {
  const sample = samples[name];
  if (sample === undefined) throw new Error(`there is no sample ${name}`);
  const outputs =
    {
      rows: 3,
      bends: 1,
      images: 2,
      codes: 1,
      sums: 2,
      positions: 2,
      waves: 2,
      sentences: 3,
      steps: 2,
      directions: 2,
      blocks: 3,
      ensemble: 3,
    }[name] ?? 1;
  const preparation = plainPreparation({ shape: sample.shape, outputs, loss: sample.loss });
  return { model: { trained: trainedSample(sample), preparation, unnamed: true }, inputs: inputsFor(sample, ROWS) };
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const [is = Number.NaN, should = Number.NaN] = [found[i], wanted[i]];
    expect(Math.abs(is - should), `answer ${i}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(should)));
  }
}

test("the samples hold every layer", () => {
  const kinds = new Set(
    JSON.stringify(Object.values(samples).map(({ model }) => toJson(model))).match(/(?<="kind":")\w+/g),
  );
  expect(Object.keys(layers).filter((kind) => !kinds.has(kind) && kind !== "graph")).toEqual([]);
});

/** TensorFlow.js has no cosine, Keras no bags of embeddings, and neither masks by zeros. */
const refused: ReadonlySet<string> = new Set([
  ...["tfjs,waves", "tfjs,words", "keras,words"],
  ...["tfjs,sentences", "keras,sentences", "tfjs,steps", "keras,steps"],
  ...["tfjs,directions", "tfjs,blocks"],
]);

const whole = ["safetensors", "nabla", "npz", "keras", "tfjs"]
  .flatMap((format) => sampleNames.map((name) => [format, name] as const))
  .filter((one) => !refused.has(String(one)));

test.each(whole)("T1 %s: %s", async (format, name) => {
  const { model, inputs } = modelOf(name);
  const { path, files } = await exportModel(model, {
    format,
    name,
    output: join(workFolder(), `m${format === "npz" ? ".npz" : ""}.${format}`),
  });
  const file = format === "tfjs" ? join(path, files[0]?.name ?? "") : path;
  const { model: again } = await importModel(file);
  expect(again.preparation).toEqual(model.preparation);
  expect(again.trained.loss.kind).toBe(model.trained.loss.kind);
  const wanted = await predict(model.trained, inputs);
  expectClose((await predict(again.trained, inputs)).answers.data, wanted.answers.data);
});

test.each(sampleNames)("js: %s gives nabla's answers without nabla", async (name) => {
  const { model, inputs } = modelOf(name);
  const { path } = await exportModel(model, { format: "js", name, output: join(workFolder(), `${name}.mjs`) });
  const { predict: answer } = await import(/* @vite-ignore */ pathToFileURL(path).href);
  const width = inputs.data.length / ROWS;
  const rows = Array.from({ length: ROWS }, (_, i) => [...inputs.data.subarray(i * width, (i + 1) * width)]);
  const answers: readonly { prediction: unknown; probabilities?: Record<string, number> }[] = answer(rows);
  const found = answers.flatMap(({ prediction, probabilities }) =>
    probabilities === undefined ? prediction : Object.values(probabilities),
  ) as number[];
  const wanted = await predict(model.trained, inputs);
  const second = [...wanted.answers.data];
  expectClose(found, name === "codes" || name === "sides" ? second.flatMap((p) => [1 - p, p]) : second);
  expect(answer(rows[0])).toEqual(answers[0]);
});

test("only what a network needs is written, and names cannot leave their place", async () => {
  const { model } = modelOf("rows");
  const classes = ["*/ </script>", "__proto__", "\u2028"];
  const named = {
    ...model,
    preparation: { ...model.preparation, target: { kind: "classes" as const, name: "*/", classes } },
  };
  const { path } = await exportModel(named, { format: "js", name: "rows", output: join(workFolder(), "rows.mjs") });
  const { readFileSync } = await import("node:fs");
  const text = readFileSync(path, "utf8");
  expect(text).not.toContain("function convolve");
  expect(text).toContain("function dense");
  expect(text.includes("</script>")).toBe(false);
  expect(text.split("*/")[0]).toContain("rows: a neural network");
  const { predict: answer } = await import(/* @vite-ignore */ pathToFileURL(path).href);
  expect(classes).toContain(answer([0, 1, 2, 3]).prediction);
  expect(() => answer({ x1: 1, x2: 2, x3: 3 })).toThrow(/no "x4"/);
});

test("what TensorFlow.js has nothing for is refused by its name", async () => {
  const { average, ...images } = { average: { kind: "averagePool", padding: "same" }, ...modelOf("images") };
  const { layerFrom } = await import("nabla");
  const pooled = layerFrom({ kind: "chain", layers: [average, { kind: "flatten" }] });
  const trained = { ...images.model.trained, model: pooled, weights: new Map<string, NdArray>() };
  expect((await predict(trained, ndarray(new Float32Array(168), [1, 8, 7, 3]))).answers.data).toHaveLength(4 * 4 * 3);
  const output = join(workFolder(), "m");
  await expect(exportModel({ ...images.model, trained }, { format: "tfjs", name: "m", output })).rejects.toMatchObject({
    code: "keras/write",
    message: expect.stringContaining('padding "same"'),
  });
});

test("periodic embeddings are refused for TensorFlow.js with what takes them", async () => {
  const output = join(workFolder(), "waves");
  await expect(exportModel(modelOf("waves").model, { format: "tfjs", name: "waves", output })).rejects.toMatchObject({
    code: "keras/write",
    message: expect.stringContaining("periodic embeddings in TensorFlow.js, which has no cosine"),
    hint: expect.stringMatching(/ONNX.*\.js file.*--periodic 0/),
  });
});
