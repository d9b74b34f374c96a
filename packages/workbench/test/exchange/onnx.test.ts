import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, type NdArray, ndarray } from "nabla";
import { writeOnnx } from "nabla/exchange";
import * as runtime from "onnxruntime-web";
import { afterAll, expect, test } from "vitest";
import { exportModel } from "../../src/exchange/export-model.ts";
import { importModel } from "../../src/exchange/import-model.ts";
import type { Experiment } from "../../src/experiment/fields.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { scan } from "../../src/sources/scan.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained, type TrainedModel } from "../../src/store/trained-model.ts";
import { digits, penguins } from "../commands/nabla.ts";

runtime.env.wasm.numThreads = 1;
runtime.env.logLevel = "error";
const home = await mkdtemp(join(tmpdir(), "nabla-onnx-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const models = new Map<string, Promise<TrainedModel>>();

/** A model of each target, trained once. */
function trained(experiment: Experiment): Promise<TrainedModel> {
  const model = models.get(`${experiment.target}`) ?? train(experiment);
  models.set(`${experiment.target}`, model);
  return model;
}

async function train(experiment: Experiment): Promise<TrainedModel> {
  const training = trainFile({ epochs: 3, hidden: [16], ...experiment }, { store, folder: home });
  return await loadTrained((await drain(training)).model ?? "");
}

/** What ONNX Runtime answers for the rows of a file, fed as its metadata say: raw columns or one matrix. */
async function answersOf(bytes: Uint8Array, model: TrainedModel, path: string): Promise<NdArray> {
  const columns = model.preparation.columns.filter(({ kind }) => kind !== "constant");
  const wanted = columns.map(
    ({ name, kind }) => ({ name, kind: kind === "category" ? "category" : "number" }) as const,
  );
  const session = await runtime.InferenceSession.create(bytes);
  const source = await scan(path, { columns: wanted });
  const parts: runtime.Tensor[] = [];
  for await (const table of source) {
    const { rows } = table;
    const given = table.columns.map((column) => {
      if (column.kind === "number") return Float32Array.from(column.values.data);
      return Array.from(column.codes, (code) => column.levels[code] ?? "");
    });
    const matrix = new Float32Array(rows * given.length);
    for (const [i, values] of given.entries())
      for (let row = 0; row < rows; row++) matrix[row * given.length + i] = Number(values[row]);
    const feeds =
      session.inputNames.length === 1
        ? { inputs: new runtime.Tensor("float32", matrix, [rows, given.length]) }
        : Object.fromEntries(
            given.map((values, i) => [
              table.columns[i]?.name ?? "",
              Array.isArray(values)
                ? new runtime.Tensor("string", values, [rows, 1])
                : new runtime.Tensor("float32", values, [rows, 1]),
            ]),
          );
    const [output] = Object.values(await session.run(feeds));
    if (output !== undefined) parts.push(output);
  }
  const data = parts.flatMap((part) => [...(part.data as Float32Array)]);
  return ndarray(Float32Array.from(data), [data.length / (parts[0]?.dims[1] ?? 1), parts[0]?.dims[1] ?? 1]);
}

async function predicted(model: TrainedModel, path: string): Promise<readonly (readonly (string | number)[])[]> {
  const rows: (readonly (string | number)[])[] = [];
  for await (const chunk of (await predictFile(model, path)).chunks) rows.push(...chunk);
  return rows;
}

test.each([
  ["digits", { data: digits, target: "digit", members: 1 }, "matrix"],
  ["penguins", { data: penguins, target: "species" }, "columns"],
] as const)("T1 raw rows of %s get the probabilities of nabla predict from ONNX Runtime", async (_, experiment, form) => {
  const model = await trained(experiment);
  const path = join(home, "model.onnx");
  await exportModel(model, { format: "onnx", name: "model", output: path });
  const bytes = new Uint8Array(await readFile(path));
  const expected = await predicted(model, experiment.data);
  const found = await answersOf(bytes, model, experiment.data);
  expect(found.shape[0]).toBe(expected.length);
  const width = found.shape[1] ?? 0;
  const differences = expected.flatMap(([, ...probabilities], row) =>
    probabilities.map((p, i) => Math.abs(Number(p) - (found.data[row * width + i] ?? Number.NaN))),
  );
  expect(Math.max(...differences)).toBeLessThan(1e-5);
  // one input for all, or one for each column: as the model's columns ask for
  const { inputNames } = await runtime.InferenceSession.create(bytes);
  expect(inputNames.length === 1).toBe(form === "matrix");
});

test("T1 a number to predict comes out in its own unit, missing values and unknown categories as nabla predict takes them", async () => {
  const model = await trained({ data: penguins, target: "body_mass_g" });
  const expected = (await predicted(model, penguins)).map(([mass]) => Number(mass));
  const found = await answersOf(writeOnnx(model), model, penguins);
  expect(found.shape).toEqual([expected.length, 1]);
  const differences = expected.map((mass, row) => Math.abs(mass - (found.data[row] ?? Number.NaN)) / mass);
  expect(Math.max(...differences)).toBeLessThan(1e-5);
});

test("T1 a model that went out as ONNX comes back with its preparation, and predicts as before", async () => {
  const model = await trained({ data: penguins, target: "species" });
  const path = join(home, "whole.onnx");
  await exportModel(model, { format: "onnx", name: "whole", output: path });
  const { model: again } = await importModel(path);
  expect(again.preparation).toEqual(model.preparation);
  expect(await predicted(again, penguins)).toEqual(await predicted(model, penguins));
});

test("T1 an ONNX file is imported as a model of plain numbers, and refused with its code where it is damaged", async () => {
  const model = await train({ data: digits, target: "digit", members: 1, periodic: 0 });
  const path = join(home, "network.onnx");
  await exportModel({ ...model, unnamed: true }, { format: "onnx", name: "network", output: path });
  const { model: again, format } = await importModel(path);
  expect(format).toBe("onnx");
  expect(again.trained.shape).toEqual(model.trained.shape);
  expect(again.trained.classes).toEqual(model.trained.classes);
  expect([...again.trained.weights.keys()]).toEqual([...model.trained.weights.keys()]);
  const bytes = await readFile(path);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(path, bytes.subarray(0, bytes.length - 7));
  await expect(importModel(path)).rejects.toMatchObject({ code: "onnx/truncated" });
});
