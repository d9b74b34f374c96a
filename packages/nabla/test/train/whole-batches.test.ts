/** `fit` takes epochs of one step ahead and looks at them afterwards: what comes out is what `train` gives, to the bit. */
import { expect, test } from "vitest";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasmWith } from "../../src/engine/wasm/engine.ts";
import { relu, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { onPlateau } from "../../src/optim/measured-schedules.ts";
import { accumulate } from "../../src/optim/optimizer.ts";
import { inverseTime, type Schedule } from "../../src/optim/schedule.ts";
import { movingAverage } from "../../src/train/averaging.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { fit } from "../../src/train/fit.ts";
import { COSTS_KEPT } from "../../src/train/guard.ts";
import type { Job } from "../../src/train/job.ts";
import { resolveJob } from "../../src/train/job.ts";
import type { Run } from "../../src/train/run.ts";
import { prepareStep } from "../../src/train/step.ts";
import { train } from "../../src/train/train.ts";
import { measuresItself } from "../../src/train/whole-batches.ts";
import { deferred } from "../engine/deferred/engine.ts";
import { ring } from "./small-job.ts";

const job = (rows = 90): Job => ({
  model: chain(dense(8), relu(), dense(3), tanh(), dense(2)),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ rate: 0.02 }),
  penalty: l2(1e-3),
  schedule: inverseTime({ decay: 0.01 }),
  train: ring(rows, 1),
  batch: rows,
  epochs: 2 * COSTS_KEPT + 9,
  seed: 3,
});

/** All that a run says, weights included. */
const facts = ({ trained, ...run }: Run) => ({
  ...run,
  weights: [...trained.weights].map(([path, { data }]) => [path, Array.from(data)]),
});

const oneByOne = async (given: Job): Promise<Run> => await train(given).result();

const goesAhead = async (given: Job): Promise<boolean> => {
  const resolved = resolveJob(given);
  return (await prepareStep(resolved, measuresItself(resolved))).guard.sums.size > 0;
};

test.each([
  ["wasm", wasm],
  ["wasm, cut for threads", wasmWith({ threads: 2, grain: 1 })],
  ["deferred wasm", deferred(wasm)],
  ["reference", reference],
])("%s: epochs taken ahead are those that are taken one by one", async (_, engine) => {
  const given = { ...job(), engine };
  expect(await goesAhead(given)).toBe(true);
  const ahead = await fit(given);
  expect(ahead.history.map(({ epoch, step }) => [epoch, step])).toEqual(
    Array.from({ length: given.epochs ?? 0 }, (_, i) => [i + 1, i + 1]),
  );
  expect(facts(ahead)).toEqual(facts(await oneByOne(given)));
});

test("rows of more than one usual batch of evaluation are measured as the step does", async () => {
  const given = { ...job(700), epochs: 12, loss: sigmoidCrossEntropy(), model: chain(dense(20), relu(), dense(1)) };
  expect(await goesAhead(given)).toBe(true);
  expect(facts(await fit(given))).toEqual(facts(await oneByOne(given)));
});

test("a training that diverges ahead is told of like one that is watched", async () => {
  const given = {
    ...job(),
    optimizer: gradientDescent({ rate: 1e30 }),
    penalty: l2(1),
    schedule: inverseTime({ decay: 0 }),
  };
  const ahead = await fit(given);
  expect(ahead.reason).toBe("diverged");
  expect(facts(ahead)).toEqual(facts(await oneByOne(given)));
  // it fails in the second stretch of epochs, and goes back to the end of the first
  const late = {
    ...job(),
    schedule: { ...inverseTime(), factor: ({ epoch }: { epoch: number }) => (epoch < 150 ? 1 : 1e38) },
  };
  const [one, other] = [await fit(late), await oneByOne(late)];
  expect([one.reason, one.epochs]).toEqual(["diverged", other.epochs]);
  expect(one.epochs).toBeGreaterThan(150);
  expect(facts(one)).toEqual(facts(other));
});

test("a schedule that follows what was measured is obeyed", async () => {
  const given = { ...job(), schedule: onPlateau({ patience: 0, least: 0.2, factor: 0.5 }), epochs: 20 };
  const run = await fit(given);
  expect(new Set(run.history.map(({ rate }) => rate)).size).toBeGreaterThan(2);
  expect(facts(run)).toEqual(facts(await oneByOne(given)));
  // one that looks back later on, when epochs have been taken ahead already
  const factor: Schedule["factor"] = ({ epoch, measured = [] }) => (epoch < 40 ? 1 : 1 / (1 + (measured.at(-1) ?? 0)));
  const late = { ...job(), schedule: { ...inverseTime(), factor }, epochs: 60 };
  const found = await fit(late);
  expect(found.history[59]?.rate).toBeCloseTo(0.02 / (1 + (found.history[58]?.train.cost ?? 0)), 12);
  expect(facts(found)).toEqual(facts(await oneByOne(late)));
});

test("a checkpoint of a watched training is resumed ahead to the same bits", async () => {
  const given = job();
  let saved: Checkpoint | undefined;
  const training = train(given);
  for await (const event of training)
    if (event.kind === "epoch" && event.epoch === 7) {
      saved = await training.checkpoint();
      break;
    }
  expect(saved?.position.epoch).toBe(7);
  expect(facts(await fit(given, saved === undefined ? {} : { resume: saved }))).toEqual(facts(await fit(given)));
});

test("gradients of several steps, and times by a clock, are those of epochs that are taken one by one", async () => {
  const given = { ...job(), optimizer: accumulate(adam({ rate: 0.02 }), 3), epochs: 140 };
  expect(facts(await fit(given))).toEqual(facts(await oneByOne(given)));
  let ticks = 0;
  const { history, seconds } = await fit(given, { clock: () => ticks++ });
  expect(history.every((record, i) => i === 0 || record.seconds > (history[i - 1]?.seconds ?? 0))).toBe(true);
  expect(seconds).toBeGreaterThan(history.at(-1)?.seconds ?? 0);
});

test("what a pass of training does not measure as an evaluation does is taken one by one", async () => {
  const others: Partial<Job>[] = [
    { dev: ring(30, 2) },
    { batch: 45 },
    { average: movingAverage() },
    { mixup: 0.2 },
    { time: 100 },
    { model: chain(dense(8), batchNorm(), relu(), dense(2)) },
    { model: chain(dense(8), dropout({ keep: 0.9 }), dense(2)) },
  ];
  for (const other of others) expect([other, await goesAhead({ ...job(), ...other })]).toEqual([other, false]);
});
