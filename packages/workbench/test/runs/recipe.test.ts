/** One recipe for a run: made when its training ends, and the same wherever it is shown. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { count, drain, fork, normal, seedKey } from "nabla";
import { diagnose } from "nabla/diagnose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ResolvedExperiment } from "../../src/experiment/fields.ts";
import { patchOptions } from "../../src/experiment/patch-options.ts";
import { writeReport } from "../../src/report/report.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { recipeOf, verdictSentence, verdictWord } from "../../src/runs/recipe.ts";
import { documentOf } from "../../src/runs/run-document.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { diagnosisText } from "../../src/terminal/diagnosis.ts";

let folder = "";
let store: RunStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-recipe-"));
  store = await openStore(join(folder, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Numbers of a curved surface; with a leak there is a column that is the target itself. */
function surface(name: string, { leak = false } = {}): string {
  const [a, b] = ["a", "b"].map((input) => normal(fork(seedKey(3), input), 240)) as [Float64Array, Float64Array];
  const lines = Array.from(a, (x, row) => {
    const y = 50 + 10 * (Math.sin(1.5 * x) + 0.6 * (b[row] ?? 0));
    return [x.toFixed(3), (b[row] ?? 0).toFixed(3), ...(leak ? [(y * 2 + 1).toFixed(2)] : []), y.toFixed(2)].join();
  });
  const file = join(folder, name);
  writeFileSync(file, `${["a", "b", ...(leak ? ["paid"] : []), "y"].join()}\n${lines.join("\n")}\n`);
  return file;
}

const numbers = { target: "y", hidden: [16], members: 1, scaling: "standardize", targetScale: "none" } as const;

test("the recipe is recorded with the run, and summary, diagnose, report and document have this one", async () => {
  const result = await drain(trainFile({ ...numbers, data: surface("slow.csv"), rate: 2e-5 }, { store, folder }));
  const { outcome } = await store.get(result.run);
  const [first] = outcome?.recipe ?? [];
  expect(first).toMatchObject({ code: "rate/low", options: ["--rate", expect.stringMatching(/^0\.\d+$/)] });
  expect(Number(first?.options[1])).toBeGreaterThan(1e-3);
  expect(result.outcome.recipe).toEqual(outcome?.recipe);
  expect(documentOf(result).recipe).toEqual(outcome?.recipe);
  const stored = await diagnoseRun(result.run, { store });
  expect(stored.recipe).toEqual(outcome?.recipe);
  expect(stored.diagnosis.verdict).toBe(outcome?.verdict);
  expect(diagnosisText(stored).replace(/\s+/g, " ")).toContain(
    `Try 1. ${first?.description}: --rate ${first?.options[1]}`,
  );
  const { file } = await writeReport(result.run, { store });
  expect(readFileSync(file, "utf8")).toContain(`<strong>${first?.description}</strong><br><code>--rate`);
  const human = await diagnoseRun(result.run, { store, human: 0.9 });
  expect(human.recipe).not.toEqual(outcome?.recipe);
});

test("what is wrong with the data is first, and the verdict is not good while it stands", async () => {
  const data = surface("leak.csv", { leak: true });
  const result = await drain(trainFile({ ...numbers, data, epochs: 60 }, { store, folder }));
  const [first] = result.outcome.recipe ?? [];
  expect(first).toMatchObject({ code: "data/leakage", options: ["--ignore", "paid"], try: {} });
  expect(first?.because).toContain("paid");
  expect(result.outcome.verdict).not.toBe("good");
  const stored = await diagnoseRun(result.run, { store });
  expect(stored.recipe[0]).toEqual(first);
  const human = await diagnoseRun(result.run, { store, human: 0.5 });
  expect(human.recipe[0]).toEqual(first);
});

test("a verdict is good on these parts alone while a warning about the data stands", () => {
  const good = diagnose({ train: 0.01, dev: 0.01 });
  const [leak] = [
    { code: "data/leakage", message: "column paid may leak y", hint: "leave it out", severity: "warning" as const },
  ];
  expect(verdictWord(good)).toBe("good");
  expect(verdictWord(good, [leak])).toBe("good on these parts, but a warning about the data stands");
  expect(verdictWord(good, [leak, leak])).toBe("good on these parts, but 2 warnings about the data stand");
  expect(verdictWord(diagnose({ train: 0.01, dev: 0.3 }), [leak])).toBe("high variance");
  expect(verdictSentence(good)).toBe(good.summary);
  expect(verdictSentence(good, [leak])).toBe(
    `Good on these parts, but a warning about the data stands: column paid may leak y. ${good.summary}`,
  );
  const steps = recipeOf({ resolved: {} as ResolvedExperiment, diagnosis: good, warnings: [leak] });
  expect(steps).toEqual([
    { code: "data/leakage", because: "column paid may leak y", description: "leave it out", try: {}, options: [] },
  ]);
});

describe("a change of a job as options", () => {
  const layers = (units: readonly number[], keep?: number) => ({
    kind: "chain",
    layers: [
      ...units.flatMap((width) => [
        { kind: "dense", units: width },
        "relu",
        ...(keep === undefined ? [] : [{ kind: "dropout", keep }]),
      ]),
      { kind: "dense", units: 3 },
    ],
  });
  const run = {
    model: layers([16, 8], 0.8),
    optimizer: { kind: "adam", rate: 0.003 },
    epochs: 100,
  } as unknown as ResolvedExperiment;
  test.each([
    ["a rate", { optimizer: { kind: "adam", rate: 0.01 } }, "--rate 0.01"],
    ["another optimizer", { optimizer: { kind: "rmsprop", rate: 0.002 } }, "--optimizer rmsprop --rate 0.002"],
    ["epochs", { epochs: 400 }, "--epochs 400"],
    ["epochs without early stopping", { epochs: 400, patience: null }, "--epochs 400 --patience 400"],
    ["a wider network", { model: layers([64, 32], 0.8) }, "--hidden 64,32 --keep 0.8"],
    ["no dropout", { model: layers([16, 8]) }, "--hidden 16,8 --keep 1"],
    ["a penalty", { penalty: { kind: "l2", strength: 0.01 } }, "--penalty 0.01"],
    ["no penalty", { penalty: null }, "--penalty 0"],
    ["balanced classes", { balance: true }, "--balance rows"],
    ["a smaller batch", { batch: 16 }, "--batch 16"],
    ["no schedule", { schedule: null }, "--schedule constant"],
    ["nothing", {}, ""],
    ["inputs left out, which are known by place alone", { without: [2] }, ""],
  ] as const)("%s", (_, patch, words) => {
    expect(patchOptions(patch, run).join(" ")).toBe(words);
  });
});

test("a training that its time limit cut off gets more time, and no advice about its network", async () => {
  const data = surface("cut.csv");
  const result = await drain(
    trainFile({ ...numbers, data, epochs: 100_000, time: 0.5, rate: 1e-8 }, { store, folder }),
  );
  const { recipe = [], epochs } = result.outcome;
  expect(recipe.map(({ code }) => code)).toEqual(["run/unfinished"]);
  expect(recipe[0]?.because).toContain(`${count(epochs, "epoch")} of 100,000`);
  expect(recipe[0]?.options).toEqual(["--time", expect.stringMatching(/^\d+(s|m|h)/)]);
});

test("a diverged run without a model has its verdict and recipe in document and diagnosis", async () => {
  const result = await drain(trainFile({ ...numbers, data: surface("far.csv"), rate: 500 }, { store, folder }));
  expect(documentOf(result)).toMatchObject({ verdict: "diverged", model: null });
  const found = await diagnoseRun(result.run, { store });
  expect(found.diagnosis.verdict).toBe("diverged");
  expect(found.recipe).toEqual(result.outcome.recipe);
  expect(found.recipe[0]).toMatchObject({ code: "rate/high", options: ["--rate", expect.any(String)] });
});
