import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { takeExamples } from "../../src/data/examples.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { gradOf } from "../../src/graph/grad.ts";
import { isInput } from "../../src/graph/leaf.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { walk } from "../../src/graph/walk.ts";
import { relu, sigmoid, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { fit } from "../../src/train/fit.ts";
import { modelCost } from "../../src/train/model-cost.ts";
import { normalizationGap, recomputeStatistics } from "../../src/train/normalization.ts";
import { train } from "../../src/train/train.ts";
import { evaluate } from "../../src/train/trained.ts";
import { apply, list } from "../nn/apply.ts";
import { readDigits } from "../train/digits.ts";
import { ring } from "../train/small-job.ts";

const parts = readDigits(1);

test("R1 before or behind the activation: both train, and gradients are right in both places", async () => {
  for (const model of [
    chain(dense(8), batchNorm(), tanh(), dense(2)),
    chain(dense(8), tanh(), batchNorm(), dense(2)),
  ]) {
    const spec = modelCost({ model, loss: softmaxCrossEntropy(), examples: ring(12, 5) });
    expect((await checkGradients(spec)).verdict).toBe("right");
    const run = await fit({
      model,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.03 }),
      train: ring(200, 1),
      epochs: 15,
    });
    expect(run.train.error).toBeLessThan(0.2);
  }
});

test("R3 a layer with batch norm learns weights, scale and shift, and keeps mean and variance", async () => {
  const model = chain(dense(3), batchNorm(), relu(), dense(2));
  const start = (await train({ model, loss: softmaxCrossEntropy(), optimizer: adam(), train: ring(20, 1) }).next())
    .value;
  expect(start).toMatchObject({
    kind: "start",
    shapes: {
      "dense1.weights": [2, 3],
      "batchNorm1.scale": [3],
      "batchNorm1.shift": [3],
      "batchNorm1.mean": [3],
      "batchNorm1.variance": [3],
    },
  });
});

test("R5 a bias before batch norm has no slope at all", async () => {
  const model = chain(dense(4, { bias: true }), batchNorm(), tanh(), dense(2));
  const spec = modelCost({ model, loss: softmaxCrossEntropy(), examples: ring(16, 5) });
  const bias = spec.parameters.get("dense1.bias") as Tensor;
  const program = await compile(
    { inputs: walk([spec.cost]).filter(isInput), outputs: { slope: gradOf(spec.cost, bias) } },
    { engine: reference },
  );
  const { "batchNorm1.momentum": _, ...feeds } = spec.feeds; // the cost does not depend on it
  const { slope } = await program.run(feeds);
  expect(Math.hypot(...list(slope))).toBeLessThan(1e-12);
});

// the network of figure 1 of Ioffe and Szegedy 2015, on the digits: three layers of 100 sigmoid units
async function stepsTo(error: number, normal: boolean, rate: number): Promise<number> {
  const hidden = (): readonly Layer[] => [dense(100), ...(normal ? [batchNorm()] : []), sigmoid()];
  const model = chain(...hidden(), ...hidden(), ...hidden(), dense(10));
  const job = {
    model,
    loss: softmaxCrossEntropy(),
    optimizer: gradientDescent({ rate }),
    batch: 60,
    epochs: 80,
    seed: 2,
  };
  for await (const event of train({ ...job, ...parts })) {
    if (event.kind === "epoch" && (event.dev?.error ?? 1) <= error) return event.step;
  }
  return Number.POSITIVE_INFINITY;
}

test("R7 with it three sigmoid layers come to 95% in less than half of the steps, each at its best rate", async () => {
  const best = async (normal: boolean): Promise<number> => {
    const steps: number[] = [];
    for (const rate of [0.3, 1, 3]) steps.push(await stepsTo(0.05, normal, rate));
    return Math.min(...steps);
  };
  const [plain, normalized] = [await best(false), await best(true)];
  expect(plain).toBeLessThan(80 * 18); // both arrive
  expect(plain / normalized).toBeGreaterThan(2);
});

test("R9 what it gives for one example varies from batch to batch, and less for larger ones: as 1/m", async () => {
  const variance = async (m: number): Promise<number> => {
    const seen: number[] = [];
    for (let trial = 0; trial < 400; trial++) {
      const draws = Float32Array.from(normal(seedKey(1000 * m + trial), m));
      draws[0] = 1;
      seen.push(list((await apply(batchNorm(), ndarray(draws, [m, 1]), { mode: "train" })).output)[0] ?? 0);
    }
    const mean = seen.reduce((sum, x) => sum + x, 0) / seen.length;
    return seen.reduce((sum, x) => sum + (x - mean) ** 2, 0) / seen.length;
  };
  const sizes = [16, 32, 64, 128];
  const points = await Promise.all(sizes.map(async (m) => [Math.log(m), Math.log(await variance(m))] as const));
  const [mx, my] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length);
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - (mx ?? 0)) * (y - (my ?? 0)), 0) /
    points.reduce((sum, [x]) => sum + (x - (mx ?? 0)) ** 2, 0);
  expect(Math.abs(slope + 1)).toBeLessThan(0.2);
});

test("R10 recomputed statistics are the mean over batches, and close the gap that stale ones leave", async () => {
  const model = chain(dense(32), batchNorm({ momentum: 0.001 }), relu(), dropout({ keep: 0.9 }), dense(10));
  const { trained } = await fit({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 5e-3 }),
    train: parts.train,
    epochs: 4,
  });
  const before = await normalizationGap(trained, parts.train);
  const precise = await recomputeStatistics(trained, parts.train);
  const behind = await normalizationGap(precise, parts.train);
  expect(before.gap).toBeGreaterThan(0.05);
  expect(Math.abs(behind.gap)).toBeLessThan(0.02);
  expect((await evaluate(precise, parts.dev)).error).toBeLessThan((await evaluate(trained, parts.dev)).error);
  expect(precise.weights.get("dense1.weights")).toBe(trained.weights.get("dense1.weights"));

  // two batches, or one: the mean of their means, which is that of all rows by hand
  const few = takeExamples(parts.train, [0, 1, 2, 3, 4, 5, 6, 7]);
  const means = await Promise.all(
    [4, 8].map(async (batch) =>
      list((await recomputeStatistics(trained, few, { batch })).weights.get("batchNorm1.mean")),
    ),
  );
  const weights = list(trained.weights.get("dense1.weights"));
  const byHand = Array.from({ length: 32 }, (_, unit) =>
    list(few.inputs).reduce((sum, x, at) => sum + (x * (weights[32 * (at % 64) + unit] ?? Number.NaN)) / 8, 0),
  );
  expect(trained.weights.has("dense1.bias")).toBe(false);
  for (const one of means) {
    expect(one).toHaveLength(32);
    for (const [unit, mean] of byHand.entries()) expect(one[unit]).toBeCloseTo(mean, 4);
  }
});
