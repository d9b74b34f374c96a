import { describe, expect, it } from "vitest";
import { seedKey } from "../../src/base/random.ts";
import { augmenterFor } from "../../src/data/augment/augmenter.ts";
import { brokenLabels } from "../../src/data/augment/breaking.ts";
import { elasticDistortion } from "../../src/data/augment/elastic.ts";
import { flip, rotate, shift } from "../../src/data/augment/moves.ts";
import { batches } from "../../src/data/batches.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { type Job, resolveJob } from "../../src/train/job.ts";
import { evaluate } from "../../src/train/trained.ts";
import { readDigits } from "../train/digits.ts";

const digits = Array.from({ length: 10 }, (_, digit) => String(digit));

/** Digits as images, of them so many to train on and all others to be right about. */
function images(seed: number, rows: number, more = 0): { train: Examples; both: Examples; rest: Examples } {
  const { train } = readDigits(1);
  const picture = (examples: Examples): Examples => ({
    ...examples,
    inputs: { ...examples.inputs, shape: [examples.rows, 8, 8] },
    classes: digits,
  });
  const order = Uint32Array.from({ length: train.rows }, (_, i) => (i * 7919 + seed * 101) % train.rows);
  return {
    train: picture(takeExamples(train, order.subarray(0, rows))),
    both: picture(takeExamples(train, order.subarray(0, rows + more))),
    rest: picture(takeExamples(train, order.subarray(rows + more))),
  };
}

const job = (train: Examples, seed: number, augment: Job["augment"] = []): Job => ({
  model: chain(flatten(), dense(64), relu(), dense(10)),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ rate: 0.003 }),
  train,
  augment,
  batch: 50,
  epochs: Math.round(30_000 / train.rows),
  seed,
});

async function errorOn(rest: Examples, of: Job): Promise<number> {
  return (await evaluate((await fit(of)).trained, rest)).error;
}

describe("augmentation", () => {
  it("E1 every epoch of a flipped dataset is new: two epochs hold twice as many images, half of them mirrored", () => {
    const { train } = images(1, 200);
    const augment = augmenterFor([flip()], { shape: [8, 8], key: seedKey(1) });
    const seen = new Set<string>();
    for (let epoch = 0; epoch < 12; epoch++)
      for (const { inputs } of batches(train, { size: 200, shuffle: false, epoch, augment }))
        for (let row = 0; row < 200; row++) seen.add(String(inputs.data.subarray(row * 64, row * 64 + 64)));
    expect(seen.size).toBe(400);
  });

  it("E1 labels that flipping breaks are named before the training begins", () => {
    const { train } = images(1, 50);
    expect(resolveJob(job(train, 1, [flip()])).notices).toEqual([
      "flip changes labels: after it, 6 and 9 and 2 and 5 look alike; do not use it for such classes",
    ]);
    expect(brokenLabels([flip()], ["b", "d", "x"])).toHaveLength(1);
    expect(brokenLabels([rotate({ degrees: 180 })], ["6", "9"])).toHaveLength(1);
    expect(brokenLabels([flip(), rotate({ degrees: 15 }), shift()], ["cat", "dog"])).toEqual([]);
    expect(brokenLabels([rotate({ degrees: 15 })], digits)).toEqual([]);
  });

  it("E3 elastic distortion lowers the error on digits with 200 training rows, in the mean of 5 seeds", async () => {
    const gains: number[] = [];
    for (let seed = 1; seed <= 5; seed++) {
      const { train, rest } = images(seed, 200);
      const plain = await errorOn(rest, job(train, seed));
      gains.push(plain - (await errorOn(rest, job(train, seed, [elasticDistortion()]))));
    }
    expect(gains.reduce((sum, gain) => sum + gain, 0) / 5).toBeGreaterThan(0.007); // 8.1% to 6.6%
    expect(Math.min(...gains)).toBeGreaterThan(0);
  });

  it("E4 200 more real rows teach more than 200 more augmented ones", async () => {
    let [real, augmented] = [0, 0];
    for (let seed = 1; seed <= 3; seed++) {
      const { train, both, rest } = images(seed, 200, 200);
      real += await errorOn(rest, job(both, seed));
      augmented += await errorOn(rest, job(twice(train), seed));
    }
    expect(real).toBeLessThan(augmented);
  });
});

/** The rows, and behind them the same rows distorted once. */
function twice(train: Examples): Examples {
  const all = takeExamples(
    train,
    Uint32Array.from({ length: 2 * train.rows }, (_, i) => i % train.rows),
  );
  const augment = augmenterFor([elasticDistortion()], { shape: [8, 8], key: seedKey(5) });
  for (let row = train.rows; row < all.rows; row++) augment(all.inputs.data, row * 64, { row, epoch: 0 });
  return all;
}
