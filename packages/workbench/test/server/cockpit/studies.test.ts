/** What pages are told of studies, and that anybody who may write to a store can ask one to stop. */
import { join } from "node:path";
import { drain } from "nabla";
import { logInteger, logUniform, spaceToJson } from "nabla/tune";
import { expect, onTestFinished, test } from "vitest";
import type { StudyDetails, StudyLine } from "../../../src/server/cockpit/api-studies.ts";
import { studyLanes } from "../../../src/server/cockpit/study-lanes.ts";
import { openStores } from "../../../src/store/open.ts";
import { findStore } from "../../../src/store/store-place.ts";
import type { StoredTrial } from "../../../src/store/study.ts";
import type { StudyEvent } from "../../../src/studies/study-events.ts";
import { haltStudy } from "../../../src/studies/study-record.ts";
import type { TrialStop } from "../../../src/studies/trial.ts";
import type { TrialExecutor } from "../../../src/studies/trial-executor.ts";
import { tuneStudy } from "../../../src/studies/tune-study.ts";
import { penguins, workFolder } from "../../commands/nabla.ts";
import { planSmall } from "../../workers/studies.ts";
import { openAsked } from "./asked.ts";

const space = { rate: logUniform(1e-4, 1), units: logInteger(4, 64) };

/** A study of which three trials have ended, one was pruned, and one waits. */
async function openSearched() {
  const cockpit = await openAsked();
  onTestFinished(cockpit.close);
  const stores = await openStores(findStore(cockpit.store.place, {}, "/"));
  onTestFinished(async () => await stores[Symbol.asyncDispose]());
  const { studies } = stores;
  await studies.createStudy({
    name: "rates",
    definition: {
      kind: "study",
      space: spaceToJson(space),
      goal: "minimize",
      seed: 7,
      sampler: "random",
      pruner: "none",
    },
    experiment: { data: "digits.csv", target: "digit", measure: "rmse" },
    plan: { trials: 9, finalists: 0, repeats: 1 },
    data: { path: "digits.csv", sha256: "ab".repeat(32) },
    version: "0.1.0",
    task: "classification",
    target: "<b>digit",
    rows: { train: 60, dev: 20, test: 20 },
  });
  const errors = [0.3, 0.2, 0.25, undefined];
  const at = (unit: number) => ({ rate: space.rate.at(unit), units: space.units.at(unit) });
  await studies.ask(
    "rates",
    [0, 0.25, 0.5, 0.75, 1].map((unit, number) => ({
      ...{ number, repeat: 0, units: { rate: unit, units: unit }, values: at(unit) },
    })),
  );
  for (const [number, value] of errors.entries()) {
    const claim = await studies.claim("rates", { number, repeat: 0 });
    await studies.heartbeat(claim, { thread: 0 });
    const reports = Array.from({ length: 100 }, (_, step) => ({ step: step + 1, value: 1 / (step + 1) }));
    const end =
      value === undefined ? { state: "pruned" as const, reason: "too slow" } : { state: "done" as const, value };
    await studies.tell(claim, { ...end, reports, seconds: 2 });
  }
  return { cockpit, studies };
}

test("lanes hold what a thread trained, one after the other, and what is trained now until now", () => {
  const trial = (number: number, from: number, to?: number, worker = '["a",1,""]#0'): StoredTrial => ({
    ...{ number, repeat: 0, units: {}, values: {}, reports: [], attempt: 1, worker },
    ...(to === undefined ? { state: "running", status: "running" } : { state: "done", status: "done" }),
    started: new Date(1e12 + 1000 * from).toISOString(),
    ...(to === undefined ? {} : { ended: new Date(1e12 + 1000 * to).toISOString() }),
  });
  const { started: _, ...older } = trial(9, 0, 1);
  const other = [trial(1, 1, 3, '["a",1,""]#1'), trial(4, 2, 3, '["b",2,""]#0')];
  const given = [trial(0, 0, 4), trial(2, 3.9, 6), trial(3, 6), ...other, older];
  const lanes = studyLanes([...given, { ...trial(5, 4), status: "waiting" }], 1e12 + 9000);
  expect(lanes.map(({ worker, bars }) => [worker, ...bars.map(({ number, from, to }) => [number, from, to])])).toEqual([
    ["process 1 on a, thread 0", [0, 0, 3.9], [2, 3.9, 6], [3, 6, 9]],
    ["process 1 on a, thread 1", [1, 1, 3]],
    ["process 2 on b, thread 0", [4, 2, 3]],
  ]);
});

test("a study is told with its axes, its trials where they lie, and how its best error fell", async () => {
  const { cockpit, studies } = await openSearched();
  const lines = async (): Promise<readonly StudyLine[]> => await cockpit.get("/api/studies");
  await expect.poll(async () => (await lines())[0]?.pruned, { timeout: 10_000 }).toBe(1);
  expect((await lines())[0]).toMatchObject({
    ...{
      name: "rates",
      status: "running",
      isShare: false,
      target: "<b>digit",
      wanted: 9,
      done: 3,
      pruned: 1,
      failed: 0,
      running: 0,
    },
    improvements: [
      [0, 0.3],
      [1, 0.2],
    ],
  });
  const { axes, trials, lanes, space: yaml } = await cockpit.get<StudyDetails>("/api/studies/rates");
  expect(axes.map(({ path, ticks }) => [path, ticks.length, ticks[0]?.[1]])).toEqual([
    ["rate", 3, "1e-4"],
    ["units", 3, "4"],
  ]);
  expect(trials[2]).toMatchObject({ number: 2, status: "done", error: 0.25, units: [0.5, 0.5], texts: ["0.01", "16"] });
  // one after the other by this process; the one that waits is nobody's
  expect(lanes.map(({ bars }) => bars.map(({ number, status }) => [number, status]))).toEqual([
    [0, 1, 2].map((number) => [number, "done"]).concat([[3, "pruned"]]),
  ]);
  expect(lanes[0]?.worker).toContain(`process ${process.pid} on `);
  expect(trials[3]).toMatchObject({ status: "pruned", reason: "too slow" });
  expect(trials[4]).toMatchObject({ status: "waiting", errors: [] });
  // thinned, with both ends
  expect(trials[0]?.errors.length).toBeLessThan(60);
  expect([trials[0]?.errors[0], trials[0]?.errors.at(-1)]).toEqual([1, 0.01]);
  expect(yaml).toContain("logUniform");
  expect((await cockpit.ask("/api/studies/others")).status).toBe(404);
  expect((await cockpit.post("/api/studies/rates/stop", {})).status).toBe(200);
  expect(await studies.getStudy("rates")).toMatchObject({ plan: { trials: 9, stop: true } });
  await studies.updateStudy("rates", { status: "stopped" });
  expect(JSON.parse((await cockpit.post("/api/studies/rates/stop", {})).text).error.code).toBe("tune/not-running");
});

test("a study that is asked by its store to stop ends where it can go on, and is not asked again", async () => {
  const folder = workFolder();
  const place = findStore(join(folder, "runs.db"), {}, folder);
  await using stores = await openStores(place);
  await using other = await openStores(place);
  const { promise: stopped, resolve } = Promise.withResolvers<TrialStop>();
  const executor: TrialExecutor = {
    size: 2,
    submit: async ({ onChange }) => {
      onChange({ reports: [], share: 0 });
      return await stopped;
    },
    stop: () => resolve({ state: "stopped" }),
    [Symbol.asyncDispose]: async () => {},
  };
  const plan = await planSmall({ data: penguins });
  const options = { runs: stores.runs, studies: stores.studies, executor };
  const halted = Promise.withResolvers<string>();
  const ask = async (event: StudyEvent): Promise<void> => {
    if (event.kind !== "begun" || event.number !== 0) return;
    halted.resolve((await haltStudy("small", other.studies)).status);
  };
  const { state } = await drain(tuneStudy(plan, options), (event) => void ask(event));
  expect(state).toBe("stopped");
  // whoever goes on with it waited for that
  expect(await halted.promise).toBe("stopped");
  expect(await other.studies.getStudy("small")).toMatchObject({ status: "stopped" });
  const again = await planSmall({ data: penguins, stored: await other.studies.getStudy("small") });
  const events = tuneStudy(again, options);
  await events.next();
  await events.next();
  expect((await other.studies.getStudy("small")).plan).toEqual({ trials: 10, finalists: 2, repeats: 2 });
  await events.return(undefined as never);
});
