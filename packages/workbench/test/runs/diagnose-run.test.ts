/** What is measured in training is what is read later: verdict and recipe of a stored run are those of the training. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fit, type Run, summaryOf } from "nabla";
import { examine, recipe } from "nabla/diagnose";
import { modelFromJson, modelToJson } from "nabla/exchange";
import { pathologies } from "nabla/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { finishedOf } from "../../src/runs/diagnose-run.ts";
import { loadModel, saveModel } from "../../src/store/model-folder.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { draft } from "../store/drafts.ts";

let folder = "";
let store: RunStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-diagnose-"));
  store = await openStore(join(folder, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A finished training that went into the store and a model folder, and came out again. */
async function throughStore(run: Run): Promise<Run> {
  const { id } = await store.create(draft({ seed: run.seed }));
  await store.append(id, { epochs: run.history });
  const path = join(folder, "models", id);
  await saveModel(path, { model: modelToJson({ trained: run.trained }), weights: run.trained.weights });
  await store.update(id, { status: "finished", outcome: summaryOf(run), model: path });
  const { model, weights } = await loadModel(path);
  return finishedOf(await store.get(id), modelFromJson(model, weights).trained);
}

test.each(pathologies.map((pathology) => [pathology.name, pathology] as const))("%s", async (_name, pathology) => {
  const { human = 0, plant } = pathology;
  const { job } = plant(1);
  const run = await fit(job);
  const live = await examine(job, run, { human });
  const stored = await examine(job, await throughStore(run), { human });
  expect(stored.diagnosis).toStrictEqual(live.diagnosis);
  expect(stored.run).toStrictEqual(live.run);
  expect(stored).toEqual(live);
  expect(recipe(stored.diagnosis, stored)).toStrictEqual(recipe(live.diagnosis, live));
});

test("with the cost of the batches in place of that of train the recipe would be another one", async () => {
  const pathology = pathologies.find(({ name }) => name.includes("softmax before a loss"));
  const { job } = pathology?.plant(1) ?? expect.fail("it is not planted");
  const run = await throughStore(await fit(job));
  const history = run.history.map((epoch) => ({ ...epoch, train: { ...epoch.train, cost: epoch.cost } }));
  const [right, wrong] = [await examine(job, run), await examine(job, { ...run, history })];
  const codes = [right, wrong].map((evidence) => recipe(evidence.diagnosis, evidence).map(({ code }) => code));
  expect(codes[0]).not.toEqual(codes[1]);
});
