/** What a study tells while it goes on is plain data. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, random } from "nabla/tune";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStores, type Stores } from "../../src/store/open.ts";
import { findStore } from "../../src/store/store-place.ts";
import type { StudyEvent } from "../../src/studies/study-events.ts";
import { planStudy, reopenStudy } from "../../src/studies/study-plan.ts";
import { expectPlain } from "../plain.ts";
import { carryOutStudy, inThisThread } from "../workers/studies.ts";

let folder = "";
let stores: Stores;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-study-events-"));
  stores = await openStores(findStore(join(folder, "runs.db"), {}, folder));
});
afterAll(async () => {
  await stores[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test("every event of a study is plain data: it comes through a structured clone and through JSON as it was", async () => {
  // a new kind does not compile until it is listed
  const seen: Record<StudyEvent["kind"], number> = {
    ...{ planned: 0, created: 0, begun: 0, signal: 0, ended: 0, notice: 0, finalists: 0, winner: 0, done: 0 },
  };
  const data = new URL("../../../../examples/data/penguins.csv", import.meta.url).pathname;
  const experiment = { data, target: "species", hidden: [8], epochs: 4, seed: 1 };
  const sampler = { ...random(), shows: () => ({ boxes: [], notices: ["the best lie at the upper end"] }) };
  const plan = await planStudy(experiment, {
    ...{ name: "told", trials: 6, finalists: 2, repeats: 2, sampler, pruner: median(), seed: 3, round: 2 },
  });
  const events: StudyEvent[] = [];
  const onEvent = (event: StudyEvent): void => void events.push(event);
  const options = { ...stores, folder };
  const result = await carryOutStudy(plan, inThisThread(stores, plan.prepared), options, onEvent);
  const again = await reopenStudy(await stores.studies.getStudy("told"), { trials: 8 });
  await carryOutStudy(again, inThisThread(stores, again.prepared), options, onEvent);

  for (const { kind } of events) seen[kind] += 1;
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(0);
  expectPlain(events);
  expect(result.plan).toBe(plan);
  // what an earlier process did is told at the beginning of the next
  const created = events.filter((event) => event.kind === "created").at(-1);
  expect(created?.counts.done).toBe(result.counts.done);
  expect(created?.best?.error).toBe(plan.study.best?.value);
});
