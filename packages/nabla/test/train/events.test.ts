import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import type { TrainingEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import { type TrainOptions, train } from "../../src/train/train.ts";
import { ring, smallJob } from "./small-job.ts";

async function eventsOf(job: Job, options: TrainOptions = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(job, options)) events.push(event);
  return events;
}

async function resumed(): Promise<TrainingEvent[]> {
  const first = train(smallJob());
  for await (const event of first) if (event.kind === "progress" && event.step === 12) break;
  const second = train(smallJob(), { resume: await first.checkpoint() });
  const events: TrainingEvent[] = [];
  for await (const event of second) {
    events.push(event);
    if (event.kind === "progress" && event.step === 14) await second.change({ settings: { rate: 0.1 } });
    if (event.kind === "epoch" && event.epoch === 3) await second.change({ stop: true });
  }
  return events;
}

/** Trainings whose events differ: with and without dev, resumed, changed, stopped, and gone wrong at once and later. */
async function trainings(): Promise<readonly (readonly TrainingEvent[])[]> {
  const { dev: _, ...blind } = smallJob();
  const wrong = ring(20, 1);
  wrong.inputs.data[7] = Number.NaN;
  const targets = ndarray(new Float32Array(20).fill(1), [20, 1]);
  const numbers = { model: chain(dense(1)), loss: squaredError(), train: { ...ring(20, 1), targets }, batch: 10 };
  let now = 0;
  return [
    await eventsOf(smallJob(), { clock: () => now++, progress: Number.POSITIVE_INFINITY }),
    await eventsOf({ ...blind, epochs: 1 }),
    await resumed(),
    await eventsOf({ ...smallJob(), train: wrong, batch: 20 }),
    await eventsOf({ ...numbers, optimizer: gradientDescent({ rate: 1e8 }), epochs: 30 }),
  ];
}

test("every event is plain data: it comes through a structured clone and through JSON as it was", async () => {
  // a new kind does not compile until it is listed
  const seen: Record<TrainingEvent["kind"], number> = { start: 0, progress: 0, epoch: 0, end: 0 };
  const reasons: string[] = [];
  for (const events of await trainings()) {
    for (const event of events) {
      seen[event.kind] += 1;
      if (event.kind === "end") reasons.push(event.reason);
      expect(structuredClone(event)).toStrictEqual(event);
      expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
    }
  }
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(0);
  expect(reasons).toEqual(["epochs", "epochs", "stopped", "diverged", "diverged"]);
});

test("what was not a number is null, and the result of the same training still has it", async () => {
  const wrong = ring(20, 1);
  wrong.inputs.data[7] = Number.NaN;
  const job = { ...smallJob(), train: wrong, batch: 20 };
  const end = (await eventsOf(job)).at(-1);
  if (end?.kind !== "end") throw new Error("it has no end");
  expect(end.train).toBeNull();
  expect(end.dev?.error).toBeGreaterThan(0);
  expect(end.failure?.lastCost).toBeNull();
  expect(end.best).toBeUndefined();
  const run = await fit(job);
  expect(run.train.cost).toBeNaN();
  expect(run.dev).toEqual(end.dev);
});

test("a training is asked while it stands at an event: before, while it computes and behind its end it refuses", async () => {
  const training = train(smallJob());
  const refused = { code: "train/no-event" };
  await expect(training.checkpoint()).rejects.toMatchObject(refused);
  await expect(training.model()).rejects.toMatchObject(refused);
  await expect(training.change({ stop: true })).rejects.toMatchObject(refused);
  const first = training.next();
  await expect(training.checkpoint()).rejects.toMatchObject(refused);
  expect((await first).value?.kind).toBe("start");
  const begun = await training.checkpoint();
  expect(begun.position).toMatchObject({ step: 0, epoch: 0 });
  const run = await training.result();
  expect(await training.result()).toBe(run);
  expect((await training.model()).weights).toEqual(run.trained.weights);
  await expect(training.checkpoint()).rejects.toMatchObject({ code: "train/ended" });
  await expect(training.change({ stop: true })).rejects.toMatchObject({ code: "train/ended" });
  // the beginning is a place like any other
  expect((await fit(smallJob(), { resume: begun })).trained.weights).toEqual(run.trained.weights);
});

test("changes at one place count one after the other, and a checkpoint that is asked for between them knows of the first", async () => {
  const training = train(smallJob());
  let between: Checkpoint | undefined;
  for await (const event of training) {
    if (event.kind !== "progress" || event.step !== 5) continue;
    await training.change({ settings: { rate: 0.5 } });
    between = await training.checkpoint();
    await training.change({ settings: { rate: 0.1, batch: 25 } });
    await training.change({ settings: { batch: 16 } });
  }
  const run = await training.result();
  expect(between?.position).toMatchObject({ step: 5, settings: { rate: 0.5 }, journal: [{ step: 5 }] });
  expect(run.journal.map(({ settings }) => settings)).toEqual([{ rate: 0.5 }, { rate: 0.1, batch: 25 }, { batch: 16 }]);
  const replayed = await fit(smallJob(), { journal: run.journal });
  expect(replayed.trained.weights).toEqual(run.trained.weights);
  expect(replayed.trained.weights).not.toEqual((await fit(smallJob())).trained.weights);
});

test("a change that cannot be made changes nothing, and the training goes on", async () => {
  const training = train(smallJob());
  let early: Checkpoint | undefined;
  for await (const event of training) {
    if (event.kind !== "progress") continue;
    if (event.step === 3) early = await training.checkpoint();
    if (event.step !== 12 || early === undefined) continue;
    await expect(training.change({ restore: early, settings: { rate: -1 } })).rejects.toMatchObject({
      code: "options/range",
    });
    const arrays = new Map(early.arrays);
    arrays.delete("optimizer.adam1.first.dense1.weights");
    await expect(training.change({ restore: { ...early, arrays } })).rejects.toMatchObject({
      code: "checkpoint/mismatch",
    });
  }
  expect((await training.result()).trained.weights).toEqual((await fit(smallJob())).trained.weights);
});

test("the model of the best weights and that of the last ones are both asked for", async () => {
  const training = train({ ...smallJob(), optimizer: adam({ rate: 0.3 }), epochs: 8 });
  let different = 0;
  for await (const event of training) {
    if (event.kind !== "epoch") continue;
    const [best, last] = [await training.model(), await training.model("last")];
    const same = JSON.stringify([...best.weights.values()]) === JSON.stringify([...last.weights.values()]);
    expect(same).toBe(event.best);
    different += Number(!same);
  }
  expect(different).toBeGreaterThan(0);
});
