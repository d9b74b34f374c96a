import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { drain, type Json, preparedInputs, table, textColumn, textInputs } from "nabla";
import * as runtime from "onnxruntime-web";
import { afterAll, expect, test } from "vitest";
import { exportModel } from "../../src/exchange/export-model.ts";
import { asRecord } from "../../src/experiment/choice.ts";
import type { Experiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";

runtime.env.wasm.numThreads = 1;
runtime.env.logLevel = "error";
const folder = mkdtempSync(join(tmpdir(), "nabla-texts-"));
const store = await openStore(join(folder, "runs.db"));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const animals = ["heron", "otter", "badger", "marten", "falcon", "salmon", "beetle", "weasel"];
const tools = ["hammer", "chisel", "spanner", "pliers", "anvil", "mallet", "trowel", "sander"];
const places = ["by the river", "in an old shed", "near the mill", "under the bridge", "on the hill"];

/** What was seen, in a sentence with an animal or a tool; the language changes, and some cells are empty. */
function sights(): string {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const living = i % 2 === 0;
    const word = (living ? animals : tools)[(i * 7) % 8] ?? "";
    const place = places[(i * 3) % 5] ?? "";
    const text =
      i % 30 === 29
        ? ""
        : i % 5 === 4
          ? `这是一个${living ? "动物" : "工具"}，看到第${i}次`
          : `we saw the ${word} ${place}, ${i} times`;
    const note = `${["nice", "fine", "grand"][i % 3]} weather and ${["no", "some", "much"][(i >> 2) % 3]} wind on day ${i}`;
    return `"${text}","${note}",${(i * 13) % 29},${living ? "alive" : "made"}`;
  });
  const path = join(folder, "sights.csv");
  writeFileSync(path, `sight,note,size,what\n${rows.join("\n")}\n`);
  return path;
}

const data = sights();
const asked: Experiment = {
  data,
  target: "what",
  members: 1,
  epochs: 12,
  seed: 1,
  split: { train: 0.7, dev: 0.3, test: 0 },
};
const alone: Experiment = { ...asked, ignore: ["note", "size"] };
const trained = (experiment: Experiment): Promise<RunResult> => drain(trainFile(experiment, { store, folder }));
const result = await trained(alone);

function layersOf({ model }: { readonly model: Json }): readonly { readonly [name: string]: Json }[] {
  const { layers } = asRecord(model);
  return Array.isArray(layers) ? layers.map(asRecord) : [];
}

test("a table of texts alone trains, and says what it learns from", async () => {
  const { plan, outcome } = result;
  const { columns } = plan.parts.profile;
  expect(columns.map(({ name, as, use }) => [name, as, use])).toContainEqual(["sight", "text", "input"]);
  expect(plan.notices.map(({ code }) => code)).toContain("data/words");
  expect(layersOf(plan.resolved).map(({ kind }) => kind)).toEqual(["embeddingBag", "dense"]);
  expect(outcome.dev?.error).toBeLessThan(0.1);
});

test("several columns of texts stand beside numbers", async () => {
  const { plan, outcome } = await trained(asked);
  const layers = layersOf(plan.resolved);
  expect(layers.slice(0, 4).map(({ kind }) => kind)).toEqual(["periodic", "embeddingBag", "embeddingBag", "dense"]);
  const [, second, first] = layers;
  expect(Number(first?.from)).toBe(0);
  expect(Number(second?.from)).toBe(2 * Number(first?.length));
  expect(outcome.dev?.error).toBeLessThan(0.15);
});

test("what was never seen, and nothing, are predicted too; a new word by its parts", async () => {
  const rows = ["we saw the herons", "we saw the hammers", "一个动物", "一个工具", "", "zzz qqq", "🙂"];
  const path = join(folder, "new.csv");
  writeFileSync(path, `id,sight\n${rows.map((text, i) => `${i},"${text}"`).join("\n")}\n`);
  const model = await loadTrained(result.model ?? "");
  const predicted = await predictFile(model, path);
  const answers: (readonly (string | number)[])[] = [];
  for await (const chunk of predicted.chunks) answers.push(...chunk);
  expect(answers.slice(0, 4).map(([first]) => first)).toEqual(["alive", "made", "alive", "made"]);
  expect(new Set(answers.slice(4).map((answer) => answer.join()))).toHaveProperty("size", 1);
  expect(predicted.lateNotices()).toEqual([]);
  const { trained: network, preparation } = model;
  expect(preparedInputs(preparation, table([textColumn("sight", rows)])).shape[1]).toBe(network.shape[0]);
});

/** What was seen first decides, and both are always seen: words in any order say nothing. */
function orders(): string {
  const rows = Array.from({ length: 160 }, (_, i) => {
    const [one, other] = ["heron", i % 2 === 0 ? "otter" : "badger"];
    const isFirst = (i >> 1) % 2 === 0;
    const [first, second] = isFirst ? [one, other] : [other, one];
    return `"a ${first} of ${["small", "great", "fair"][i % 3]} size and then some ${second}",${isFirst ? "yes" : "no"}`;
  });
  const path = join(folder, "orders.csv");
  writeFileSync(path, `seen,heron first\n${rows.join("\n")}\n`);
  return path;
}

test.each([
  "gru",
  "transformer",
] as const)("words in order are learned from by a %s, which ONNX has too", async (encoder) => {
  const { plan, outcome, model } = await trained({
    ...{
      data: orders(),
      columns: { seen: "text" },
      target: "heron first",
      encoder,
      textUnits: 8,
      hidden: [],
      epochs: 30,
      batch: 32,
      rate: 0.02,
    },
    ...{ members: 1, seed: 1, split: { train: 0.7, dev: 0.3, test: 0 } },
  });
  const [branch] = layersOf(plan.resolved);
  const kinds = Array.isArray(branch?.layers) ? branch.layers.map((one) => asRecord(one).kind) : [];
  expect(kinds.slice(0, 2)).toEqual(["embedding", encoder === "gru" ? "recurrent" : "positionalEncoding"]);
  expect(outcome.dev?.error).toBeLessThan(0.1);
  const loaded = await loadTrained(model ?? "");
  const [column] = loaded.preparation.columns;
  if (column?.kind !== "text") throw new Error("expected texts");
  const words = [...textInputs(column, textColumn("seen", ["an otter of great size", "", "zzz heron"])).data];
  const unknown = column.pieces.length + 1;
  expect(words.slice(0, column.length).filter((code) => code === unknown)).toHaveLength(1);
  expect(words.slice(column.length, 2 * column.length)).toEqual(new Array(column.length).fill(0));
  expect(words[2 * column.length]).toBe(unknown);
  const output = join(folder, `${encoder}.onnx`);
  const { compared, notices } = await exportModel(loaded, { format: "onnx", output, name: encoder });
  expect(compared?.difference, notices.join()).toBeLessThan(1e-5);
  const js = exportModel(loaded, { format: "js", output: join(folder, `${encoder}.mjs`), name: encoder });
  await expect(js).rejects.toMatchObject({ code: "js/texts", hint: expect.stringContaining("--encoder bag") });
});

test("ONNX Runtime answers as the model does, fed with codes and weights; the JavaScript file takes the texts", async () => {
  const model = await loadTrained(result.model ?? "");
  const [onnx, js] = [join(folder, "sights.onnx"), join(folder, "sights.mjs")];
  for (const [format, output] of [
    ["onnx", onnx],
    ["js", js],
  ] as const) {
    const { compared, notices } = await exportModel(model, { format, output, name: "sights" });
    expect(compared?.difference, notices.join()).toBeLessThan(1e-5);
    if (format === "onnx") expect(notices.join()).toMatch(/texts.*codes.*textInputs/);
  }
  const texts = ["we saw the heron", "a hammer", "", "动物 in the shed ＨＥＲＯＮ, heron!"];
  const { predict } = (await import(pathToFileURL(js).href)) as {
    readonly predict: (
      rows: readonly object[],
    ) => readonly { readonly probabilities: Readonly<Record<string, number>> }[];
  };
  const plain = predict(texts.map((sight) => ({ sight }))).map(({ probabilities }) => probabilities.alive);
  const [column] = model.preparation.columns;
  if (column?.kind !== "text") throw new Error("expected texts");
  const { data: numbers, shape } = textInputs(column, textColumn("sight", texts));
  const session = await runtime.InferenceSession.create(readFileSync(onnx));
  const { probabilities } = await session.run({
    sight: new runtime.Tensor("float32", Float32Array.from(numbers), shape.map(Number)),
  });
  const found = texts.map((_, row) => Number(probabilities?.data[2 * row]));
  for (const [row, share] of found.entries()) expect(share).toBeCloseTo(plain[row] ?? Number.NaN, 5);
});

test("layers of one's own begin with the words, and augmentation that would change them is refused", async () => {
  const layers = [{ kind: "dense", units: 2 }];
  await expect(planExperiment({ ...alone, layers })).rejects.toMatchObject({
    code: "experiment/texts",
    hint: expect.stringContaining('begin layers with {"kind":"embeddingBag","count":'),
  });
  const changes: readonly Partial<Experiment>[] = [{ augment: ["noise"] }, { mixup: 0.2 }];
  for (const change of changes)
    await expect(trained({ ...alone, ...change }), JSON.stringify(change)).rejects.toMatchObject({
      code: "train/codes",
    });
});
