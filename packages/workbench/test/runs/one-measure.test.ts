/** One measure decides: where a class is rare, or a measure is named, everything that is compared goes by it. */
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, normal, seedKey, uniform } from "nabla";
import { choice, grid } from "nabla/tune";
import { afterAll, expect, test } from "vitest";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { writeReport } from "../../src/report/report.ts";
import { bestFirst } from "../../src/runs/best-first.ts";
import { compareRuns } from "../../src/runs/compare-runs.ts";
import { decidesIn } from "../../src/runs/decided-model.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { untilGood } from "../../src/runs/until-good.ts";
import { openStore, openStores } from "../../src/store/open.ts";
import { findStore } from "../../src/store/store-place.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { planStudy } from "../../src/studies/study-plan.ts";
import { fileEvaluationText } from "../../src/terminal/evaluation.ts";
import { runsText } from "../../src/terminal/run-list.ts";
import { percent } from "../../src/text/format.ts";
import { carryOutStudy, inThisThread } from "../workers/studies.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-measure-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

// one row in twenty is fraud, and most of it lies where honest rows are too: answering "fine" always is right in 95%
async function payments(name: string, count: number): Promise<string> {
  const [kinds, noise] = [uniform(seedKey(1), count), normal(seedKey(2), 2 * count)];
  const rows = Array.from({ length: count }, (_, row) => {
    const isFraud = Number(kinds[row]) < 0.06;
    const [a, b] = [Number(noise[2 * row]) + (isFraud ? 1.6 : 0), Number(noise[2 * row + 1])];
    return `${a.toFixed(3)},${b.toFixed(3)},${isFraud ? "fraud" : "fine"},${(20 + 3 * a - b).toFixed(3)}`;
  });
  const file = join(home, name);
  await writeFile(file, ["amount,hour,kind,price", ...rows].join("\n"));
  return file;
}
const data = await payments("payments.csv", 600);
const many = await payments("many.csv", 2000);

/** The cells of the tables of a section, row by row. */
function rowsOf(page: string, title: string): readonly (readonly string[])[] {
  const section = page.split("<section>").find((one) => one.startsWith(`<h2>${title}</h2>`)) ?? "";
  return Array.from(section.matchAll(/<tr>(.*?)<\/tr>/g), ([, row = ""]) =>
    Array.from(row.matchAll(/<t[hd][^>]*>([^<]*)</g), ([, cell = ""]) => cell),
  );
}

async function trained(changes: PartialExperiment): Promise<RunResult> {
  const small = { hidden: [16], epochs: 25, members: 1, refit: "none", splitSeed: 1, target: "kind" } as const;
  const ignore = changes.target === "price" ? ["kind"] : ["price"];
  return await drain(trainFile({ data, ...small, ignore, ...changes }, { store, folder: home }));
}

test("where a class is rare the balanced error decides, everywhere", async () => {
  const usual = await trained({ seed: 4, selection: "error" });
  const shown = await trained({ balance: "rows" });
  expect(usual.plan.resolved).toMatchObject({
    measure: { kind: "balancedError" },
    positive: "fraud",
  });
  // the epoch that is kept
  const { history, best } = usual.end;
  expect(best?.dev?.deciding).toBe(Math.min(...history.map(({ dev }) => dev?.deciding ?? Number.NaN)));
  // the plain error is lower by hardly ever saying fraud, and the balanced one by showing it more often
  const errors = [usual, shown].map(({ outcome }) => outcome.dev?.error ?? 1) as [number, number];
  const deciding = [usual, shown].map(({ outcome }) => outcome.dev?.deciding ?? 1) as [number, number];
  expect(errors[0]).toBeLessThan(errors[1]);
  expect(deciding[0]).toBeGreaterThan(deciding[1]);
  const { compared, measure } = await compareRuns([usual.run, shown.run], store);
  expect(measure).toEqual({ kind: "balancedError" });
  expect(compared.map(({ run }) => run.id)).toEqual([shown.run, usual.run]);
  const listed = await store.list();
  expect(bestFirst(listed).map(({ id }) => id)).toEqual([shown.run, usual.run]);
  expect(runsText(listed)).toContain(`balanced error ${(100 * deciding[1]).toFixed(1)}%`);
  // what is said of the run
  for (const [i, { run, outcome }] of [usual, shown].entries()) {
    expect((await evaluateRun(run, "dev", store)).decided?.error).toBeCloseTo(deciding[i] ?? 0, 9);
    expect((await diagnoseRun(run, { store })).diagnosis.errors.dev).toBeCloseTo(deciding[i] ?? 0, 9);
    expect(outcome.baseline?.deciding).toBe(0.5);
    expect(outcome.classes?.positive?.name).toBe("fraud");
    const linear = outcome.baselines?.find(({ method }) => method === "linear");
    expect(linear?.gain).toBeCloseTo((linear?.error ?? 0) - (deciding[i] ?? 0), 9);
  }
  // the report tells it first, and how each class is found
  const told = (share: number | null | undefined): string => percent(share ?? Number.NaN);
  const { file } = await writeReport(shown.run, { store, file: join(home, "shown.html") });
  const page = readFileSync(file, "utf8");
  const tiles = Array.from(page.matchAll(/<b>([^<]*)<\/b><span>([^<]*)<\/span>/g), ([, text, of]) => `${of} ${text}`);
  expect(tiles.slice(0, 4)).toEqual([
    `balanced error, dev ${told(deciding[1])}`,
    `balanced error, train ${told(shown.outcome.train?.deciding)}`,
    "balanced error, always the same answer 50.0%",
    `error, dev ${told(errors[1])}`,
  ]);
  expect(Array.from(page.matchAll(/<figcaption>([^<]*by epoch[^<]*)</g), ([, title]) => title)).toEqual([
    "Balanced error by epoch, the lower the better",
    "Error by epoch",
    "Cost by epoch, train with penalties and dropout",
  ]);
  expect(page).toContain('<th scope="col" class="number">Dev balanced error</th>');
  const { rows: fraud = 0, precision, recall, f1 } = shown.outcome.classes?.byClass[1] ?? {};
  expect(rowsOf(page, "How each class is found")[1]).toEqual([
    "fraud",
    String(fraud),
    ...[precision, recall, f1].map(told),
  ]);
  expect(page).toContain("<h2>Threshold for fraud</h2>");
});

test("the measure that is named decides in its own direction", async () => {
  const { outcome, end, run } = await trained({ measure: "auc" });
  const aucs = end.history.map(({ dev }) => 1 - (dev?.deciding ?? 0));
  expect(1 - (end.best?.dev?.deciding ?? 1)).toBe(Math.max(...aucs));
  expect(outcome.classes?.positive?.auc).toBeCloseTo(1 - (outcome.dev?.deciding ?? 0), 6);
  const { diagnosis } = await diagnoseRun(run, { store });
  expect(diagnosis.summary).toMatch(/train AUC \S+%, dev AUC \S+%/);
  const plain = await trained({ measure: "error" });
  expect(plain.outcome.dev).not.toHaveProperty("deciding");
  expect((await diagnoseRun(plain.run, { store })).diagnosis.measure).toEqual({ kind: "error" });
});

test("a search goes by it: a trial that shows the rare class wins, though it is wrong more often", async () => {
  const stores = await openStores(findStore(join(home, "studies.db"), {}, home));
  try {
    const experiment = { data: many, target: "kind", ignore: ["price"], hidden: [8], epochs: 5, batch: 64, seed: 1 };
    const space = { balance: choice("none", "rows") };
    const plan = await planStudy(experiment, {
      name: "rare",
      space,
      sampler: grid(),
      trials: 2,
      finalists: 2,
      repeats: 1,
    });
    const { decision, handed } = await carryOutStudy(plan, inThisThread(stores, plan.prepared), {
      ...stores,
      folder: home,
    });
    expect(plan.experiment.measure).toEqual({ kind: "balancedError" });
    expect(plan.study.best?.values).toEqual({ balance: "rows" });
    expect(decision?.winner.values).toEqual({ balance: "rows" });
    expect(handed?.start).toBeGreaterThan(0.45);
    expect(handed?.error).toBeLessThan(0.3);
  } finally {
    await stores[Symbol.asyncDispose]();
  }
});

test("a change until good is judged by it: rare rows that are shown as often as others help, though more rows are wrong", async () => {
  const plan = await planExperiment({
    data: many,
    target: "kind",
    ignore: ["price"],
    hidden: [8],
    epochs: 5,
    members: 1,
    refit: "none",
  });
  const stop = new AbortController();
  const improved = untilGood(plan, { store, folder: home, signal: stop.signal });
  const { improvement } = await drain(improved, ({ kind }) => {
    if (kind === "step") stop.abort();
  });
  const [first] = improvement?.steps ?? [];
  const own = (await store.list()).filter(({ id }) => id.startsWith("many"));
  const before = own.find(({ parent }) => parent === undefined)?.outcome?.dev;
  const changed = own.find(({ notes }) => notes === first?.summary)?.outcome?.dev;
  expect(first?.action.code).toBe("data/imbalance");
  expect(first?.effect?.dev?.gain).toBeCloseTo((before?.deciding ?? 0) - (changed?.deciding ?? 0), 9);
  expect(first?.effect?.dev?.gain).toBeGreaterThan(0.1);
  expect(changed?.error).toBeGreaterThan(before?.error ?? 1);
});

test("a file is measured by what decided the run, and the rarer class is the one to be found there too", async () => {
  // in reversed order of names the rarer class is the first
  const turned = join(home, "turned.csv");
  await writeFile(turned, (await readFile(data, "utf8")).replaceAll("fraud", "bad"));
  const { run, model = "" } = await trained({ data: turned });
  const [own, decides] = [await loadTrained(model), await decidesIn({ run }, store.place)];
  expect(decides).toMatchObject({ measure: { kind: "balancedError" }, positive: "bad" });
  const found = await evaluateFile(own, turned, { decides: decides ?? {} });
  expect(found.decided?.error).toBeCloseTo(found.classes?.balancedError ?? 0, 9);
  expect(found.decided?.baseline).toBe(0.5);
  expect(found.classes?.positive?.name).toBe("bad");
  const text = fileEvaluationText(found, { model: "m", data: "d.csv", task: "classification" });
  expect(text).toMatch(/Balanced error\s+[\d.]+%, 95% interval [^;]+;\s+baseline[^;]+50\.0%\nError /);
  // a model whose run is elsewhere is measured as before
  expect(await decidesIn(own, join(home, "none.db"))).toBeUndefined();
  expect((await evaluateFile(own, turned)).decided).toBeUndefined();
});

test("a quantile that is learned is measured by its loss", async () => {
  const loss = { kind: "quantile", level: 0.8 };
  const { plan, outcome } = await trained({ target: "price", loss });
  expect(plan.resolved.measure).toMatchObject({ kind: "pinball", level: 0.8 });
  expect(outcome.dev?.deciding).toBeGreaterThan(0);
  const named = await planExperiment({ data, target: "price", ignore: ["kind"], loss, measure: "mae" });
  expect(named.resolved.measure).toMatchObject({ kind: "mae" });
});

test("numbers are measured in the unit of the target", async () => {
  const { outcome, diagnosis } = await trained({ target: "price", measure: "mae", human: 0.5 });
  expect(diagnosis.summary).toContain("human-level error 0.5");
  expect(Math.sqrt(diagnosis.errors.human / diagnosis.errors.train)).toBeCloseTo(
    0.5 / (outcome.train?.deciding ?? 0),
    4,
  );
  await expect(trained({ measure: "f1", human: 1.5 })).rejects.toThrow(
    "human must be a finite number not below 0 and below 1",
  );
  expect(outcome.dev?.deciding).toBeCloseTo(outcome.numbers?.mae ?? 0, 4);
  expect(outcome.numbers?.r2).toBeCloseTo(1 - (outcome.dev?.error ?? 0), 4);
});

test.each([
  [{ measure: "rmse" }, "RMSE cannot decide on train: it is a measure of numbers, and the target is none"],
  [
    { target: "price", measure: "auc" },
    "AUC cannot decide on train: it is a measure of classes, and the target is a number",
  ],
  [{ positive: "theft" }, "theft is to be found as the positive class, and the classes are fine and fraud"],
])("%j is refused", async (changes, message) => {
  await expect(trained(changes)).rejects.toThrow(message);
});
