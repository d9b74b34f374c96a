import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { takeExamples } from "../../src/data/examples.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { accumulate, type Optimizer } from "../../src/optim/optimizer.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { fit } from "../../src/train/fit.ts";
import { splitStep } from "../../src/train/split-step.ts";
import { train } from "../../src/train/train.ts";

const rows = 10;
const examples = {
  rows,
  inputs: ndarray(Float32Array.from(normal(seedKey(1), rows * 3)), [rows, 3]),
  // the last rows are far from what the others say, so that they must not weigh more than one each
  targets: ndarray(
    Float32Array.from(normal(seedKey(2), rows * 2)).map((x, i) => (i >= 16 ? 50 : x)),
    [rows, 2],
  ),
};
const job = { model: chain(dense(4), dense(2)), loss: squaredError(), train: examples, epochs: 2, shuffle: false };

async function weights(optimizer: Optimizer, batch: number, more: object = {}): Promise<readonly number[]> {
  const { trained } = await fit({ ...job, ...more, optimizer, batch });
  return [...trained.weights.values()].flatMap(({ data }) => [...data]);
}

test.each([
  ["gradient descent", gradientDescent({ rate: 0.01 })],
  ["Adam", adam({ rate: 0.05 })],
])("%s on batches of 4, 4 and 2 updates as on one of 10", async (_, optimizer) => {
  const whole = await weights(optimizer, 10);
  const gathered = await weights(accumulate(optimizer, 3), 4);
  for (const [i, w] of gathered.entries()) expect(w).toBeCloseTo(whole[i] ?? Number.NaN, 5);
});

test("what a mask leaves out of a batch does not count in the mean, and penalties count once", async () => {
  const mask = ndarray([1, 0, 0, 0, 1, 1, 1, 1, 0.5, 1], [rows]);
  const more = { train: { ...examples, mask }, penalty: l2(0.1) };
  const whole = await weights(gradientDescent({ rate: 0.01 }), 10, more);
  const gathered = await weights(accumulate(gradientDescent({ rate: 0.01 }), 3), 4, more);
  for (const [i, w] of gathered.entries()) expect(w).toBeCloseTo(whole[i] ?? Number.NaN, 5);
});

test("a split step passes on how much a batch counts", async () => {
  const optimizer = accumulate(gradientDescent({ rate: 0.01 }), 3);
  const step = await splitStep({ ...job, optimizer, batch: 4 });
  for (const [i, [from, to]] of (
    [
      [0, 4],
      [4, 8],
      [8, 10],
    ] as const
  ).entries()) {
    const batch = takeExamples(
      examples,
      Uint32Array.from({ length: to - from }, (_row, k) => from + k),
    );
    const results = await step.gradients(batch, { step: i });
    expect(results.counted).toBe(to - from);
    await step.update(results, { step: i });
  }
  const found = await step.program.readAll(step.states);
  const whole = (await fit({ ...job, optimizer: gradientDescent({ rate: 0.01 }), batch: 10, epochs: 1 })).trained
    .weights;
  for (const [path, { data }] of whole)
    for (const [i, w] of data.entries()) expect(found.get(path)?.data[i]).toBeCloseTo(w, 5);
});

test("a checkpoint of an older version, without the weights that were gathered, is gone on from", async () => {
  const optimizer = accumulate(gradientDescent({ rate: 0.01 }), 4);
  const settings = { ...job, optimizer, batch: 2 };
  const training = train(settings, { progress: Number.POSITIVE_INFINITY });
  let checkpoint: Checkpoint | undefined;
  for await (const event of training)
    if (event.kind === "progress" && event.step === 2) {
      checkpoint = await training.checkpoint();
      break;
    }
  if (checkpoint === undefined) throw new Error("there was no second step");
  const arrays = new Map([...checkpoint.arrays].filter(([path]) => !path.endsWith("accumulate.gathered")));
  expect(arrays.size).toBe(checkpoint.arrays.size - 1);
  const [resumed, whole] = [await fit(settings, { resume: { ...checkpoint, arrays } }), await fit(settings)];
  expect([...resumed.trained.weights]).toEqual([...whole.trained.weights]);
});

test("a training too short for one update says so", async () => {
  const optimizer = accumulate(gradientDescent(), 4);
  for await (const event of train({ ...job, optimizer, batch: 4, epochs: 1 }))
    if (event.kind === "start")
      expect(event.notices.join()).toContain("the gradients of 4 steps and the training has 3");
});
