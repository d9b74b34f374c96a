import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { relu } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { scaleByAdam } from "../../src/optim/adam.ts";
import { groups } from "../../src/optim/groups.ts";
import { chainTransforms } from "../../src/optim/optimizer.ts";
import { movingAverage } from "../../src/train/averaging.ts";
import { fit } from "../../src/train/fit.ts";
import { resolveJob } from "../../src/train/job.ts";
import { prepareStep } from "../../src/train/step.ts";
import { predict } from "../../src/train/trained.ts";

const data = (seed: number, shift: number) => ({
  rows: 64,
  inputs: ndarray(
    Float32Array.from(normal(seedKey(seed), 128), (x) => x + shift),
    [64, 2],
  ),
  targets: ndarray(Float32Array.from(normal(seedKey(seed + 1), 64)), [64, 1]),
});
const model = chain(dense(4), batchNorm(), relu(), dense(1));
const learned = (factors: Readonly<Record<string, number>>) => ({
  model,
  loss: squaredError(),
  optimizer: chainTransforms({ rate: 0.01 }, scaleByAdam(), groups({ factors })),
  epochs: 5,
});

const isSame = (a: NdArray | undefined, b: NdArray | undefined): boolean => String(a?.data) === String(b?.data);

test("a frozen batch norm keeps its statistics, and learns with them", async () => {
  const base = (await fit({ ...learned({}), train: data(1, 0) })).trained;
  const job = { ...learned({ "dense1.*": 0, "batchNorm1.*": 0 }), train: data(3, 5), weights: base.weights };
  const { trained, history } = await fit(job);
  for (const [path, array] of base.weights)
    expect([path, isSame(array, trained.weights.get(path))]).toEqual([path, !path.startsWith("dense2")]);
  // before anything is learned, the first step's cost is that of predictions with the statistics that are kept
  const first = await fit({ ...job, epochs: 1, batch: 64, shuffle: false });
  const { answers } = await predict(base, job.train.inputs);
  const squares = [...answers.data].map((x, i) => (x - (job.train.targets.data[i] ?? 0)) ** 2);
  expect(first.history[0]?.cost).toBeCloseTo(squares.reduce((a, b) => a + b) / 64, 4);
  expect(history.length).toBe(5);
});

test("a batch norm that learns anything at all observes its batches", async () => {
  const base = (await fit({ ...learned({}), train: data(1, 0) })).trained;
  const job = { ...learned({ "batchNorm1.scale": 0 }), train: data(3, 5), weights: base.weights };
  const { weights } = (await fit(job)).trained;
  expect(isSame(weights.get("batchNorm1.scale"), base.weights.get("batchNorm1.scale"))).toBe(true);
  expect(isSame(weights.get("batchNorm1.mean"), base.weights.get("batchNorm1.mean"))).toBe(false);
});

test("what a job freezes keeps its bits and its statistics, is in no state of the optimizer, and is averaged with nothing", async () => {
  const base = (await fit({ ...learned({}), train: data(1, 0) })).trained;
  const job = { ...learned({}), freeze: ["dense1.*", "batchNorm*"], train: data(3, 5), weights: base.weights };
  for (const more of [{}, { average: movingAverage({ keep: 0.9 }), penalty: l2(0.1) }]) {
    const { trained } = await fit({ ...job, ...more });
    for (const [path, array] of base.weights)
      expect([path, isSame(array, trained.weights.get(path))]).toEqual([path, !path.startsWith("dense2")]);
  }
  const { slots } = await prepareStep(resolveJob(job));
  expect([...slots.keys()].every((path) => path.includes("dense2"))).toBe(true);
  // frozen by a transform or by the job: the same training
  const byTransform = learned({ "dense1.*": 0, "batchNorm1.*": 0 });
  const other = await fit({ ...job, freeze: [], optimizer: byTransform.optimizer });
  const own = await fit(job);
  expect(own.history.at(-1)?.cost).toBeCloseTo(other.history.at(-1)?.cost ?? 0, 5);
});

test("a pattern that fits nothing is refused with the nearest parameters, as is freezing everything", async () => {
  const frozen = (...freeze: string[]) => fit({ ...learned({}), freeze, train: data(1, 0) });
  await expect(frozen("dens1.*")).rejects.toMatchObject({
    code: "train/freeze",
    message: expect.stringContaining('"dens1.*"'),
    hint: expect.stringContaining("dense1."),
  });
  await expect(frozen("*")).rejects.toMatchObject({
    code: "train/freeze",
    message: expect.stringContaining("nothing is learned"),
  });
});
