import { expect, test } from "vitest";
import { type NdArray, ndarray, rows as rowsBetween } from "../../src/array/ndarray.ts";
import { elementsOf } from "../../src/array/shape.ts";
import { choice } from "../../src/base/domain.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { batchCount, batches } from "../../src/data/batches.ts";
import { type Examples, type StoredExamples, takeExamples } from "../../src/data/examples.ts";
import { compile } from "../../src/engine/program.ts";
import { gradOf } from "../../src/graph/grad.ts";
import { input, state } from "../../src/graph/leaf.ts";
import { add, matmul, maximum, mean, multiply, power, subtract } from "../../src/graph/ops.ts";
import { relu, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { initModel } from "../../src/nn/model.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { inverseTime } from "../../src/optim/schedule.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import { estimateMemory, fitsInMemory, largestBatch } from "../../src/train/memory.ts";
import type { Run } from "../../src/train/run.ts";
import { evaluate } from "../../src/train/trained.ts";
import { defaultSpace } from "../../src/tune/default-space.ts";
import { grid } from "../../src/tune/samplers/grid.ts";
import { study } from "../../src/tune/study.ts";
import { readDigits } from "../train/digits.ts";
import { ring, smallJob } from "../train/small-job.ts";

const list = (array: NdArray | undefined): readonly number[] => Array.from(array?.data ?? []);
const key = seedKey(5);
const column = (rows: number): Examples => ({
  rows,
  inputs: ndarray(new Float32Array(rows), [rows, 1]),
  targets: ndarray(new Int32Array(rows), [rows]),
});

test("J1 fifty million rows in batches of 1000 are 50,000 batches, and a batch's storage is used again", () => {
  expect(batchCount(50_000_000, { size: 1000 })).toBe(50_000);
  const seen = new Set<ArrayBufferLike>();
  let count = 0;
  for (const { inputs } of batches(column(100_000), { size: 2, key })) {
    seen.add(inputs.data.buffer);
    count += 1;
  }
  expect([count, seen.size]).toEqual([50_000, 1]);
});

test("J2 batches hold rows 0 to 999, 1000 to 1999, …, each row once; a short last one is kept or left out", () => {
  const plain = Array.from(batches(column(3500), { size: 1000, shuffle: false }), ({ indices }) => [
    indices[0],
    indices.at(-1),
    indices.length,
  ]);
  expect(plain).toEqual([
    [0, 999, 1000],
    [1000, 1999, 1000],
    [2000, 2999, 1000],
    [3000, 3499, 500],
  ]);
  for (let rows = 1; rows < 60; rows += 7) {
    for (const size of [1, 3, 8, 64]) {
      const seen = Array.from(batches(column(rows), { size, key, epoch: rows }), ({ indices }) =>
        Array.from(indices),
      ).flat();
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
    }
  }
  const dropped = Array.from(batches(column(3500), { size: 1000, key, last: "drop" }), ({ rows }) => rows);
  expect(dropped).toEqual([1000, 1000, 1000]);
});

test("J3 the epoch's loop of the notes, written out by hand, is what fit does", async () => {
  const examples = linear(70, 3);
  const job = {
    model: chain(dense(1)),
    loss: squaredError(),
    optimizer: gradientDescent({ rate: 0.1 }),
    train: examples,
    batch: 16,
    seed: 4,
  };
  const run = await fit({ ...job, epochs: 3 });
  const { parameters } = initModel(job.model, [3], fork(seedKey(4), "parameters"));
  const w = Float64Array.from(list(parameters.get("dense1.weights")));
  let b = 0;
  for (let epoch = 0; epoch < 3; epoch++) {
    let cost = 0;
    for (const { inputs, targets, rows } of batches(examples, { size: 16, key: fork(seedKey(4), "batches"), epoch })) {
      const off = Array.from({ length: rows }, (_, i) => {
        const forward = w.reduce((sum, wj, j) => sum + wj * (inputs.data[3 * i + j] ?? 0), b);
        return forward - (targets.data[i] ?? 0);
      });
      cost += off.reduce((sum, d) => sum + d * d, 0); // the mean times the rows: a short batch counts for less
      for (let j = 0; j < 3; j++)
        w[j] = (w[j] ?? 0) - (0.1 * 2 * off.reduce((sum, d, i) => sum + d * (inputs.data[3 * i + j] ?? 0), 0)) / rows;
      b -= (0.1 * 2 * off.reduce((sum, d) => sum + d, 0)) / rows;
    }
    expect(run.history[epoch]?.cost).toBeCloseTo(cost / 70, 5);
  }
  for (const [j, wj] of list(run.trained.weights.get("dense1.weights")).entries()) expect(wj).toBeCloseTo(w[j] ?? 0, 5);
});

/** Rows of three columns, a line with noise. */
function linear(rows: number, seed: number, noise = 0.3): Examples {
  const draws = normal(fork(seedKey(seed), "x"), rows * 3);
  const errors = normal(fork(seedKey(seed), "e"), rows);
  const y = Float32Array.from(
    { length: rows },
    (_, i) => 2 * (draws[3 * i] ?? 0) - (draws[3 * i + 1] ?? 0) + 0.5 + noise * (errors[i] ?? 0),
  );
  return { rows, inputs: ndarray(Float32Array.from(draws), [rows, 3]), targets: ndarray(y, [rows, 1]) };
}

test("J4 rows that are not in memory train to the same bits as rows that are, shuffled or in the file's order", async () => {
  const whole = ring(150, 1);
  const read: StoredExamples["read"] = (indices, into) => {
    for (let i = 0; i < indices.length; i++)
      into.set(whole.inputs.data.subarray((indices[i] ?? 0) * 2, (indices[i] ?? 0) * 2 + 2), i * 2);
  };
  const stored: StoredExamples = {
    rows: 150,
    targets: whole.targets,
    inputs: { dtype: "float32", shape: [150, 2] },
    read,
  };
  for (const shuffle of [true, false]) {
    const [inside, outside] = [
      await fit({ ...smallJob(), shuffle }),
      await fit({ ...smallJob(), shuffle, train: stored }),
    ];
    for (const [path, array] of inside.trained.weights)
      expect(list(outside.trained.weights.get(path))).toEqual(list(array));
    expect(outside.train).toEqual(inside.train);
  }
});

test("J5 a batch of 256 rows runs a few kernels, as one row does; a loop over rows runs more than twenty times as many", async () => {
  const drawn = (name: string, shape: readonly number[]) =>
    ndarray(Float32Array.from(normal(fork(seedKey(1), name), elementsOf(shape))), shape);
  const x = input("x", ["batch", 64]);
  const [w, b] = [state("w", drawn("w", [64, 32])), state("b", drawn("b", [32]))];
  const cost = mean(power(maximum(add(matmul(x, w), b), 0), 2));
  const updates = [w, b].map((kept) => [kept, subtract(kept, multiply(gradOf(cost, kept), 1e-3))] as const);
  const program = await compile({ inputs: [x], outputs: { cost }, updates });
  const rows = drawn("x", [256, 64]);
  const kernels = async (count: number): Promise<number> => {
    const text = await program.explain({ x: rowsBetween(rows, 0, count) });
    return Number(/, (\d+) kernels/.exec(text)?.[1]);
  };
  const [whole, one] = [await kernels(256), await kernels(1)];
  expect(one).toBeGreaterThan(2);
  expect((256 * one) / whole).toBeGreaterThanOrEqual(20);
  // and what it gives is what the loop gives
  const forward = await compile({ inputs: [x], outputs: { out: maximum(add(matmul(x, w), b), 0) } });
  const { out } = await forward.run({ x: rows });
  for (let row = 0; row < 256; row += 51) {
    const { out: alone } = await forward.run({ x: rowsBetween(rows, row, row + 1) });
    for (const [unit, value] of list(alone).entries()) expect(out?.data[32 * row + unit]).toBeCloseTo(value, 4);
  }
  const job = { model: chain(dense(1)), loss: squaredError(), optimizer: gradientDescent(), train: linear(256, 1) };
  expect((await fit({ ...job, batch: 256, epochs: 3 })).steps).toBe(3);
  expect((await fit({ ...job, batch: 1, epochs: 3 })).steps).toBe(3 * 256);
});

const costs = (run: Run) => run.history.map(({ cost }) => cost);
const rises = (numbers: readonly number[]) =>
  numbers.filter((x, i) => i > 0 && x > (numbers[i - 1] ?? 0) + 1e-6).length;

test("J7 a batch of all rows falls at every step on a convex cost below the rate 2/L, of one or some rows it does not", async () => {
  const job = { model: chain(dense(1)), loss: squaredError(), train: linear(128, 1), epochs: 60, shuffle: true };
  const run = (batch: number, rate: number) => fit({ ...job, batch, optimizer: gradientDescent({ rate }) });
  const all = await run(128, 0.3);
  expect([all.steps, rises(costs(all))]).toEqual([60, 0]);
  const one = await run(1, 0.05);
  expect(one.steps).toBe(60 * 128);
  const some = await run(16, 0.3);
  expect(some.steps).toBe(60 * 8);
  for (const noisy of [one, some]) expect(rises(costs(noisy))).toBeGreaterThan(5);
  expect((await run(128, 3)).reason === "diverged" || rises(costs(await run(128, 3))) > 10).toBe(true); // above 2/L
});

test("J8 at a fixed rate mini-batches hover at a distance that grows with the rate; as it falls by 1/t they come nearer and nearer", async () => {
  const train = linear(256, 2, 1);
  const job = { model: chain(dense(1)), loss: squaredError(), train, batch: 8 };
  const exact = await fit({ ...job, batch: 256, optimizer: gradientDescent({ rate: 0.3 }), epochs: 300 });
  const lowest = exact.train.cost;
  const above = async (rate: number, epochs: number, decay?: number) => {
    const schedule = decay === undefined ? {} : { schedule: inverseTime({ decay }) };
    const run = await fit({ ...job, ...schedule, optimizer: gradientDescent({ rate }), epochs });
    const late = run.history.slice(-40).map(({ train: { cost } }) => cost - lowest);
    return Math.sqrt(late.reduce((sum, x) => sum + Math.max(0, x), 0) / late.length); // a distance: the cost is a square
  };
  const [large, small] = [await above(0.1, 80), await above(0.025, 80)];
  expect(large / small).toBeGreaterThan(2);
  expect(large / small).toBeLessThan(8);
  const [soon, later, last] = [await above(0.1, 40, 0.5), await above(0.1, 80, 0.5), await above(0.1, 160, 0.5)];
  expect(later).toBeLessThan(soon);
  expect(last).toBeLessThan(later);
  expect(last).toBeLessThan(large / 5);
});

test("J9 by default a search offers the notes' 64 to 1024, each where an epoch has eight such batches", () => {
  const offered = (rows: number) => defaultSpace({ rows }).batch.options.values as readonly number[];
  expect(offered(8 * 1024)).toEqual([64, 128, 256, 512, 1024]);
  expect(offered(1e9)).toEqual([64, 128, 256, 512, 1024]);
  expect(defaultSpace().batch.options).toEqual({ values: [64, 128, 256, 512, 1024] });
  for (const rows of [1, 511, 512, 1078, 2047, 4096, 8191, 8192, 10_000]) {
    const notes = [64, 128, 256, 512, 1024].filter((batch) => 8 * batch <= rows);
    expect(offered(rows).filter((batch) => batch >= 64)).toEqual(notes);
    expect(offered(rows).length).toBeGreaterThan(0);
  }
});

test("J11 the batch is a setting like any other: one line searches it", async () => {
  const { train, dev } = readDigits(1);
  const model = chain(dense(16), relu(), dense(10));
  const job = { model, loss: softmaxCrossEntropy(), optimizer: adam({ rate: 5e-3 }), train, dev, epochs: 4 };
  const search = study({ space: { batch: choice(64, 128, 256, 512, 1024) }, sampler: grid() });
  const steps = new Map<number, number>();
  const { trials, best } = await search.run(5, async ({ values: { batch } }) => {
    const run = await fit({ ...job, batch });
    steps.set(batch, run.steps);
    return run.dev?.error ?? Number.NaN;
  });
  expect([...steps].sort(([a], [b]) => a - b)).toEqual([
    [64, 4 * 17],
    [128, 4 * 9],
    [256, 4 * 5],
    [512, 4 * 3],
    [1024, 4 * 2],
  ]);
  expect(best?.value).toBe(Math.min(...trials.map(({ value }) => value ?? Number.NaN)));
  const alone = await fit({ ...job, batch: (best?.values as { readonly batch: number }).batch });
  expect(alone.dev?.error).toBe(best?.value);
});

test("J9 a batch need not be a power of two: 100 learns as 64 and 128 do", async () => {
  const { train, dev } = readDigits(1);
  for (const batch of [64, 100, 128]) {
    const run = await fit({
      model: chain(dense(32), relu(), dense(10)),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 5e-3 }),
      train,
      dev,
      batch,
      epochs: 12,
    });
    expect(run.dev?.error).toBeLessThan(0.08);
  }
});

test("J2 a model that learns from two rows or more leaves out a last batch of one", async () => {
  const run = await fit({
    model: chain(dense(4), batchNorm(), tanh(), dense(2)),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    train: takeExamples(
      ring(40, 1),
      Array.from({ length: 33 }, (_, i) => i),
    ),
    batch: 8,
    epochs: 2,
  });
  expect(run.steps).toBe(2 * 4);
  expect((await evaluate(run.trained, ring(10, 2))).rows).toBe(10);
});

test("J10 more rows take more memory, and the largest batch that fits is found", async () => {
  const { train } = readDigits(1);
  const image = { ...train, inputs: { ...train.inputs, shape: [train.rows, 8, 8, 1] } };
  const jobs: readonly Job[] = [
    {
      model: chain(dense(256), batchNorm(), relu(), dense(10)),
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
      train,
      batch: 512,
    },
    {
      model: chain(dense(16), tanh(), dense(10)),
      loss: softmaxCrossEntropy(),
      optimizer: gradientDescent(),
      train,
      batch: 1000,
    },
    {
      model: chain(conv2d(8), relu(), flatten(), dense(10)),
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
      train: image,
      batch: 256,
    },
  ];
  for (const job of jobs) {
    const { total: real, perRow } = await estimateMemory(job);
    expect(perRow).toBeGreaterThan(4 * 64);
    expect(await fitsInMemory(job, real)).toBe(true);
    expect(await fitsInMemory(job, real - 1)).toBe(false);
    const batch = await largestBatch(job, real);
    expect([batch, await fitsInMemory({ ...job, batch }, real)]).toEqual([2 ** Math.round(Math.log2(batch)), true]);
    expect(batch).toBeLessThanOrEqual(1024);
  }
  await expect(largestBatch(jobs[0] as Job, 1000)).rejects.toMatchObject({ code: "train/memory" });
});
