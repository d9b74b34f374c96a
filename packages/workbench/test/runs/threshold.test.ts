/** The threshold of two classes: chosen by rows that were not learned, stored, and applied wherever a class is answered. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, measureFrom, ndarray, normal, predict, preparationFrom, seedKey, uniform } from "nabla";
import { rowModel } from "nabla/answers";
import { readModelFile, writeJs } from "nabla/exchange";
import { intervals, openModel } from "nabla/predict";
import { afterAll, expect, test } from "vitest";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { bestThreshold, decidedRows } from "../../src/runs/decide-threshold.ts";
import { decisionBoundary } from "../../src/runs/decision-boundary.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { ensembleRuns } from "../../src/runs/ensemble-runs.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { saveThreshold, undoThreshold } from "../../src/runs/save-threshold.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained, trainedArchive } from "../../src/store/trained-model.ts";
import { thresholdText } from "../../src/text/shipped.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-threshold-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

/** Fraud is rare, and hardly ever likelier than not: its odds rise with a. */
async function payments(name: string, rows: number, seed: number): Promise<string> {
  const [draws, noise] = [uniform(seedKey(seed), rows), normal(seedKey(seed + 1), 2 * rows)];
  const lines = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [Number(noise[2 * row]), Number(noise[2 * row + 1])];
    const isFraud = Number(draws[row]) < 1 / (1 + Math.exp(3 - 1.2 * a));
    const color = ["red", "green", "blue"][row % 3];
    return `${a.toFixed(3)},${b.toFixed(3)},${isFraud ? "fraud" : "honest"},${color},${(3 * a).toFixed(2)}`;
  });
  const path = join(home, name);
  await writeFile(path, ["a,b,kind,color,price", ...lines].join("\n"));
  return path;
}

const data = await payments("payments.csv", 900, 1);
const fresh = await payments("fresh.csv", 1500, 11);

async function trained(changes: PartialExperiment): Promise<RunResult> {
  const small = {
    hidden: [8],
    epochs: 12,
    seed: 1,
    measure: "f1",
    target: "kind",
    ignore: ["color", "price"],
  } as const;
  return await drain(trainFile({ data, ...small, members: 1, refit: "none", ...changes }, { store, folder: home }));
}

const fifth = await trained({ threshold: 0.2 });

const modelOf = async ({ model = "" }: RunResult): ReturnType<typeof loadTrained> => await loadTrained(model);

/** Predictions of a file as nabla predict writes them: the class and the probability of fraud. */
async function answered(run: RunResult, calibrated?: boolean): Promise<readonly (readonly [string, number])[]> {
  const found: (readonly [string, number])[] = [];
  const options = calibrated === undefined ? {} : { calibrated };
  const { chunks, header } = await predictFile(await modelOf(run), fresh, options);
  const at = header.indexOf("probability_fraud");
  for await (const rows of chunks) for (const row of rows) found.push([String(row[0]), Number(row[at])]);
  return found;
}

test("a threshold that dev chooses finds more of a rare class in fresh rows", async () => {
  const [half, chosen] = [await trained({}), await trained({ threshold: "auto" })];
  const f1 = async (run: RunResult): Promise<number> =>
    (await evaluateFile(await modelOf(run), fresh)).classes?.byClass.find(({ name }) => name === "fraud")?.f1 ?? 0;
  expect(await f1(chosen)).toBeGreaterThan((await f1(half)) + 0.1);
  expect((await evaluateFile(await modelOf(chosen), fresh)).classes?.positive?.name).toBe("fraud");
  // the same network with the same probabilities
  expect((await answered(chosen)).map(([, share]) => share)).toEqual((await answered(half)).map(([, share]) => share));
  const { threshold, dev, classes } = chosen.outcome;
  expect(threshold).toMatchObject({ class: "fraud", chosen: true, measure: "f1" });
  expect(threshold?.from).toBeLessThan(0.5);
  // what is said of dev, of the run and afterwards, goes by it
  expect(threshold?.half).toBeCloseTo(half.outcome.dev?.deciding ?? 1, 9);
  expect(dev?.deciding).toBeCloseTo(threshold?.error ?? 0, 9);
  expect(classes?.positive?.f1).toBeCloseTo(1 - (threshold?.error ?? 0), 9);
  expect(chosen.diagnosis.errors.dev).toBeCloseTo(threshold?.error ?? 0, 9);
  const evaluated = await evaluateRun(chosen.run, "dev", store);
  expect(evaluated.score.error).toBeCloseTo(dev?.error ?? 0, 9);
  expect(evaluated.decided?.error).toBeCloseTo(threshold?.error ?? 0, 9);
  expect((await diagnoseRun(chosen.run, { store })).diagnosis.errors.dev).toBeCloseTo(threshold?.error ?? 0, 9);
  expect((await store.get(chosen.run)).outcome?.threshold).toEqual(threshold);
  expect(thresholdText(threshold ?? expect.fail(), chosen.plan.resolved)).toMatch(
    /^fraud from \d+\.\d%: F1 \d+\.\d% \(from 50%: \d+\.?\d*%\), on \d+ rows that chose it$/,
  );
});

test.each([undefined, 1.7])("a threshold is where classes change, everywhere (temperature %s)", async (temperature) => {
  const run = fifth;
  const { temperature: _, ...plain } = await modelOf(run);
  const model = temperature === undefined ? plain : { ...plain, temperature };
  // stored for the network's own probabilities; here it is 0.2 of these
  const at = temperature === undefined ? 0.2 : 1 / (1 + 4 ** (1 / temperature));
  const expected = (share: number): string => (share >= at ? "fraud" : "honest");
  const bytes = await trainedArchive(model);
  const again = readModelFile(bytes);
  expect(again.preparation).toEqual(model.preparation);
  const rows = Array.from({ length: 60 }, (_row, i) => ({ a: (i - 30) / 10, b: 0 }));
  const answers = await (await rowModel(again)).predict(rows);
  const page = await openModel(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const raw = await (await rowModel(again, { calibrated: false })).predict(rows);
  const sets = await (await rowModel(again)).predict(rows, { interval: 0.8 });
  expect(page.predict(rows, { within: intervals(page, 0.8) }).map(({ set }) => set)).toEqual(
    sets.map(({ set }) => set),
  );
  expect(() => intervals(page, 0.999)).toThrow("an interval of 99.9% needs 999 rows");
  expect(() => intervals({ ...page, ranges: [{ rows: 2, scores: [2, 1] }] }, 0.5)).toThrow(
    "ranges: expected ascending",
  );
  const js = writeJs(model, { name: "payments", version: "1" });
  const module = (await import(`data:text/javascript;base64,${Buffer.from(js).toString("base64")}`)) as {
    readonly predict: (asked: typeof rows) => typeof answers;
  };
  const given = answers.map(({ prediction }) => prediction);
  expect(given).toEqual(answers.map(({ probabilities }) => expected(Number(probabilities?.fraud))));
  expect(new Set(given).size).toBe(2);
  for (const other of [raw, page.predict(rows), module.predict(rows)])
    expect(other.map(({ prediction }) => prediction)).toEqual(given);
});

test("a threshold that is saved after a training makes the model and the record of a training with it, and is undone", async () => {
  const plain = await trained({});
  const bytes = async (): Promise<string> => await readFile(join(plain.model ?? "", "model.json"), "utf8");
  const before = { run: await store.get(plain.run), model: await bytes(), answers: await answered(plain) };
  expect(await saveThreshold(plain.run, 0.2, store)).toEqual({ class: "fraud", from: 0.2 });
  const { outcome, job } = await store.get(plain.run);
  const { train, dev, classes, threshold, shipped, verdict } = fifth.outcome;
  expect(outcome).toMatchObject({ train, dev, classes, threshold, shipped, verdict });
  expect(outcome?.baselines).toEqual((await store.get(fifth.run)).outcome?.baselines);
  expect(job).toMatchObject({ threshold: 0.2 });
  expect(await answered(plain)).toEqual(await answered(fifth));
  expect((await modelOf(plain)).preparation).toEqual((await modelOf(fifth)).preparation);
  expect((await diagnoseRun(plain.run, { store })).diagnosis.errors.dev).toBeCloseTo(dev?.deciding ?? 0, 9);
  await saveThreshold(plain.run, 0.7, store);
  expect((await store.get(plain.run)).outcome?.threshold?.from).toBeCloseTo(0.7, 9);
  await undoThreshold(plain.run, store);
  expect((await store.get(plain.run)).outcome).toEqual(outcome);
  await undoThreshold(plain.run, store);
  const after = await store.get(plain.run);
  expect({ run: after.outcome, job: after.job }).toEqual({ run: before.run.outcome, job: before.run.job });
  expect(await bytes()).toBe(before.model);
  expect(await answered(plain)).toEqual(before.answers);
  await expect(undoThreshold(plain.run, store)).rejects.toThrow("no threshold was saved");
});

test("predict, and programs that ask a network for codes, go by it", async () => {
  const run = fifth;
  const told = await answered(run);
  const from = run.outcome.threshold?.from ?? 0;
  expect(from).toBeCloseTo(0.2, 9);
  expect(told.map(([name]) => name)).toEqual(told.map(([, share]) => (share >= from ? "fraud" : "honest")));
  expect((await answered(run, false)).map(([name]) => name)).toEqual(told.map(([name]) => name));
  const { trained: network, preparation } = await modelOf(run);
  const { dev } = run.plan.prepared;
  const { classes } = await predict(network, dev.inputs);
  const wrong = Array.from(dev.targets.data).filter((code, row) => code !== classes?.data[row]).length;
  expect(run.outcome.dev?.error).toBeCloseTo(wrong / dev.rows, 9);
  const stored = JSON.parse(await readFile(join(run.model ?? "", "model.json"), "utf8")).model.preparation;
  expect(preparationFrom(stored)).toEqual(preparation);
  for (const [threshold, found] of [
    [{ positive: 2, from: 0.5 }, "threshold.positive"],
    [{ positive: 1, from: 1 }, "threshold.from"],
    [0.5, "threshold"],
  ] as const) {
    const damaged = { ...stored, target: { ...stored.target, threshold } };
    expect(() => preparationFrom(damaged)).toThrow(`preparation.target.${found}`);
  }
  const three = { ...stored.target, classes: ["a", "b", "c"] };
  expect(() => preparationFrom({ ...stored, target: three })).toThrow("a threshold of two classes alone");
});

test("baselines are decided by thresholds of their own: they are not measured at a half beside a network that is not", async () => {
  const run = await trained({ threshold: "auto", epochs: 6 });
  const { baseline, baselines = [], classes } = run.outcome;
  // always saying fraud: a recall of 1 and a precision of its share
  const { rows } = classes?.byClass.find(({ name }) => name === "fraud") ?? {};
  const share = (rows ?? 0) / run.plan.prepared.dev.rows;
  expect(baseline?.deciding).toBeCloseTo(1 - (2 * share) / (1 + share), 9);
  const half = await trained({ epochs: 6 });
  expect(half.outcome.baseline?.deciding).toBe(1);
  for (const [i, one] of baselines.entries()) {
    expect(one.error).toBeLessThan((half.outcome.baselines?.[i]?.error ?? 0) - 0.05);
    expect(one.gain).toBeCloseTo(one.error - (run.outcome.threshold?.error ?? 0), 9);
  }
  expect(baselines.map(({ method }) => method)).toEqual(["linear", "neighbors"]);
});

test.each([
  ["its two inputs", fifth, undefined],
  ["two of its columns, with the others at their middle", undefined, { x: "price", y: "b" }],
])("a boundary over %s is what the model answers there", async (_, given, columns) => {
  const run = given ?? (await trained({ threshold: 0.2, ignore: [], epochs: 3 }));
  const { x, y, why, held, side, classes, answers, confidence, points } = await decisionBoundary(
    await store.get(run.run),
    columns,
  );
  expect(why).toBe(given === undefined ? "asked" : "only");
  const others = Object.fromEntries(held);
  expect(Object.keys(others)).toEqual(given === undefined ? ["a", "color"] : []);
  const { columns: learned } = run.plan.parts.train;
  for (const column of learned) {
    if (!(column.name in others)) continue;
    if (column.kind === "category") {
      const count = (code: number): number => column.codes.filter((one) => one === code).length;
      const most = Math.max(...column.levels.map((_level, code) => count(code)));
      expect(count(column.levels.indexOf(String(others[column.name])))).toBe(most);
    } else {
      const below = column.values.data.filter((value: number) => value < Number(others[column.name])).length;
      expect(below / column.values.data.length).toBeCloseTo(0.5, 1);
    }
  }
  const cells = [0, 59, 1830, 2424, 3540, 3599];
  const rows = cells.map((cell) => ({
    ...others,
    [x.name]: x.from + ((x.to - x.from) * ((cell % side) + 0.5)) / side,
    [y.name]: y.to - ((y.to - y.from) * (Math.floor(cell / side) + 0.5)) / side,
  }));
  const told = await (await rowModel(await modelOf(run))).predict(rows);
  expect(cells.map((cell) => classes?.[answers[cell] ?? -1])).toEqual(told.map(({ prediction }) => prediction));
  for (const [i, { prediction, probabilities }] of told.entries())
    expect(confidence?.[cells[i] ?? 0]).toBeCloseTo(Number(probabilities?.[String(prediction)]), 2);
  expect(new Set(answers).size).toBe(2);
  expect(points.length).toBeGreaterThan(150);
});

test("members are decided by rows that each held out", async () => {
  const run = await trained({ threshold: "auto", members: 3, refit: "dev", epochs: 6 });
  const { threshold, shipped } = run.outcome;
  expect(threshold?.rows).toBe(run.heldOut?.dev.mistakes.length);
  expect(shipped?.outOfFold?.deciding).toBeCloseTo(threshold?.error ?? 0, 9);
  expect((await diagnoseRun(run.run, { store })).diagnosis.errors.dev).toBeCloseTo(threshold?.error ?? 0, 9);
  await saveThreshold(run.run, 0.6, store);
  const { outcome } = await store.get(run.run);
  expect(outcome?.threshold).toMatchObject({ from: 0.6, chosen: false, rows: threshold?.rows });
  expect(outcome?.shipped).toMatchObject({ kind: shipped?.kind, outOfFold: { deciding: outcome?.threshold?.error } });
  expect((await diagnoseRun(run.run, { store })).diagnosis.errors.dev).toBeCloseTo(outcome?.threshold?.error ?? 0, 9);
});

test("members with thresholds of their own get one anew on dev, and intervals of what dev says of their mean", async () => {
  const other = await trained({ threshold: "auto", seed: 2, splitSeed: 1, epochs: 6 });
  const one = await trained({ threshold: "auto", seed: 1, splitSeed: 1, epochs: 6 });
  const output = join(home, "together");
  const { threshold, gain, rows, members } = await ensembleRuns([one.run, other.run], { store, output });
  expect(new Set([one, other].map(({ outcome }) => outcome.threshold?.from)).size).toBe(2);
  const model = await loadTrained(output);
  const { dev } = one.plan.prepared;
  const { answers, classes } = await predict(model.trained, dev.inputs);
  const shares = Array.from(dev.targets.data, (_, row) => Number(answers.data[2 * row + 1]));
  const positive = Number(
    model.preparation.target.kind === "classes" && model.preparation.target.classes[1] === "fraud",
  );
  const fraud = shares.map((share) => (positive === 1 ? share : 1 - share));
  const f1From = (from: number): number => {
    let [right, said, there] = [0, 0, 0];
    for (const [row, share] of fraud.entries()) {
      const isFraud = Number(dev.targets.data[row]) === positive;
      right += Number(share >= from && isFraud);
      said += Number(share >= from);
      there += Number(isFraud);
    }
    return (2 * right) / (said + there);
  };
  expect(threshold).toMatchObject({ class: "fraud", chosen: true });
  expect(f1From(threshold?.from ?? 0)).toBeGreaterThanOrEqual(Math.max(...fraud.map(f1From)) - 1e-9);
  const wrong = Array.from(dev.targets.data).filter((code, row) => code !== classes?.data[row]).length;
  expect(gain.ensemble.error).toBeCloseTo(wrong / rows, 9);
  expect(gain.overBest).toBeCloseTo(Math.min(...members.map((member) => member.dev.error)) - wrong / rows, 9);
  // 80 of 100 new rows lie in its sets
  const [found] = (await evaluateFile(model, fresh, { interval: 0.8 })).coverage ?? [];
  expect(found).toMatchObject({ level: 0.8, kind: "classes" });
  expect(found?.covered).toBeGreaterThan(0.75);
});

test("intervals are measured at the level that is asked for, and refused where they are none", async () => {
  const at = async (interval: number) => (await evaluateFile(await modelOf(fifth), fresh, { interval })).coverage?.[0];
  const [half, most] = [await at(0.5), await at(0.95)];
  expect(half?.level).toBe(0.5);
  expect(most?.covered).toBeGreaterThan(0.92);
  expect(half?.size).toBeLessThanOrEqual(most?.size ?? 0);
  expect((await evaluateRun(fifth.run, "test", store, { interval: 0.8 })).coverage?.[0]?.level).toBe(0.8);
  await expect(evaluateRun(fifth.run, "dev", store, { interval: 0.8 })).rejects.toMatchObject({
    code: "evaluate/interval",
  });
  await expect(at(0.9999)).rejects.toMatchObject({ code: "predict/interval" });
  const { ranges: _, ...without } = await modelOf(fifth);
  await expect(evaluateFile(without, fresh, { interval: 0.8 })).rejects.toThrow(
    "the model holds nothing to make intervals of",
  );
});

test("of equal thresholds the nearest to a half is taken", async () => {
  const shares = Float64Array.from([0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.95, 0.05]);
  const targets = ndarray(Int32Array.from([0, 0, 1, 0]), [4]);
  const none = new Float64Array(4);
  const four = { task: "classification", answers: shares, mistakes: none, losses: none, targets } as const;
  const measure = measureFrom("f1");
  expect(bestThreshold(four, { measure, positive: 1 })).toBe(0.5);
  const shifted = Float64Array.from([0.9, 0.1, 0.8, 0.2, 0.6, 0.4, 0.95, 0.05]);
  const from = bestThreshold({ ...four, answers: shifted }, { measure, positive: 1 });
  expect(from).toBeCloseTo(0.3, 6);
  expect([...decidedRows({ ...four, answers: shifted }, { positive: 1, from }).mistakes]).toEqual([0, 0, 0, 0]);
});

test("a threshold decides between two classes alone", async () => {
  await expect(trained({ threshold: "auto", target: "color", measure: "error", ignore: [] })).rejects.toThrow(
    "a threshold decides between two classes, and the target has 3 classes",
  );
  await expect(trained({ threshold: 0.3, target: "price", measure: "error", ignore: [] })).rejects.toThrow(
    "a threshold decides between two classes, and the target has no classes",
  );
});
