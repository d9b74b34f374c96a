import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { categoryColumn, numberColumn, table } from "../../src/data/table.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { relu } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { network } from "../../src/nn/network.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import type { TrainingEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { train } from "../../src/train/train.ts";
import { evaluate, predict, predictor } from "../../src/train/trained.ts";
import { readDigits } from "./digits.ts";
import { ring, smallJob } from "./small-job.ts";

async function events(job = smallJob(), options = {}): Promise<TrainingEvent[]> {
  const seen: TrainingEvent[] = [];
  for await (const event of train(job, options)) seen.push(event);
  return seen;
}

test("a network learns the digits, and its answers agree with what was measured", async () => {
  const { train: rows, dev } = readDigits(1);
  const job = {
    model: network({ hidden: [64], outputs: 10 }),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 3e-3 }),
    train: rows,
    dev,
  };
  const run = await fit({ ...job, epochs: 25 });
  expect(run.reason).toBe("epochs");
  expect(run.dev?.error).toBeLessThan(0.04);
  expect(run.dev?.error).toBe(run.best?.dev?.error);
  expect((await evaluate(run.trained, dev)).error).toBe(run.dev?.error);
  const { classes, answers } = await predict(run.trained, dev.inputs);
  const wrong = Array.from(classes?.data ?? []).filter((code, row) => code !== dev.targets.data[row]).length;
  expect(wrong / dev.rows).toBeCloseTo(run.dev?.error ?? Number.NaN, 12);
  const sum = Array.from(answers.data.subarray(0, 10)).reduce((total, share) => total + share, 0);
  expect(sum).toBeCloseTo(1, 5);
});

test("events come in order, and progress depends on steps alone", async () => {
  const seen = await events();
  expect(seen.map((event) => event.kind)).toEqual([
    "start",
    ...Array.from({ length: 4 }, () => [...Array(9).fill("progress"), "epoch"]).flat(),
    "end",
  ]);
  expect(seen[0]).toMatchObject({
    rows: { train: 150, dev: 60 },
    parameters: 2 * 8 + 8 + 8 + 8 * 2 + 2,
    stepsPerEpoch: 10,
  });
});

test("J3 the cost of an epoch is the mean over rows, also with a short last batch", async () => {
  const examples = ring(10, 5);
  const still = {
    model: chain(dense(2)),
    loss: softmaxCrossEntropy(),
    optimizer: gradientDescent({ rate: 1e-30 }),
    train: examples,
    epochs: 1,
    batch: 4,
    engine: reference,
  };
  const run = await fit(still);
  expect(run.history[0]?.cost).toBeCloseTo(run.train.cost, 12);
});

test("E5 the best dev weights are kept when patience, the epochs or a stop end the training", async () => {
  const job = { ...smallJob(), epochs: 60, patience: 5, optimizer: adam({ rate: 0.3 }) };
  const run = await fit(job);
  expect(run.reason).toBe("patience");
  expect(run.epochs).toBe((run.best?.epoch ?? 0) + 5);
  expect(run.dev).toEqual(run.best?.dev);
  const errors = run.history.map((record) => record.dev?.error ?? 1);
  expect(run.best?.dev?.error).toBe(Math.min(...errors));
  expect((await evaluate(run.trained, job.dev ?? ring(1, 1))).cost).toBe(run.best?.dev?.cost);
});

test("leaving the loop is fine, and an epoch gives the best model so far", async () => {
  const training = train(smallJob());
  for await (const event of training) if (event.kind === "epoch" && event.epoch === 2) break;
  const { weights } = await training.model();
  expect(weights.get("dense1.weights")?.shape).toEqual([2, 8]);
  expect(weights).toEqual((await fit({ ...smallJob(), epochs: 2 })).trained.weights);
  await expect(training.result()).rejects.toMatchObject({ code: "train/left" });
});

test("M6 a setting changed on the way counts from the next step on", async () => {
  const loop = train(smallJob());
  await loop.next();
  const first = (await loop.next()).value;
  await loop.change({ settings: { rate: 0.5 } });
  const second = (await loop.next()).value;
  expect(first).toMatchObject({ kind: "progress", rate: 0.02 });
  expect(second).toMatchObject({ kind: "progress", rate: 0.5 });
  await expect(loop.change({ settings: { rat: 1 } })).rejects.toMatchObject({
    code: "train/setting",
    hint: expect.stringContaining("rate"),
  });
  for (const wrong of [{ setting: { rate: 1 } }, { stop: "yes" }, { restore: 3 }, { settings: [1] }, null])
    await expect(loop.change(wrong as never)).rejects.toMatchObject({
      code: "options/type",
      message: `change: expected a change { settings, restore, stop }, received ${JSON.stringify(wrong)}`,
    });
});

test("a stop ends with the best weights", async () => {
  const loop = train(smallJob());
  await loop.next();
  let event = (await loop.next()).value;
  while (event?.kind !== "epoch") event = (await loop.next()).value;
  await loop.change({ stop: true });
  expect((await loop.next()).value).toMatchObject({
    kind: "end",
    reason: "stopped",
    epochs: 1,
    best: { epoch: 1 },
  });
});

test("a time limit ends within an epoch, measures and keeps", async () => {
  let now = 0;
  const run = await fit({ ...smallJob(), epochs: 1000, time: 30 }, { clock: () => now++ });
  expect(run.reason).toBe("time");
  expect(run.dev).toBeDefined();
  await expect(fit({ ...smallJob(), time: 30 })).rejects.toMatchObject({ code: "train/clock" });
});

test("a training that turns to NaN stops, names step and tensor, and keeps the last good weights", async () => {
  const job = {
    ...smallJob(),
    model: chain(dense(8), relu(), dense(1)),
    loss: squaredError(),
    optimizer: gradientDescent({ rate: 1e12 }),
  };
  const targets = ndarray(Float32Array.from(job.train.rows === undefined ? [] : Array(150).fill(1)), [150, 1]);
  const run = await fit({
    model: job.model,
    loss: job.loss,
    optimizer: job.optimizer,
    train: { ...ring(150, 1), targets },
    batch: 16,
    epochs: 3,
  });
  expect(run.reason).toBe("diverged");
  expect(run.failure?.message).toContain(`step ${run.failure?.step}`);
  expect(run.failure?.step).toBeGreaterThan(1);
  expect(run.failure?.tensor).toMatch(/^(output of|gradient of|parameter|losses|cost)/);
  expect(run.failure?.lastCost).toSatisfy(Number.isFinite);
  for (const { data } of run.trained.weights.values()) expect(data.every(Number.isFinite)).toBe(true);
});

test("NaN in the data is named by its row", async () => {
  const examples = ring(20, 1);
  examples.inputs.data[7] = Number.NaN; // row 3
  const run = await fit({ ...smallJob(), train: examples, batch: 10 });
  expect(run.reason).toBe("diverged");
  expect(run.failure?.tensor).toBe("inputs, row 3 (from 0) of the training part");
});

test("R11 batch norm refuses batches of one row, and a last batch of one row is left out with a notice", async () => {
  await expect(fit({ ...smallJob(), batch: 1 })).rejects.toMatchObject({ code: "train/batch-rows" });
  const [start] = await events({
    ...smallJob(),
    model: chain(dense(4), batchNorm(), dense(2)),
    train: ring(33, 1),
    epochs: 1,
  });
  expect(start).toMatchObject({ stepsPerEpoch: 2, notices: [expect.stringContaining("1 row")] });
});

test("S2 too few outputs for the classes are refused before training", async () => {
  const { train: rows } = readDigits(1);
  const job = fit({ ...smallJob(), train: rows, dev: rows, model: chain(dense(9)) });
  await expect(job).rejects.toMatchObject({ code: "loss/class", message: expect.stringContaining("9 outputs") });
});

test("targets of the wrong sort are refused with what to do", async () => {
  const job = fit({ ...smallJob(), loss: squaredError() });
  await expect(job).rejects.toMatchObject({ code: "loss/shape" });
  const numbers = { ...ring(20, 1), targets: ndarray(new Float32Array(20), [20, 1]) };
  await expect(fit({ ...smallJob(), train: numbers })).rejects.toMatchObject({
    code: "loss/dtype",
    hint: expect.stringContaining("squaredError"),
  });
});

test("a regression's error is 1 - R², and answers are numbers", async () => {
  const inputs = ring(200, 8).inputs;
  const targets = ndarray(
    Float32Array.from({ length: 200 }, (_, row) => 3 * (inputs.data[2 * row] ?? 0) - 1),
    [200, 1],
  );
  const run = await fit({
    model: chain(dense(1)),
    loss: squaredError(),
    optimizer: adam({ rate: 0.05 }),
    train: { rows: 200, inputs, targets },
    epochs: 80,
  });
  expect(run.train.error).toBeLessThan(1e-3);
  const { answers, classes } = await predict(run.trained, inputs);
  expect(classes).toBeUndefined();
  expect(answers.data[0]).toBeCloseTo(targets.data[0] ?? 0, 1);
});

test("a predictor answers any number of rows and refuses other shapes", async () => {
  const { trained } = await fit({ ...smallJob(), epochs: 1 });
  const answer = await predictor(trained);
  const many = ring(1300, 9).inputs;
  const all = await answer(many);
  expect(all.answers.shape).toEqual([1300, 2]);
  const one = await answer({ ...many, shape: [1, 2], data: many.data.subarray(2598, 2600) });
  expect(Array.from(one.answers.data)).toEqual(Array.from(all.answers.data.subarray(2598)));
  await expect(answer(ndarray(new Float32Array(6), [2, 3]))).rejects.toMatchObject({ code: "predict/shape" });
});

test("tables of numbers train as they are, with the names of the classes", async () => {
  const { inputs, targets } = ring(80, 4);
  const column = (from: number) => Float32Array.from({ length: 80 }, (_, row) => inputs.data[2 * row + from] ?? 0);
  const kind = categoryColumn(
    "kind",
    Array.from(targets.data, (code) => ["in", "out"][code] ?? ""),
  );
  const points = table([numberColumn("x", column(0)), numberColumn("y", column(1))], kind);
  const run = await fit({
    model: chain(dense(8), relu(), dense(2)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.05 }),
    train: points,
    epochs: 30,
  });
  expect([...(run.trained.classes ?? [])].sort()).toEqual(["in", "out"]);
  expect((await evaluate(run.trained, points)).error).toBe(run.train.error);
  expect(run.train.error).toBeLessThan(0.2);
});

test("the engines train alike: float32 in WebAssembly follows float64, dropout masks included", async () => {
  const [exact, fast] = [
    await fit({ ...smallJob(), engine: reference, epochs: 2 }),
    await fit({ ...smallJob(), engine: wasm, epochs: 2 }),
  ];
  for (const [path, { data, dtype }] of exact.trained.weights) {
    expect(dtype).toBe("float32");
    const other = fast.trained.weights.get(path)?.data ?? [];
    for (const [i, x] of data.entries()) expect(Math.abs((other[i] ?? Number.NaN) - x)).toBeLessThan(1e-3);
  }
  const answers = await predict(exact.trained, ring(3, 1).inputs, { engine: wasm });
  expect(answers.answers.shape).toEqual([3, 2]);
});
