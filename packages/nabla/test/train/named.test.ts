import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { noise } from "../../src/data/augment/values.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { fit } from "../../src/train/fit.ts";
import { train } from "../../src/train/train.ts";
import { evaluate, predict } from "../../src/train/trained.ts";
import { houses, housesJob } from "./named.ts";
import { ring, smallJob } from "./small-job.ts";

const engines = [
  ["wasm", wasm],
  ["reference", reference],
] as const;

const bits = (weights: ReadonlyMap<string, { readonly data: ArrayLike<number> }>) =>
  Object.fromEntries([...weights].map(([path, { data }]) => [path, Array.from(data)]));

test.each(engines)("%s: several inputs and targets by name are trained, measured and predicted", async (_, engine) => {
  const { trained, dev, history } = await fit({ ...housesJob(), engine, epochs: 25 });
  expect([...trained.weights.keys()]).toContain("branches1.quarter.table");
  expect([...trained.weights.keys()]).toContain("heads1.kind.dense2.weights");
  expect(history.at(-1)?.cost).toBeLessThan((history[0]?.cost ?? 0) / 3);
  const asked = houses(40, 5);
  const measures = await evaluate(trained, asked, { engine });
  const { price, kind } = measures.targets ?? {};
  expect(measures.cost).toBeCloseTo((price?.cost ?? 0) + 0.5 * (kind?.cost ?? 0), 6);
  expect(measures.error).toBeCloseTo(((price?.error ?? 0) + 0.5 * (kind?.error ?? 0)) / 1.5, 6);
  expect(price?.error).toBeLessThan(0.1);
  expect(kind?.error).toBeLessThan(0.2);
  expect(dev?.targets?.price?.error).toBeLessThan(0.1);

  const { answers, classes } = await predict(trained, asked.inputs, { engine });
  expect(answers.price?.shape).toEqual([40, 1]);
  expect(answers.kind?.shape).toEqual([40, 3]);
  expect(Object.keys(classes ?? {})).toEqual(["kind"]);
  const wrong = Array.from(classes?.kind?.data ?? []).filter((code, i) => code !== asked.targets.kind?.data[i]).length;
  expect(wrong / 40).toBeCloseTo(kind?.error ?? 1, 6);
  let [squares, known] = [0, 0];
  for (const [i, weight] of (asked.mask as { price: NdArray }).price.data.entries()) {
    if (weight === 0) continue;
    squares += ((answers.price?.data[i] ?? 0) - (asked.targets.price?.data[i] ?? 0)) ** 2;
    known += 1;
  }
  expect(squares / known).toBeCloseTo(price?.mistake ?? 0, 5);
});

test.each(engines)("%s: a training of named inputs goes on from any checkpoint to the same bits", async (_, engine) => {
  const job = { ...housesJob(), engine };
  const whole = await fit(job);
  const checkpoints: Checkpoint[] = [];
  const training = train(job);
  for await (const { kind } of training) if (kind === "progress") checkpoints.push(await training.checkpoint());
  for (const resume of [checkpoints[2], checkpoints.at(-1)]) {
    const resumed = await fit(job, resume === undefined ? {} : { resume });
    expect(bits(resumed.trained.weights)).toEqual(bits(whole.trained.weights));
    expect(resumed.history.map(({ seconds, ...rest }) => rest)).toEqual(
      whole.history.map(({ seconds, ...rest }) => rest),
    );
  }
});

test("one input and one target by name train to the bits of those without names", async () => {
  const { train: examples, dev, ...job } = smallJob();
  const single = await fit({ ...job, train: ring(150, 1), dev: ring(60, 2) });
  const named = ({ inputs, targets, ...rest }: ReturnType<typeof ring>) => ({
    ...rest,
    inputs: { points: inputs },
    targets: { inside: targets },
  });
  const model = job.model;
  const wrapped = await fit({
    ...job,
    model: {
      ...model,
      layers: new Map(),
      shapeOf: (shape: { readonly [name: string]: readonly number[] }) => ({
        inside: model.shapeOf(shape.points ?? []),
      }),
      init: (shape: { readonly [name: string]: readonly number[] }, key, hints) =>
        model.init(shape.points ?? [], key, hints),
      apply: (x: { readonly [name: string]: Parameters<typeof model.apply>[0] }, scope) => {
        const applied = model.apply(x.points as Parameters<typeof model.apply>[0], scope);
        return { ...applied, output: { inside: applied.output } };
      },
    },
    loss: { inside: job.loss },
    train: named(ring(150, 1)),
    dev: named(ring(60, 2)),
  });
  expect(bits(wrapped.trained.weights)).toEqual(bits(single.trained.weights));
  expect(wrapped.dev?.cost).toBe(single.dev?.cost);
  expect(wrapped.dev?.targets?.inside?.error).toBe(single.dev?.error);
});

test("names that do not fit are refused before training", async () => {
  const job = housesJob();
  const [train0, other] = [houses(20, 1), houses(20, 2)];
  await expect(fit({ ...job, loss: { price: job.loss.price as never } })).rejects.toMatchObject({
    code: "train/targets",
    message: expect.stringContaining("kind and price"),
  });
  const { kind, ...rest } = train0.targets;
  await expect(fit({ ...job, train: { ...train0, targets: rest } })).rejects.toMatchObject({ code: "train/targets" });
  const short = { ...train0, inputs: { ...train0.inputs, quarter: ndarray(Int32Array.of(1), [1]) } };
  await expect(fit({ ...job, train: short })).rejects.toMatchObject({
    code: "train/rows",
    message: expect.stringContaining("inputs.quarter has the shape [1]"),
  });
  await expect(fit({ ...job, augment: [noise({ deviation: 0.1 })] })).rejects.toMatchObject({ code: "augment/named" });
  await expect(fit({ ...job, mixup: 0.2 })).rejects.toMatchObject({
    code: "train/mixup",
    message: expect.stringMatching(/examples that count alike, and (these have weights or a mask|\S+ is int32)/),
  });
  const { trained } = await fit({ ...job, train: train0, dev: other, epochs: 1 });
  const { quarter, ...lacking } = other.inputs;
  await expect(predict(trained, lacking)).rejects.toMatchObject({
    code: "predict/shape",
    message: expect.stringContaining("inputs.numbers and inputs.quarter"),
  });
});
