import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPreparation, drain, evaluate, joinExamples, membersOf, predict } from "nabla";
import { afterAll, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { ensembleRuns } from "../../src/runs/ensemble-runs.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { rerun } from "../../src/runs/rerun.ts";
import { documentOf } from "../../src/runs/run-document.ts";
import type { RunEvent, RunResult } from "../../src/runs/run-events.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { untilGood } from "../../src/runs/until-good.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { penguins } from "../commands/nabla.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-ship-"));
const store = await openStore(join(folder, "runs.db"));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const birds: Experiment = { data: penguins, target: "species", hidden: [8], epochs: 4, seed: 1 };
const trained = (changes: Partial<Experiment> = {}, signal?: AbortSignal): Promise<RunResult> =>
  drain(trainFile({ ...birds, ...changes }, { store, folder, ...(signal === undefined ? {} : { signal }) }));

/** 60 rows in the order of days: y follows x. */
function days(): string {
  const path = join(folder, "days.csv");
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 11},${3 * ((i * 7) % 11) + (i % 3)}`);
  writeFileSync(path, `day,x,y\n${rows.join("\n")}\n`);
  return path;
}

test("a small table is handed over as the average of networks that learned all of train and dev, and the record says so", async () => {
  const { run, outcome, model = "", heldOut, plan, end, diagnosis } = await trained();
  const { train, dev } = plan.parts.rows;
  expect(outcome.shipped).toMatchObject({
    kind: "members",
    networks: 8,
    rows: train + dev,
    parts: ["train", "dev"],
    outOfFold: { rows: train + dev },
  });
  const { trained: average, preparation } = await loadTrained(model);
  const members = membersOf(average);
  expect(members[0]?.weights).toEqual(end.trained.weights);
  const pool = joinExamples(plan.prepared.train, plan.prepared.dev);
  const all: number[][] = [];
  for (const member of members) all.push(Array.from((await predict(member, pool.inputs)).answers.data));
  const together = (await predict(average, pool.inputs)).answers.data;
  for (const [i, one] of together.entries())
    expect(one).toBeCloseTo(
      all.reduce((sum, answers) => sum + (answers[i] ?? 0) / 8, 0),
      5,
    );
  // each row as the member answers it that held it out, and the first one held out dev
  const wrong = Array.from(heldOut?.heldBy ?? [], (by, row) => {
    const own = (all[by] ?? []).slice(3 * row, 3 * row + 3);
    return Number(own.indexOf(Math.max(...own)) !== pool.targets.data[row]);
  });
  expect(Array.from(heldOut?.dev.mistakes ?? [])).toEqual(wrong);
  expect(outcome.shipped?.outOfFold?.error).toBeCloseTo(wrong.reduce((sum, one) => sum + one, 0) / wrong.length, 9);
  expect(Array.from(heldOut?.heldBy.slice(train) ?? [])).toEqual(Array(dev).fill(0));
  // what dev and train measure is the network that did not learn dev
  const measured = await evaluateRun(run, "dev", store);
  expect(measured.score.error).toBe(outcome.dev?.error);
  expect((await evaluateRun(run, "test", store)).score.error).toBeCloseTo(
    (await evaluate(average, applyPreparation(preparation, plan.parts.openTest()))).error,
    9,
  );
  expect(documentOf(await trained()).shipped).toEqual(outcome.shipped);
  const { diagnosis: again } = await diagnoseRun(run, { store });
  expect(again.errors).toEqual(diagnosis.errors);
  expect(again.errors.dev).toBeCloseTo(outcome.shipped?.outOfFold?.error ?? 1, 9);
});

test("the same experiment gives the same average to the last bit, and a rerun of it too", async () => {
  const [first, second] = [await trained(), await trained()];
  expect(second.trained.weights).toEqual(first.trained.weights);
  const again = await drain(rerun(await store.get(first.run), { store, folder }));
  expect(again.trained.weights).toEqual(first.trained.weights);
  expect(again.outcome.shipped).toEqual(first.outcome.shipped);
});

test("rows in the order of time are learned by one network more, for as many epochs as dev chose, and dev measures the other", async () => {
  const { run, outcome, plan, trained: whole, end } = await trained({ data: days(), target: "y", timeColumn: "day" });
  const { train, dev } = plan.parts.rows;
  expect(outcome.shipped).toEqual({
    kind: "refit",
    networks: 1,
    rows: train + dev,
    parts: ["train", "dev"],
    epochs: end.best?.epoch,
  });
  expect(whole.weights).not.toEqual(end.trained.weights);
  expect((await evaluateRun(run, "dev", store)).score.rmse).toBeCloseTo(outcome.rmse?.dev ?? 0, 4);
});

test("with refit all the test rows are learned too, and nothing opens them any more", async () => {
  for (const members of [3, 1]) {
    const { run, outcome } = await trained({ refit: "all", members });
    expect(outcome.shipped).toMatchObject({ networks: members, rows: 344, parts: ["train", "dev", "test"] });
    await expect(evaluateRun(run, "test", store)).rejects.toMatchObject({
      code: "evaluate/no-test",
      message: expect.stringContaining("has learned the test rows too"),
    });
  }
});

test("one network is handed over as it was measured where that is asked for, and what contradicts itself is refused", async () => {
  for (const asked of [{ members: 1 }, { refit: "none" }] as const) {
    const { outcome, plan, trained: shipped, end, heldOut } = await trained(asked);
    expect(outcome.shipped).toMatchObject({
      kind: "measured",
      networks: 1,
      rows: plan.parts.rows.train,
      parts: ["train"],
    });
    expect(outcome.shipped?.because).toBeUndefined();
    expect([shipped.weights, heldOut]).toEqual([end.trained.weights, undefined]);
  }
  await expect(trained({ members: 3, refit: "none" })).rejects.toMatchObject({ code: "experiment/both" });
});

test("a stop while members are trained costs nothing but them", async () => {
  const controller = new AbortController();
  let result: RunResult | undefined;
  const events: RunEvent["kind"][] = [];
  const training = trainFile(birds, { store, folder, signal: controller.signal });
  while (result === undefined) {
    const { value, done } = await training.next();
    if (done === true) result = value;
    else {
      events.push(value.kind);
      if (value.kind === "member" && value.member === 3) controller.abort();
    }
  }
  expect(events).toContain("member");
  expect(result.state).toBe("finished");
  expect(result.outcome.shipped).toMatchObject({
    kind: "measured",
    because: expect.stringContaining("you stopped it"),
  });
  expect((await loadTrained(result.model ?? "")).trained.weights).toEqual(result.end.trained.weights);
  // what a request prevented is not made up for by a repetition
  const again = await drain(rerun(await store.get(result.run), { store, folder }));
  expect(again.trained.weights).toEqual(result.trained.weights);
});

test("members that the time does not suffice for are left out, and why is said", async () => {
  const { outcome } = await trained({ time: 0.05, epochs: 5000, patience: 5000 });
  expect(outcome.shipped).toMatchObject({ kind: "measured", because: "the time was up" });
});

test("a split without dev rotates all rows: each is measured by a network that did not learn it", async () => {
  const plan = await planExperiment({ ...birds, split: { train: 1, dev: 0, test: 0 } });
  expect(plan.parts.rows).toEqual({ train: 275, dev: 69, test: 0 });
  expect(plan.resolved.members).toBe(5);
  expect(plan.notices.map(({ message }) => message).join()).toContain("no rows are dev alone");
  const { outcome } = await trained({ split: { train: 1, dev: 0, test: 0 }, members: 3 });
  expect(outcome.shipped).toMatchObject({ networks: 3, rows: 344, outOfFold: { rows: 344 } });
  await expect(planExperiment({ ...birds, split: { train: 1, dev: 0, test: 0 }, members: 1 })).rejects.toMatchObject({
    code: "data/fractions",
  });
});

test("averages are averaged again, and measured by networks that did not learn dev", async () => {
  const runs: RunResult[] = [];
  for (const seed of [1, 2]) runs.push(await trained({ seed, splitSeed: 5 }));
  const output = join(folder, "together");
  const { gain, members, rows } = await ensembleRuns(
    runs.map(({ run }) => run),
    { store, output },
  );
  expect(members.map(({ dev }) => dev.error)).toEqual(runs.map(({ outcome }) => outcome.dev?.error));
  expect(rows).toBe(runs[0]?.plan.parts.rows.dev);
  expect(gain.members).toHaveLength(2);
  const inputs = runs[0]?.plan.prepared.dev.inputs;
  if (inputs === undefined) throw new Error("there are two runs");
  const alone: number[][] = [];
  for (const { trained: one } of runs) alone.push(Array.from((await predict(one, inputs)).answers.data));
  const together = (await predict((await loadTrained(output)).trained, inputs)).answers.data;
  for (const [i, one] of together.entries())
    expect(one).toBeCloseTo(((alone[0]?.[i] ?? 0) + (alone[1]?.[i] ?? 0)) / 2, 5);
});

test("what until-good hands over is the average of its best run, at the place that was named", async () => {
  const output = join(folder, "good");
  const plan = await planExperiment({ ...birds, epochs: 20, time: 60, output });
  const result = await drain(untilGood(plan, { store, folder }));
  expect((await loadTrained(output)).trained.weights).toEqual(result.trained.weights);
  expect(result.outcome.shipped?.kind).toBe("members");
});
