import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import { afterAll, expect, test } from "vitest";
import { exportModel } from "../../src/exchange/export-model.ts";
import { originFolder } from "../../src/exchange/origin-folder.ts";
import type { Experiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { resumeRun } from "../../src/runs/resume-run.ts";
import { runFacts } from "../../src/runs/run-facts.ts";
import { experimentOf } from "../../src/runs/stored-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained, saveTrained } from "../../src/store/trained-model.ts";
import { type Digit, digits, writePictures } from "../sources/digit-images.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-fine-tuning-"));
const before = process.cwd();
process.chdir(home);
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  process.chdir(before);
  await rm(home, { recursive: true, force: true });
});

const rows = await digits(900);
const parity = (some: readonly Digit[]): readonly Digit[] =>
  some.map((row) => ({ ...row, digit: Number(row.digit) % 2 === 0 ? "even" : "odd" }));
await writePictures(join(home, "all"), rows.slice(0, 500));
await writePictures(join(home, "few"), parity(rows.slice(500, 540)));
await writePictures(join(home, "rest"), parity(rows.slice(540)));
const single = { members: 1, refit: "none", split: { train: 0.6, dev: 0.2, test: 0.2 } } as const;
const layers = [
  ...[{ kind: "conv2d", filters: 8 }, { kind: "batchNorm" }, "relu", "maxPool"],
  ...[{ kind: "conv2d", filters: 16 }, { kind: "batchNorm" }, "relu", "maxPool", "flatten"],
  ...[{ kind: "dense", units: 32 }, "relu", { kind: "dense", units: 10 }],
];
const base: Experiment = { data: "all", target: "class", layers, epochs: 15, ...single };
const few: Experiment = { data: "few", target: "class", epochs: 100, rate: 0.01, augment: [], ...single };

const store = await openStore(join(home, "runs.db"));
const trained = async (experiment: Experiment) => await drain(trainFile(experiment, { store, folder: home }));
const first = await trained({ ...base, output: "digits" });
const model = await loadTrained("digits");
await exportModel(model, { format: "onnx", name: "digits" });
const errorOn = async (folder: string): Promise<number> =>
  (await evaluateFile(await loadTrained(folder), "rest")).score.error;

test("a network from an ONNX file learns other classes from few pictures: frozen layers keep their bits, and it errs far less", async () => {
  await trained({ ...few, output: "scratch", layers: layers.with(-1, { kind: "dense", units: 2 }) });
  const from = await originFolder("digits.onnx", undefined);
  expect(await originFolder("digits.onnx", undefined)).toBe(from);
  const { plan, run } = await trained({ ...few, from, output: "tuned" });
  const { resolved, notices } = plan;
  expect(resolved.freeze).toEqual(["conv2d1.*", "batchNorm1.*", "conv2d2.*", "batchNorm2.*", "dense1.*"]);
  expect(notices.map(({ message }) => message).join()).toMatch(/a new head, dense2; 5 layers .*frozen, one learns/);
  const [origin, tuned] = [await loadTrained(from), await loadTrained("tuned")];
  for (const [path, array] of tuned.trained.weights)
    expect([path, String(array.data) === String(origin.trained.weights.get(path)?.data)]).toEqual([
      path,
      !path.startsWith("dense2."),
    ]);
  // pictures become inputs as they did where the network was trained
  const [column, own] = [tuned, model].map(({ preparation }) => preparation.columns[0]);
  expect(column?.kind === "block" && column.center).toBeCloseTo(own?.kind === "block" ? own.center : Number.NaN, 5);
  const [scratch, error] = [await errorOn("scratch"), await errorOn("tuned")];
  expect(error).toBeLessThan(0.6 * scratch);
  const facts = new Map(runFacts(await store.get(run), experimentOf(await store.get(run))));
  expect(facts.get("Begins")).toMatch(/from .*digits-[0-9a-f]{8}, SHA-256 [0-9a-f]{12}…; frozen: conv2d1, batchNorm1/);
});

test("what is frozen can be counted, named, or nothing; the run goes on after a stop to the same bits", async () => {
  const plan = async (freeze: readonly string[]) =>
    (await planExperiment({ ...few, from: "digits", freeze })).resolved.freeze;
  expect(await plan([])).toEqual([]);
  expect(await plan(["1"])).toEqual(["conv2d1.*", "batchNorm1.*"]);
  expect(await plan(["conv2d*"])).toEqual(["conv2d1.*", "conv2d2.*"]);
  await expect(plan(["conv2"])).rejects.toMatchObject({ code: "experiment/freeze", hint: /conv2d/ });
  await expect(plan(["*"])).rejects.toMatchObject({ code: "experiment/freeze" });
  const whole = await trained({ ...few, from: first.run, freeze: [] }).catch((error: unknown) => error);
  expect(whole).toMatchObject({ code: "model/missing" });
  const tuning: Experiment = { ...few, from: "digits", freeze: ["1"], epochs: 4 };
  const all = await trained({ ...tuning, output: "whole" });
  const stop = new AbortController();
  let cut = "";
  for await (const event of trainFile({ ...tuning, output: "cut" }, { store, folder: home, signal: stop.signal })) {
    if (event.kind === "created") cut = event.run;
    if (event.kind === "epoch" && event.epoch === 2) stop.abort();
  }
  const resumed = await drain(resumeRun(cut, { store, folder: home }));
  expect([...resumed.trained.weights]).toEqual([...all.trained.weights]);
});

test("the same classes keep the head, and a model that was replaced is refused by its hash", async () => {
  const plan = await planExperiment({ data: "all", target: "class", ...single, from: "digits", epochs: 1 });
  expect(plan.prepared.begun?.head).toBeUndefined();
  expect([...(plan.prepared.begun?.weights.keys() ?? [])].sort()).toEqual([...model.trained.weights.keys()].sort());
  expect(plan.resolved.freeze).toEqual([]);
  const other = plan.resolved.fromSha256?.replace(/^./, (first) => (first === "0" ? "1" : "0")) ?? "";
  await expect(planExperiment({ ...few, from: "digits", fromSha256: other })).rejects.toMatchObject({
    code: "from/changed",
  });
});

test("a table goes on from the model of another table with its columns, whatever varies in it", async () => {
  const lines = (some: readonly (readonly (string | number)[])[]) =>
    `${["x", "unit", "color", "y"].join()}\n${some.map((row) => row.join()).join("\n")}\n`;
  const row = (i: number, unit: number, y: number | string) => [i % 17, unit, ["red", "blue"][i % 2] ?? "", y];
  await writeFile("large.csv", lines(Array.from({ length: 200 }, (_, i) => row(i, i % 5, (i % 17) * 2 + (i % 5)))));
  await writeFile("small.csv", lines(Array.from({ length: 30 }, (_, i) => row(i, 3, i % 17 > 8 ? "high" : "low"))));
  await trained({ data: "large.csv", target: "y", epochs: 5, ...single, output: "large" });
  const { resolved, prepared } = (
    await trained({ data: "small.csv", target: "y", epochs: 5, ...single, from: "large" })
  ).plan;
  // a column that does not vary here is an input of the model all the same
  const { columns } = (await loadTrained("large")).preparation;
  expect(prepared.preparation.columns).toEqual(columns);
  expect(prepared.train.inputs.shape[1]).toBeGreaterThan(3);
  expect(resolved.freeze.length).toBeGreaterThan(0);
  const refused = (more: Partial<Experiment>) =>
    planExperiment({ data: "small.csv", target: "y", from: "large", ...more }).then(
      () => "planned",
      ({ code }: { code: string }) => code,
    );
  expect(await refused({ ignore: ["x"] })).toBe("data/missing-column");
  expect(await refused({ hidden: [8] })).toBe("experiment/both");
  expect(await refused({ scaling: "standardize" })).toBe("experiment/both");
  expect(await refused({ from: "digits" })).toBe("from/inputs");
  expect(await refused({ data: "few", target: "class" })).toBe("from/inputs");
  expect(await refused({ data: "few", target: "class", from: "digits", image: [16, 16, 1] })).toBe("from/image");
  expect(await refused({ pixels: "unit" })).toBe("experiment/both");
  const unbegun = planExperiment({ data: "small.csv", target: "y", freeze: ["1"] });
  await expect(unbegun).rejects.toMatchObject({ code: "experiment/both" });
});

test("pixels come to a network of another tool as it takes them, by channel for ImageNet", async () => {
  const { columns, ...rest } = model.preparation;
  const plain = columns.map((column) => ({ ...column, center: 0, spread: 1 }));
  await saveTrained("foreign", { ...model, preparation: { ...rest, columns: plain }, unnamed: true });
  const scaled = async (more: Partial<Experiment>) => {
    const { prepared, notices } = await planExperiment({ ...few, from: "foreign", ...more });
    const [column] = prepared.preparation.columns;
    const assumed = notices.some(({ message }) => message.includes("--pixels"));
    return [column?.kind === "block" && [column.center, column.spread], assumed];
  };
  expect(await scaled({})).toEqual([[0, 255], true]);
  expect(await scaled({ pixels: "signed" })).toEqual([[127.5, 127.5], false]);
  expect(await scaled({ pixels: "bytes" })).toEqual([[0, 1], false]);
  await expect(scaled({ pixels: "imagenet" })).rejects.toMatchObject({ code: "experiment/pixels" });
});
