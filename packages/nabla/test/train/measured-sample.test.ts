import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { type Job, resolveJob } from "../../src/train/job.ts";
import { sampleOf } from "../../src/train/measured-sample.ts";
import { train } from "../../src/train/train.ts";

const numbers = (rows: number) => ({
  rows,
  inputs: ndarray(
    Float32Array.from({ length: rows }, (_, i) => i / rows),
    [rows, 1],
  ),
  targets: ndarray(
    Float32Array.from({ length: rows }, (_, i) => (i % 7) / 7),
    [rows, 1],
  ),
});

const jobOf = (rows: number, dev?: number): Job => ({
  model: chain(dense(1)),
  loss: squaredError(),
  optimizer: gradientDescent({ rate: 0.01 }),
  train: numbers(rows),
  ...(dev === undefined ? {} : { dev: numbers(dev) }),
  batch: 512,
  epochs: 1,
});

test.each([
  [300, undefined, 300],
  [2000, undefined, 2000],
  [2001, undefined, 1000],
  [5000, 500, 1500],
  [5000, 2500, 2500],
  [6000, undefined, 1800],
  [20_000, 1000, 2000],
  [3000, 4000, 3000],
])("of %i training rows beside %s of dev %i are measured after an epoch", async (rows, dev, measured) => {
  const sample = sampleOf(resolveJob(jobOf(rows, dev)));
  expect(sample.rows).toBe(measured);
  const { inputs } = sample;
  const places = "data" in inputs ? Array.from(inputs.data as Float32Array, (x) => Math.round(Number(x) * rows)) : [];
  expect(new Set(places).size).toBe(measured);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("the record of an epoch says on how many rows it was measured, and the end measures all of them", async () => {
  const run = await train(jobOf(2500)).result();
  expect([run.history[0]?.train.rows, run.train.rows]).toEqual([1000, 2500]);
});
