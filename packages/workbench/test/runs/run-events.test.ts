/** What a run tells while it trains is plain data, whatever is done to it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compact, drain } from "nabla";
import { examine, recipe } from "nabla/diagnose";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { adjustRun } from "../../src/live/call.ts";
import type { Done } from "../../src/live/request-channel.ts";
import { diagnoseRun, jobOfPlan } from "../../src/runs/diagnose-run.ts";
import { resumeRun } from "../../src/runs/resume-run.ts";
import type { RunEvent, RunResult } from "../../src/runs/run-events.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { untilGood } from "../../src/runs/until-good.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { expectPlain } from "../plain.ts";

let folder = "";
let store: RunStore;
const penguins = new URL("../../../../examples/data/penguins.csv", import.meta.url).pathname;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-events-"));
  store = await openStore(join(folder, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const small: Experiment = { data: penguins, target: "species", hidden: [8], epochs: 3, seed: 2 };

/** Trains, keeps every event, and gives the result. */
async function record(events: AsyncGenerator<RunEvent, RunResult, undefined>, kept: RunEvent[]): Promise<RunResult> {
  return await drain(events, (event) => void kept.push(event));
}

/** A training that is changed from outside as soon as it hears, and stopped then. */
async function live(kept: RunEvent[]): Promise<readonly Done[]> {
  let answers: Promise<readonly Done[]> | undefined;
  await drain(trainFile({ ...small, epochs: 100_000, patience: 100_000 }, { store, folder, live: true }), (event) => {
    kept.push(event);
    if (event.kind !== "live") return;
    const commands = [{ kind: "set", settings: { rate: 0.005 } }, { kind: "stop" }] as const;
    answers = adjustRun(event.run, commands, { store });
  });
  return (await answers) ?? [];
}

test("every event of a run is plain data: it comes through a structured clone and through JSON as it was", async () => {
  // a new kind does not compile until it is listed
  const seen: Record<RunEvent["kind"], number> = {
    ...{ planned: 0, created: 0, live: 0, start: 0, progress: 0, epoch: 0, member: 0, refit: 0 },
    ...{ adjusted: 0, step: 0, done: 0 },
  };
  const events: RunEvent[] = [];
  const first = await record(trainFile(small, { store, folder }), events);
  const numbers = { ...small, target: "body_mass_g", members: 3, penalty: { kind: "l2", strength: 0.01 } } as const;
  await record(trainFile(numbers, { store, folder }), events);
  await record(trainFile({ ...small, refit: "dev", members: 1 }, { store, folder }), events);
  const done = await live(events);
  expectPlain(done);
  expect(done.map(({ kind }) => kind)).toEqual(["set", "stop"]);
  const stopped = events.findLast((event) => event.kind === "done");
  await record(resumeRun(stopped?.run ?? "", { store, folder, signal: AbortSignal.abort() }), events);
  const plan = await planExperiment({ ...small, hidden: [2], epochs: 1, time: 60 });
  const improved = await record(untilGood(plan, { store, folder }), events);
  // numbers that run away have a place too
  const away = join(folder, "away.csv");
  writeFileSync(away, `x,y\n${Array.from({ length: 60 }, (_, i) => `${i},${i % 7}`).join("\n")}\n`);
  const wild = {
    ...small,
    data: away,
    target: "y",
    task: "regression",
    rate: 1e30,
    optimizer: "gradientDescent",
  } as const;
  const failed = await record(trainFile(wild, { store, folder }), events);

  for (const { kind } of events) seen[kind] += 1;
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(0);
  expectPlain(events);
  expect(first.plan.parts.sha256).toHaveLength(64);
  expect(first.end.trained.weights.size).toBeGreaterThan(0);
  expect(improved.improvement?.steps.length).toBeGreaterThan(0);
  expect([failed.state, failed.end.failure?.step]).toEqual(["failed", expect.any(Number)]);
  // and the store has what the events told
  expect((await store.get(failed.run)).outcome).toEqual(failed.outcome);
});

test("what the training says of itself at its end is what `diagnose` says of the stored run", async () => {
  for (const changes of [{ penalty: { kind: "l2", strength: 0.3 } }, { target: "body_mass_g", epochs: 12 }] as const) {
    const { run, plan, end, diagnosis, outcome, heldOut } = await drain(
      trainFile({ ...small, ...changes }, { store, folder }),
    );
    const stored = await diagnoseRun(run, { store });
    expect(stored.diagnosis).toStrictEqual(diagnosis);
    const live = await examine(jobOfPlan(plan.resolved, plan.prepared), end, compact({ rowResults: heldOut }));
    expect(stored.recipe).toEqual(outcome.recipe);
    expect(stored.recipe.map(({ code }) => code)).toEqual(recipe(live.diagnosis, live).map(({ code }) => code));
  }
});
