/** What is handed over of several trainings of one plan. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, predict } from "nabla";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planExperiment } from "../../src/experiment/plan.ts";
import { withAverage } from "../../src/runs/average-runs.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { loadMeasured } from "../../src/runs/measured-model.ts";
import { trainPlan } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { loadTrained } from "../../src/store/trained-model.ts";

let folder = "";
let store: RunStore;
const penguins = new URL("../../../../examples/data/penguins.csv", import.meta.url).pathname;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-average-"));
  store = await openStore(join(folder, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the average of runs answers their mean, its own network still measures it, and other kinds of runs are left out", async () => {
  const plan = await planExperiment({ data: penguins, target: "body_mass_g", hidden: [4], epochs: 4, members: 1 });
  const train = (seed: number) =>
    drain(trainPlan({ ...plan, resolved: { ...plan.resolved, seed } }, { store, folder }));
  const [best, other] = [await train(1), await train(2)];
  const averaged = await withAverage(best, [other], store);
  expect(averaged.outcome.shipped).toMatchObject({ kind: "members", networks: 2, rows: plan.parts.rows.train });
  const { inputs } = plan.prepared.dev;
  const answersOf = async (trained: typeof best.trained) => Array.from((await predict(trained, inputs)).answers.data);
  const [own, others] = [await answersOf(best.trained), await answersOf(other.trained)];
  const mean = own.map((answer, i) => expect.closeTo((answer + (others[i] ?? 0)) / 2, 4));
  expect(await answersOf((await loadTrained(best.model ?? "")).trained)).toEqual(mean);
  const stored = await store.get(best.run);
  expect(stored.outcome?.shipped).toEqual(averaged.outcome.shipped);
  expect(await answersOf((await loadMeasured(stored)).trained)).toEqual(own);
  expect((await diagnoseRun(best.run, { store })).recipe).toEqual(best.outcome.recipe);
  const refitted = { ...other, outcome: { ...other.outcome, shipped: { ...averaged.outcome.shipped, kind: "refit" } } };
  expect(await withAverage(best, [refitted as typeof other], store)).toBe(best);
  expect(await withAverage(best, [], store)).toBe(best);
});
