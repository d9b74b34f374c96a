import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { batches } from "../../src/data/batches.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { fit } from "../../src/train/fit.ts";
import { modelCost } from "../../src/train/model-cost.ts";
import { train } from "../../src/train/train.ts";
import { evaluate, predict } from "../../src/train/trained.ts";
import { sequences, sequencesJob, TIME, WIDTH } from "./sequences.ts";

const engines = [
  ["wasm", wasm],
  ["reference", reference],
] as const;
const bits = (weights: ReadonlyMap<string, { readonly data: ArrayLike<number> }>) =>
  Object.fromEntries([...weights].map(([path, { data }]) => [path, Array.from(data)]));

test.each(engines)("%s: each position is learned and counted, and nothing behind the ends", async (_, engine) => {
  const { trained, dev, history } = await fit({ ...sequencesJob(), engine, epochs: 20 });
  expect(dev?.error).toBeLessThan(0.08);
  expect(history.at(-1)?.cost).toBeLessThan((history[0]?.cost ?? 0) / 2);
  const asked = sequences(50, 7);
  const { answers, classes } = await predict(trained, asked.inputs, { engine });
  expect(answers.shape).toEqual([50, TIME, 3]);
  let [wrong, counted] = [0, 0];
  for (const [i, counts] of asked.mask.data.entries()) {
    counted += counts;
    wrong += counts * Number(classes?.data[i] !== asked.targets.data[i]);
  }
  expect((await evaluate(trained, asked, { engine })).error).toBeCloseTo(wrong / counted, 6);
});

test.each(engines)("%s: what does not count may be anything: the bits are the same", async (_, engine) => {
  const [one, other] = [await fit({ ...sequencesJob(), engine }), await fit({ ...sequencesJob(1e3), engine })];
  expect(bits(other.trained.weights)).toEqual(bits(one.trained.weights));
  expect(other.history.map(({ seconds, ...rest }) => rest)).toEqual(one.history.map(({ seconds, ...rest }) => rest));
  expect(other.dev).toEqual(one.dev);
});

test.each(engines)("%s: a training under a mask goes on from any checkpoint to the same bits", async (_, engine) => {
  const masked = { ...sequencesJob(), engine };
  const whole = await fit(masked);
  const checkpoints: Checkpoint[] = [];
  const training = train(masked);
  for await (const { kind } of training) if (kind === "progress") checkpoints.push(await training.checkpoint());
  for (const resume of [checkpoints[1], checkpoints.at(-1)]) {
    const resumed = await fit(masked, resume === undefined ? {} : { resume });
    expect(bits(resumed.trained.weights)).toEqual(bits(whole.trained.weights));
    expect(resumed.history.map(({ seconds, ...rest }) => rest)).toEqual(
      whole.history.map(({ seconds, ...rest }) => rest),
    );
  }
});

test("rows that do not count are as if they were not there", async () => {
  const all = sequences(24, 4);
  const flat = {
    rows: 24,
    inputs: { ...all.inputs, shape: [24, TIME * WIDTH] },
    targets: ndarray(new Float32Array(24), [24, 1]),
  };
  for (const [i] of flat.targets.data.entries()) flat.targets.data[i] = i % 3 === 0 ? Number.NaN : Math.sin(i);
  const mask = ndarray(
    Float32Array.from({ length: 24 }, (_, i) => Number(i % 3 !== 0)),
    [24],
  );
  const kept = [...mask.data.keys()].filter((i) => mask.data[i] === 1);
  const common = {
    model: chain(dense(5), relu(), dense(1)),
    loss: squaredError(),
    optimizer: gradientDescent({ rate: 0.05 }),
    epochs: 5,
    seed: 2,
    engine: reference,
  };
  const [masked, without] = [
    await fit({ ...common, train: { ...flat, mask }, batch: 24 }),
    await fit({ ...common, train: takeExamples(flat, kept), batch: 16 }),
  ];
  for (const [path, { data }] of without.trained.weights)
    for (const [i, x] of data.entries()) expect(masked.trained.weights.get(path)?.data[i], path).toBeCloseTo(x, 6);
  expect(masked.train.cost).toBeCloseTo(without.train.cost, 7);
  expect(masked.train.error).toBeCloseTo(without.train.error, 7);
  expect(masked.history[0]?.cost).toBeCloseTo(without.history[0]?.cost ?? 0, 7);
});

test("the cost of an epoch is the mean over all that counts, however it is spread over batches", async () => {
  const { dev, ...still } = {
    ...sequencesJob(),
    model: chain(dense(3)),
    optimizer: gradientDescent({ rate: 1e-12 }),
    epochs: 1,
  };
  const { history, train: measured } = await fit(still);
  expect(history[0]?.cost).toBeCloseTo(measured.cost, 5);
});

test("one part may have a mask and another none", async () => {
  const whole = { ...sequences(36, 5), mask: undefined };
  const { mask, ...full } = {
    ...whole,
    targets: { ...whole.targets, data: whole.targets.data.map((code) => Math.max(0, code)) },
  };
  const { trained, dev } = await fit({ ...sequencesJob(), dev: full as Examples });
  expect(dev).toEqual(await evaluate(trained, full as Examples));
  expect(dev?.rows).toBe(36);
  expect((await evaluate(trained, sequences(20, 6))).rows).toBe(20);
});

test("a mask goes with its rows into batches, slices and samples", () => {
  const examples = {
    ...sequences(20, 1),
    mask: ndarray(
      Float32Array.from({ length: 20 }, (_, i) => i),
      [20],
    ),
  };
  for (const { indices, mask } of batches(examples, { size: 6, key: fork(seedKey(1), "b") }))
    expect((mask as NdArray).data).toEqual(Float32Array.from(indices));
  expect((takeExamples(examples, [4, 2]).mask as NdArray).data).toEqual(Float32Array.of(4, 2));
  const [first, second] = [...batches(examples, { size: 15, shuffle: false })].map(({ mask }) =>
    (mask as NdArray).data.slice(),
  );
  expect([first?.length, second?.[0]]).toEqual([15, 15]);
});

test("the cost that gradients are checked on knows the mask", async () => {
  const examples = sequences(12, 3);
  const model = chain(dense(3));
  const spec = { model, loss: softmaxCrossEntropy(), examples };
  const { cost, feeds } = modelCost(spec);
  const other = modelCost({ ...spec, examples: sequences(12, 3, 50) });
  const [found] = (await value(cost, feeds)).data;
  expect((await value(other.cost, other.feeds)).data[0]).toBe(found);
  const { trained } = await fit({ ...sequencesJob(), model, train: examples, epochs: 0 });
  const same = modelCost({ ...spec, weights: trained.weights });
  expect((await value(same.cost, same.feeds)).data[0]).toBeCloseTo((await evaluate(trained, examples)).cost, 5);
});
