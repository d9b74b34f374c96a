/** Typical networks that Keras 3 saved (fixtures/make-networks.py): equal answers, steps of training, and out again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { adam, type Examples, fit, ndarray, predict } from "nabla";
import { expect, test } from "vitest";
import { exportModel } from "../../src/exchange/export-model.ts";
import { importModel } from "../../src/exchange/import-model.ts";
import { loadTrained, saveTrained } from "../../src/store/trained-model.ts";
import { workFolder } from "../commands/nabla.ts";
import { answersOf, type Expected, inputsOf } from "./answers.ts";
import { expectEqual } from "./expect-equal.ts";

const folder = fileURLToPath(new URL("fixtures/networks/", import.meta.url));
const expected: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const names = Object.keys(expected);

const imported = new Map<string, ReturnType<typeof importModel>>();

/** A network as it was imported, once. */
function network(name: string): ReturnType<typeof importModel> {
  const found = imported.get(name) ?? importModel(join(folder, name));
  imported.set(name, found);
  return found;
}

test("there are 38 networks", () => expect(names).toHaveLength(38));

/** Half floats carry three digits; Keras computes with them, nabla with what they stand for. */
const near = (name: string): number => (name === "half.keras" ? 2e-3 : 1e-5);

test.each(names)("%s answers as Keras does, trains on, and is kept", async (name) => {
  const wanted = expected[name];
  if (wanted === undefined) throw new Error(`no answers for ${name}`);
  const { model } = await network(name);
  expectEqual(await answersOf(model, wanted), wanted, near(name));

  const { trained } = model;
  const inputs = inputsOf(model, wanted);
  const answers = (await predict(trained, inputs)).answers;
  const codes = trained.loss.task === "classification";
  const outputs = answers.shape.at(-1) ?? 1;
  const places = answers.shape.slice(0, -1);
  const targets = codes
    ? ndarray(
        Int32Array.from({ length: answers.data.length / outputs }, (_, i) => i % Math.max(2, outputs)),
        outputs === 1 && places.length > 1 ? answers.shape : places,
      )
    : ndarray(
        Float32Array.from(answers.data, (value, i) => value + Math.sin(i)),
        answers.shape,
      );
  const train: Examples = { rows: inputs.shape[0] ?? 0, inputs, targets };
  const { model: layers, loss, weights } = trained;
  const run = await fit({ model: layers, loss, weights, optimizer: adam({ rate: 1e-3 }), train, batch: 3, epochs: 2 });
  expect(run.steps).toBe(2);
  expect(
    [...run.trained.weights].some(([path, { data }]) =>
      trained.weights.get(path)?.data.some((value, i) => value !== data[i]),
    ),
  ).toBe(trained.weights.size > 0);

  const kept = join(workFolder(), "model");
  await saveTrained(kept, model);
  expectEqual(await answersOf(await loadTrained(kept), wanted), wanted, near(name));
});

/** What TensorFlow.js has no layer for, once ops have taken its place; Keras has operations too. */
const oneWay: Readonly<Record<string, RegExp>> = {
  "gates.keras": /the op exp/,
  "activations.keras": /the op select/,
  "pools.keras": /averagePool with padding "same"/,
  "separable.keras": /convolution in groups/,
  "transposed.keras": /the op/,
  "autoencoder.keras": /the op add/,
  "temporal.keras": /convolution in groups/,
  "groups.keras": /convolution in groups/,
  "mobilenet.keras": /convolution in groups/,
  "two-inputs.keras": /the op slice/,
  "image-and-row.keras": /the op slice/,
  "siamese.keras": /the op slice/,
  "arithmetic.keras": /the op subtract/,
  "operations.keras": /the op/,
  "attention.keras": /the op|attention/,
  "both-ways.keras": /recurrent layers/,
  "standardized.keras": /scaled each by another number/,
};

test.each(
  names.flatMap((name) => [["tfjs", name] as const, ["keras", name] as const]),
)("written as %s again, %s answers the same, or what is lacking there is named", async (format, name) => {
  const wanted = expected[name];
  if (wanted === undefined) throw new Error(`no answers for ${name}`);
  const { model } = await network(name);
  const output = join(workFolder(), format === "tfjs" ? "m" : "m.keras");
  const lacking = format === "tfjs" ? oneWay[name] : undefined;
  const written = exportModel(model, { format, name: "m", output });
  if (lacking !== undefined) {
    await expect(written).rejects.toMatchObject({ code: "keras/write", message: expect.stringMatching(lacking) });
    return;
  }
  await written;
  const again = await importModel(format === "tfjs" ? join(output, "model.json") : output);
  expectEqual(await answersOf(again.model, wanted), wanted, near(name));
});

test("a note tells where each input and output stands, by its name", async () => {
  const { notices } = await network("image-and-row.keras");
  expect(notices).toEqual([
    'its 2 inputs stand in one row of numbers: "image" is numbers 1 to 36 and "row" is numbers 37 to 40',
  ]);
  const outputs = (await network("two-outputs.keras")).notices;
  expect(outputs).toEqual([expect.stringMatching(/^its 2 outputs stand in one row of numbers: .* is number 3$/)]);
});
