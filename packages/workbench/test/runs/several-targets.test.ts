/** Several targets in one run: numbers, classes and labels, each with its errors, its verdict and its answers. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, seedKey, takeTable, uniform } from "nabla";
import { type AnswerRow, rowModel } from "nabla/answers";
import { answerOnnx, type ExchangedModel, modelFromJson, modelToJson, writeJs, writeOnnx } from "nabla/exchange";
import { afterAll, expect, test } from "vitest";
import { exportModel } from "../../src/exchange/export-model.ts";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { writeReport } from "../../src/report/report.ts";
import { compareRuns } from "../../src/runs/compare-runs.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { explainRun } from "../../src/runs/explain-run.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { documentOf } from "../../src/runs/run-document.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { readTable } from "../../src/sources/read-table.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { evaluationText } from "../../src/terminal/evaluation.ts";
import { explanationText } from "../../src/terminal/explanation.ts";
import { runText } from "../../src/terminal/run-list.ts";
import { targetOutcomeText } from "../../src/text/targets.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-targets-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const data = join(home, "flats.csv");
const draws = uniform(seedKey(21), 720);
const lines = Array.from({ length: 240 }, (_, i) => {
  const [a = 0, b = 0, c = 0] = draws.slice(3 * i, 3 * i + 3);
  const [area, age] = [40 + 120 * a, Math.floor(80 * b)];
  const heating = c < 0.5 ? "gas" : "pump";
  const price = 2.5 * area - age + (heating === "pump" ? 30 : 0);
  const tags = [age < 20 ? "new" : "", area > 120 ? "large" : ""].filter((tag) => tag !== "").join("|");
  return [area.toFixed(1), age, heating, price.toFixed(1), area > 90 ? "house" : "flat", tags].join();
});
await writeFile(data, ["area,age,heating,price,kind,tags", ...lines].join("\n"));

const small = { hidden: [24], periodic: 0, epochs: 40, rate: 0.02, members: 1, refit: "none" } as const;

async function trained(changes: PartialExperiment & { readonly target: string | readonly string[] }) {
  return await drain(trainFile({ data, ...small, ...changes }, { store, folder: home }));
}

test("a measure that is named selects the epoch by one of several targets, and a note says that it does no more", async () => {
  const asked = { data, ...small, target: "price,kind", measure: "f1", selectionTarget: "kind" } as const;
  const { notices } = await planExperiment(asked);
  expect(notices.find(({ code }) => code === "measure/several")?.message).toBe(
    "F1 of kind selects the epoch; verdict and comparisons go by the weighted error of all targets",
  );
});

test("numbers, classes and labels are learned at once, and measured, answered and explained one by one", async () => {
  const result = await trained({ target: "price,kind,tags" });
  const { outcome } = result;
  expect(documentOf(result)).toMatchObject({ task: "multitask", target: "price, kind, tags" });
  expect(outcome.targets?.map(({ dev }) => [dev?.name, dev?.kind])).toEqual([
    ["price", "number"],
    ["kind", "classes"],
    ["tags", "labels"],
  ]);
  for (const { dev, verdict } of outcome.targets ?? []) {
    expect(dev?.error).toBeLessThan(0.3 * (dev?.baseline ?? 0));
    expect(verdict).not.toBe("");
  }
  expect(outcome.baseline?.error).toBeGreaterThan(0.8);
  const found = await evaluateRun(result.run, "dev", store);
  expect(found.score.targets).toEqual(
    outcome.targets?.map(({ dev }) => ({
      ...dev,
      error: expect.closeTo(dev?.error ?? 0, 6),
      ...(dev?.rmse === undefined ? {} : { rmse: expect.closeTo(dev.rmse, 4) }),
    })),
  );
  expect(evaluationText(found)).toMatch(
    /Targets +price: 1 - R² [\d.]+% \(RMSE [\d.]+\); baseline[\s\S]*tags: error per label/,
  );
  const model = await loadTrained(result.model ?? "");
  const whole = await evaluateFile(model, data);
  expect(whole.score.targets?.map(({ name }) => name)).toEqual(["price", "kind", "tags"]);
  const { header, chunks } = await predictFile(model, data);
  expect(header).toEqual([
    ...["prediction_price", "prediction_kind", "probability_kind_flat", "probability_kind_house"],
    ...["prediction_tags", "probability_tags_large", "probability_tags_new"],
  ]);
  let row: AnswerRow | undefined;
  for await (const chunk of chunks) row ??= chunk[0];
  const { predict } = await rowModel(model);
  const [area = "", age = "", heating = ""] = lines[0]?.split(",") ?? [];
  const answer = await predict({ area: Number(area), age: Number(age), heating });
  expect(answer).toMatchObject({
    prediction: { price: row?.[0], kind: row?.[1] },
    probabilities: { kind: { flat: row?.[2] } },
  });
  expect(answer.prediction).toMatchObject({
    tags: String(row?.[4])
      .split("|")
      .filter((tag) => tag !== ""),
  });
  const explained = await explainRun(result.run, { store });
  expect([explained, ...(explained.otherTargets ?? [])].map(({ target }) => target)).toEqual(["price", "kind", "tags"]);
  expect(explained.importance[0]?.column).toBe("area");
  expect(explanationText(explained)).toMatch(/^Target +price/);
  const { file, otherRows } = await writeReport(result.run, { store });
  const page = await readFile(file, "utf8");
  for (const part of ["Targets", "Target price", "Target kind", "Target tags", "error per label"])
    expect(page).toContain(part);
  expect(otherRows).toHaveLength(1);
  // stored, and as a file of another format, it answers the same
  const again = modelFromJson(modelToJson(model), model.trained.weights);
  expect(again.preparation).toEqual(model.preparation);
  const table = await readTable(data, { target: "price,kind,tags", columns: { heating: "category" } });
  const answers = await answerOnnx(writeOnnx(model), table);
  expect(answers.shape).toEqual([240, 5]);
  expect(answers.data[0]).toBeCloseTo(Number(row?.[0]), 2);
  expect(await scriptAnswer(model, { area, age, heating })).toEqual(closeTo(answer));
  const compared = { table: takeTable(table, Uint32Array.of(0, 1, 2, 3)), from: "of flats.csv" };
  const { compared: same } = await exportModel(model, {
    format: "js",
    name: "flats",
    rows: compared,
    output: join(home, "flats.js"),
  });
  expect(same?.difference).toBeLessThan(1e-4);
  const shown = runText(await store.get(result.run), result.plan.resolved);
  expect(shown).toMatch(/Targets +price: 1 - R² dev [\d.]+% .*[\s\S]*kind: error dev [\s\S]*tags: error per label dev/);
});

test("weights say what each target counts, and a loss that is named is that of its sort", async () => {
  const { resolved } = await planExperiment({ data, target: ["price", "kind"], targetWeights: [3, 1], loss: "huber" });
  expect(resolved.loss).toMatchObject({
    heads: [
      { target: "price", weight: 3, loss: { kind: "huber" } },
      { target: "kind", weight: 1, loss: { kind: "softmaxCrossEntropy" } },
    ],
  });
  await expect(planExperiment({ data, target: "price,kind", targetWeights: [1] })).rejects.toMatchObject({
    code: "loss/weights",
  });
});

test("weighed by uncertainty, a target counts in what is minimized as sure as its answers are, and the summary says so", async () => {
  const { outcome, end, model } = await trained({ target: "price,kind", targetWeights: "uncertainty", epochs: 30 });
  const shares = outcome.targets?.map(({ share }) => share ?? Number.NaN) ?? [];
  expect(shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
  expect(shares[0]).not.toBeCloseTo(0.5, 2);
  expect(targetOutcomeText(outcome.targets?.[0] ?? never())).toMatch(/, counted [\d.]+% by its uncertainty; /);
  // selected by what is measured, and kept with the model, which other formats hold without it
  expect(end.history.every(({ dev }) => (dev?.cost ?? -1) >= 0)).toBe(true);
  const stored = await loadTrained(model ?? "");
  expect(stored.trained.weights.get("loss.logVariances")?.shape).toEqual([2]);
  const table = await readTable(data, { target: "price,kind", columns: { heating: "category" } });
  expect((await answerOnnx(writeOnnx(stored), table)).shape).toEqual([240, 3]);
  const { resolved } = await planExperiment({ data, target: "price,kind", targetWeights: "uncertainty" });
  expect(resolved.loss).toMatchObject({ kind: "joint", weighting: "uncertainty" });
});

test("the epoch is selected by all targets, or by one that is named", async () => {
  const result = await trained({ target: "price,kind", selectionTarget: "kind", epochs: 12 });
  const costs = result.end.history.map(({ dev }) => dev?.targets?.kind?.cost ?? Number.NaN);
  expect(result.end.best?.epoch).toBe(1 + costs.indexOf(Math.min(...costs)));
  await expect(planExperiment({ data, target: "price,kind", selectionTarget: "tags" })).rejects.toMatchObject({
    code: "train/selection-target",
  });
  await expect(planExperiment({ data, target: "price", selectionTarget: "price" })).rejects.toMatchObject({
    code: "train/selection-target",
  });
});

test("runs of the same targets are compared however these were written; those of others are refused by name", async () => {
  const small = { epochs: 3, splitSeed: 1, normalize: true } as const;
  const { run: a } = await trained({ ...small, target: "price,kind", seed: 5 });
  const { run: b } = await trained({ ...small, target: ["price", "kind"], seed: 6 });
  const { run: c } = await trained({ ...small, target: "kind", seed: 7 });
  const found = await compareRuns([a, b], store);
  expect(found.compared.map(({ error }) => error).every((error) => error > 0 && error < 2)).toBe(true);
  await expect(compareRuns([a, c], store)).rejects.toMatchObject({
    message: expect.stringContaining("learned kind and"),
  });
});

test("labels alone are a target; a column that is asked for as a category is not taken apart", async () => {
  const { prepared } = await planExperiment({ data, target: "tags" });
  expect(prepared.preparation).toMatchObject({
    task: "multitask",
    target: { targets: [{ kind: "labels", labels: ["large", "new"] }] },
  });
  const { model } = await trained({ target: "tags", epochs: 2 });
  const stored = await loadTrained(model ?? "");
  const row = { area: "140.5", age: "3", heating: "gas", price: "420", kind: "house" };
  const { predict } = await rowModel(stored);
  expect(await scriptAnswer(stored, row)).toEqual(closeTo(await predict(row)));
  expect(prepared.train.rows + prepared.dev.rows).toBeGreaterThan(150);
  const { prepared: whole } = await planExperiment({ data, target: "tags", columns: { tags: "category" } });
  expect(whole.preparation).toMatchObject({
    task: "classification",
    target: { classes: ["large", "new", "new|large"] },
  });
});

test("what cannot be is refused by name", async () => {
  await expect(planExperiment({ data, target: "price,kind", task: "regression" })).rejects.toMatchObject({
    code: "data/task",
  });
  await expect(planExperiment({ data, target: "price", task: "multitask" })).rejects.toMatchObject({
    code: "data/task",
  });
  await expect(planExperiment({ data, target: "price,colour" })).rejects.toMatchObject({ code: "data/missing-column" });
});

/** What a file of plain JavaScript answers to a row of texts. */
async function scriptAnswer(model: ExchangedModel, row: Readonly<Record<string, string>>): Promise<unknown> {
  const text = writeJs(model, { name: "m", version: "1" });
  const { predict } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);
  return predict(row);
}

/** The same numbers but for what float32 rounds. */
function closeTo(value: unknown): unknown {
  if (typeof value === "number") return expect.closeTo(value, 3);
  if (Array.isArray(value)) return value.map(closeTo);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closeTo(one)]));
}

function never(): never {
  throw new Error("there is no target");
}
