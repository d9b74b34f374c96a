import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import type { Examples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { absoluteError, squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { cosine } from "../../src/optim/schedule.ts";
import { bursts, crossing, hill } from "../../src/testing/pathologies/grounds.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";

const classes = (rate: number): Job => ({
  model: chain(dense(16), relu(), dense(16), relu(), dense(2)),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ rate }),
  schedule: cosine(),
  batch: 32,
  epochs: 30,
  train: crossing({ rows: 300, seed: 3 }),
  dev: crossing({ rows: 100, seed: 4 }),
  seed: 1,
});

const numbers = (rate: number): Job => ({
  ...classes(rate),
  model: chain(dense(16), relu(), dense(16), relu(), dense(1)),
  loss: squaredError(),
  train: hill({ rows: 300, seed: 3 }),
  dev: hill({ rows: 100, seed: 4 }),
});

/** The targets moved far from 0, where a network starts. */
const far = ({ targets, ...rest }: Examples): Examples => {
  const moved = Float32Array.from(targets.data, (value) => value + 50);
  return { ...rest, targets: ndarray(moved, [...targets.shape]) };
};

test.each([
  ["numbers, Adam at 500", numbers(500), 500, 0.003],
  ["numbers, Adam at 1", numbers(1), 1, 0.003],
  ["classes, Adam at 500", classes(500), 500, 0.003],
  ["numbers, Adam at 40", numbers(40), 40, 0.003],
] as const)("%s: finite numbers that ran away are a divergence, without a best epoch, and a rate is named", async (_, job, rate, lower) => {
  const run = await fit(job);
  expect(run.reason).toBe("diverged");
  expect(run).not.toHaveProperty("best");
  expect(Number.isFinite(run.train.cost)).toBe(true);
  expect(run.failure).toMatchObject({ tensor: "cost", epoch: run.epochs, step: run.steps });
  expect(run.failure?.message).toMatch(
    /the cost rose from \S+ to \S+, and its weights are (worse|no better) than always/,
  );
  expect(run.failure?.hint).toContain(`a lower rate than ${rate}, such as ${lower},`);
  const mended = await fit({ ...job, optimizer: adam({ rate: lower }) });
  expect(mended.reason).toBe("epochs");
});

test.each([
  ["a rate so low that hardly anything is learned", numbers(1e-6)],
  ["one epoch", { ...numbers(1e-4), epochs: 1 }],
  ["no epoch", { ...numbers(0.01), epochs: 0 }],
  ["classes at a low rate", classes(1e-6)],
  [
    "the absolute error, which learns the median",
    {
      ...numbers(0.01),
      loss: absoluteError(),
      train: bursts({ rows: 300, seed: 3 }),
      dev: bursts({ rows: 100, seed: 4 }),
    },
  ],
  [
    "targets far from 0 that plain descent has not reached",
    { ...numbers(1), optimizer: gradientDescent({ rate: 1e-5 }), train: far(hill({ rows: 300, seed: 3 })) },
  ],
] as const)("%s: weights that are worse than a constant answer but on their way have not diverged", async (_, job) => {
  const run = await fit(job);
  expect(run.reason).toBe("epochs");
  expect(run).not.toHaveProperty("failure");
});
