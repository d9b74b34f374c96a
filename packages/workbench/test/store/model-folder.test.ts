import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ndarray, scalar } from "nabla";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadModel, modelArchive, saveModel } from "../../src/store/model-folder.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-model-"));
  path = join(folder, "model");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const saved = (first = 1) => ({
  model: { layers: [{ kind: "dense", units: 2 }], classes: ["größe", "b"], mean: [0.1, Number.NaN] },
  weights: new Map([
    ["layer1.weights", ndarray([first, -2, 0.5, -0, 5, 6], [3, 2])],
    ["layer1.bias", ndarray(Float64Array.of(1 / 3, 2), [2])],
    ["steps", scalar(7, "int32")],
  ]),
});

const code = (name: string) => expect.objectContaining({ code: name });
const description = () => join(path, "model.json");
const weights = () => join(path, "weights.safetensors");

function change(edit: (envelope: Record<string, unknown>) => unknown): void {
  writeFileSync(description(), JSON.stringify(edit(JSON.parse(readFileSync(description(), "utf8")))));
}

function replaceBy(place: string, make: (place: string, content: "") => void): void {
  rmSync(place, { recursive: true });
  make(place, "");
}

test("a model is read as it was saved, and saving it twice gives the same bytes", async () => {
  await saveModel(path, saved());
  const first = readdirSync(path).map((name) => readFileSync(join(path, name), "hex"));
  await saveModel(path, saved());
  expect(readdirSync(path).map((name) => readFileSync(join(path, name), "hex"))).toEqual(first);
  const loaded = await loadModel(path);
  expect(loaded).toMatchObject({ model: saved().model, library: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  expect([...loaded.weights]).toEqual([...saved().weights]);
  expect(Object.is(loaded.weights.get("layer1.weights")?.data[3], -0)).toBe(true);
  expect(loaded.sha256).toBe(createHash("sha256").update(readFileSync(weights())).digest("hex"));
});

test("one file of a folder is read as the folder is, and a damaged one is refused by its name", async () => {
  await saveModel(path, saved());
  const file = join(folder, "model.nabla");
  const bytes = await modelArchive(saved());
  writeFileSync(file, bytes);
  expect(await loadModel(file)).toEqual(await loadModel(path));
  writeFileSync(file, bytes.slice(0, -30));
  await expect(loadModel(file)).rejects.toThrow(
    expect.objectContaining({ code: "zip/truncated", message: expect.stringContaining("model.nabla") }),
  );
});

test("model.json says its format, the library and the hash, for people and other tools", async () => {
  await saveModel(path, saved());
  const envelope = JSON.parse(readFileSync(description(), "utf8"));
  expect(envelope).toMatchObject({
    format: "nabla-model/1",
    weights: { file: "weights.safetensors", sha256: (await loadModel(path)).sha256 },
  });
  expect(readFileSync(description(), "utf8")).toContain('\n  "model": {');
});

test("a saving that was killed between its renames leaves the model that was there", async () => {
  await saveModel(path, saved());
  renameSync(path, join(folder, `.model.4194305-01234567@${hostname()}.old`));
  expect((await loadModel(path)).weights.get("steps")?.data[0]).toBe(7);
  expect(readdirSync(folder)).toEqual(["model"]);
});

test("a disk that fills while saving leaves the previous model", async () => {
  await saveModel(path, saved());
  const child = fileURLToPath(new URL("children/save-large.ts", import.meta.url));
  const command = ["-c", 'ulimit -f 64; exec "$@"', "sh", process.execPath, "--conditions=nabla-source", child, path];
  const { stdout, stderr } = spawnSync("sh", command, { encoding: "utf8" });
  expect(stdout + stderr).toBe("files/too-large\n");
  expect([...(await loadModel(path)).weights]).toEqual([...saved().weights]);
  expect(readdirSync(folder)).toEqual(["model"]);
});

test.each<[string, string, () => void]>([
  ["model/missing", "no folder", () => rmSync(path, { recursive: true })],
  ["model/not-a-folder", "a file", () => replaceBy(path, writeFileSync)],
  ["model/no-model", "a folder without model.json", () => rmSync(description())],
  ["files/is-a-folder", "a folder for model.json", () => replaceBy(description(), (place) => mkdirSync(place))],
  [
    "model/damaged",
    "half of model.json",
    () => writeFileSync(description(), readFileSync(description(), "utf8").slice(0, 60)),
  ],
  ["model/foreign", "another tool's model.json", () => writeFileSync(description(), '{"format":"layers-model"}')],
  ["model/foreign", "a list", () => writeFileSync(description(), "[]")],
  ["model/damaged", "no model in it", () => change(({ model: _model, ...rest }) => rest)],
  ["model/damaged", "a hash that is none", () => change((envelope) => ({ ...envelope, weights: { sha256: "abc" } }))],
  ["model/newer", "a newer format, whatever else it has", () => change(() => ({ format: "nabla-model/2" }))],
  ["model/no-weights", "no weights", () => rmSync(weights())],
  [
    "model/hash",
    "another model's weights",
    () => change((envelope) => ({ ...envelope, weights: { sha256: "0".repeat(64) } })),
  ],
  [
    "model/hash",
    "one changed bit",
    () => {
      const bytes = readFileSync(weights());
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      writeFileSync(weights(), bytes);
    },
  ],
  [
    "model/weights",
    "weights that never were any",
    () => {
      writeFileSync(weights(), "no tensors here");
      change((envelope) => ({
        ...envelope,
        weights: { sha256: createHash("sha256").update("no tensors here").digest("hex") },
      }));
    },
  ],
])("%s: %s is said in a sentence that names the place", async (name, _what, damage) => {
  await saveModel(path, saved());
  damage();
  await expect(loadModel(path)).rejects.toThrow(code(name));
  await expect(loadModel(path)).rejects.toThrow(path);
});
