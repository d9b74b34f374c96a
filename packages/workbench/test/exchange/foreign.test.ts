/** Files that other frameworks wrote (fixtures/make.py, fixtures/make-tfjs.mjs) give the answers that those gave. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importModel } from "../../src/exchange/import-model.ts";
import { workFolder } from "../commands/nabla.ts";
import { answersOf, type Expected } from "./answers.ts";
import { expectEqual } from "./expect-equal.ts";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));

const expected: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8"));
const tfjs = (name: string): Expected => JSON.parse(readFileSync(join(fixtures, name, "expected.json"), "utf8"));

const kerasFiles = Object.keys(expected).filter((name) => name.startsWith("keras"));

test.each(kerasFiles)("T1 %s answers as Keras does", async (name) => {
  const { model } = await importModel(join(fixtures, name));
  const wanted = expected[name];
  if (wanted !== undefined) expectEqual(await answersOf(model, wanted), wanted);
});

test("T1 all Keras files are there, of Keras 2 and 3", () => {
  expect(kerasFiles.filter((name) => name.startsWith("keras2"))).toHaveLength(4);
  expect(kerasFiles.filter((name) => name.startsWith("keras3"))).toHaveLength(6);
});

test.each(["tfjs-images", "tfjs-codes"])("T1 %s answers as TensorFlow.js does", async (name) => {
  const { model } = await importModel(join(fixtures, name, "model.json"));
  const wanted = tfjs(name);
  expectEqual(await answersOf(model, wanted), wanted);
});

const networks: Readonly<Record<string, string>> = {
  "torch-rows.pt": `task: regression
layers: [{kind: dense, units: 6}, batchNorm, relu, {kind: dense, units: 6}, layerNorm, gelu, {kind: dense, units: 3}]`,
  "torch-images.pth": `task: regression
image: 6x8x3
layers: [{kind: conv2d, filters: 4}, batchNorm, relu, maxPool, {kind: conv2d, filters: 6, groups: 2}, tanh, flatten,
  {kind: dense, units: 4}, relu, {kind: dense, units: 2}]`,
  "lasagne-rows.npz": "task: regression\nlayers: [{kind: dense, units: 5}, relu, {kind: dense, units: 2}]",
};

test.each(Object.keys(networks))("T1 %s, loaded into a network, predicts as where it was trained", async (name) => {
  const folder = workFolder();
  const onto = join(folder, "experiment.yaml");
  const wanted = expected[name];
  if (wanted === undefined) throw new Error(`no answers for ${name}`);
  writeFileSync(onto, networks[name]?.replace("image: 6x8x3\n", "") ?? "");
  const { model, loaded } = await importModel(join(fixtures, name), { onto, shape: wanted.shape.slice(1) });
  expect(loaded?.missing).toEqual([]);
  expect(loaded?.unused).toEqual([]);
  expectEqual(await answersOf(model, wanted), wanted);
});

test("a table says what went where, and what was turned round on the way", async () => {
  const onto = join(workFolder(), "experiment.yaml");
  writeFileSync(onto, networks["torch-images.pth"]?.replace("image: 6x8x3\n", "") ?? "");
  const { loaded, notices } = await importModel(join(fixtures, "torch-images.pth"), { onto, shape: [6, 8, 2] });
  const rows = Object.fromEntries(loaded?.rows.map(({ to, from, how }) => [to, `${from}: ${how}`]) ?? []);
  expect(rows["conv2d1.weights"]).toBe("0.weight: transposed");
  expect(rows["conv2d1.bias"]).toBe("0.bias: as it is");
  expect(rows["batchNorm1.variance"]).toBe("1.running_var: as it is");
  expect(rows["dense1.weights"]).toBe("7.weight: transposed, rows to channels last");
  expect(notices).toEqual(['of a checkpoint, state_dict was read, not "epoch" and "lr"']);
});

test("layers that nabla lacks are named all at once", async () => {
  await expect(importModel(join(fixtures, "keras3-lacking.keras"))).rejects.toMatchObject({
    code: "keras/layer",
    message: 'the model has layers that nabla does not support: "SimpleRNN"',
  });
});

test.each([
  ["torch-hostile.pt", "torch/call", /^this file would call (posix|nt)\.system,/],
  ["torch-module.pt", "torch/call", /torch\.nn\.modules\.container\.Sequential/],
  ["torch-legacy.pt", "torch/legacy", /before 1\.6/],
  ["numpy-objects.npz", "npy/objects", /Python objects, which are pickles/],
])("%s is refused with %s and runs nothing", async (name, code, message) => {
  await expect(importModel(join(fixtures, name))).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test("weights of TensorFlow.js that are a link to somewhere else are not read", async () => {
  const folder = workFolder();
  cpSync(join(fixtures, "tfjs-images", "model.json"), join(folder, "model.json"));
  cpSync(join(fixtures, "tfjs-images", "weights.2.bin"), join(folder, "weights.2.bin"));
  symlinkSync(join(fixtures, "tfjs-images", "weights.1.bin"), join(folder, "weights.1.bin"));
  await expect(importModel(join(folder, "model.json"))).rejects.toMatchObject({ code: "files/link" });
});
