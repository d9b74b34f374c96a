import { expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import type { Examples } from "../../src/data/examples.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasmWith } from "../../src/engine/wasm/engine.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { movingAverage } from "../../src/train/averaging.ts";
import { fit } from "../../src/train/fit.ts";
import { COSTS_KEPT } from "../../src/train/guard.ts";
import { resolveJob } from "../../src/train/job.ts";
import type { Run } from "../../src/train/run.ts";
import { splitStep } from "../../src/train/split-step.ts";
import { prepareStep } from "../../src/train/step.ts";
import { deferred } from "../engine/deferred/engine.ts";
import { ring, smallJob } from "./small-job.ts";

const ENGINES = [
  ["wasm", wasm],
  ["wasm, cut for threads", wasmWith({ threads: 2, grain: 1 })],
  ["deferred wasm", deferred(wasm)],
  ["reference", reference],
] as const;

const spoiled = ({ inputs, ...rest }: Examples): Examples => {
  const data = inputs.data.slice();
  data[5] = Number.NaN;
  return { ...rest, inputs: { ...inputs, data } };
};

test.each(
  ENGINES,
)("%s: from a step on whose cost is not finite no parameter, statistic, average or slot changes", async (_, engine) => {
  const step = await prepareStep(resolveJob({ ...smallJob(), average: movingAverage(), engine }));
  const all = new Map([
    ...step.states,
    ...step.averages,
    ...[...step.slots].map(([path, slot]) => [`slot ${path}`, slot] as const),
  ]);
  const feeds: Record<string, NdArray | number> = {};
  let count = 0;
  const take = async ({ inputs, targets }: Examples): Promise<void> => {
    step.feed(step.settings, count++, feeds);
    await step.program.enqueue({ ...feeds, inputs, targets });
  };
  const first = await step.program.readAll(all);
  for (const seed of [4, 5]) await take(ring(16, seed));
  const before = await step.program.readAll(all);
  for (const [path, array] of before) expect([path, array]).not.toEqual([path, first.get(path)]);
  await take(spoiled(ring(16, 6)));
  for (const seed of [7, 8, 9]) await take(ring(16, seed));
  expect(await step.program.readAll(all)).toEqual(before);
  const { data } = await step.program.read(step.guard.costs);
  expect(Array.from(data.subarray(0, 7), Number.isFinite)).toEqual([true, true, false, true, true, true, true]);
  expect(data[5]).toBeGreaterThan(0);
  expect(data[6]).toBe(0);
});

test("updates that are a program of their own are guarded by the cost that they are given", async () => {
  const { gradients, update, program, states, slots } = await splitStep(smallJob());
  const results = await gradients(ring(16, 4), { step: 0 });
  await update(results, { step: 0 });
  const all = new Map([...states, ...[...slots].map(([path, slot]) => [`slot ${path}`, slot] as const)]);
  const before = await program.readAll(all);
  await update({ ...results, cost: Number.NaN }, { step: 1 });
  await update(results, { step: 2 });
  expect(await program.readAll(all)).toEqual(before);
});

const bits = ({ trained }: Pick<Run, "trained">) =>
  Object.fromEntries([...trained.weights].map(([path, { data }]) => [path, Array.from(data)]));

test("costs that are read at the end of a long epoch add up to the same bits as costs that are read at every step", async () => {
  const model = chain(dense(4), relu(), dense(2));
  const job = { ...smallJob(), model, train: ring(2 * (2 * COSTS_KEPT + 40), 3), batch: 2, epochs: 2 };
  const late = await fit(job, { progress: 1 });
  const early = await fit(job, { progress: Number.POSITIVE_INFINITY });
  expect(late.steps).toBe(2 * (2 * COSTS_KEPT + 40));
  expect(late.history).toEqual(early.history);
  expect(bits(late)).toEqual(bits(early));
});

test("a failure that is seen late is told of like one that is seen at once: its step, its tensor and what was changed before", async () => {
  const journal = [
    { step: 12, settings: { rate: 1e38 } },
    { step: 17, settings: { rate: 0.01 } },
  ];
  const late = await fit(smallJob(), { progress: 1, journal });
  const early = await fit(smallJob(), { progress: Number.POSITIVE_INFINITY, journal });
  expect(late.reason).toBe("diverged");
  expect(late.failure?.step).toBeGreaterThan(12);
  expect(late.failure?.step).toBeLessThan(17);
  expect(late.steps).toBe((late.failure?.step ?? 0) - 1);
  expect(late.journal).toEqual(journal.slice(0, 1));
  expect(late.failure).toEqual(early.failure);
  expect({ ...late, trained: bits(late) }).toEqual({ ...early, trained: bits(early) });
});

test("a failure comes before the end of the time that it was seen at", async () => {
  let calls = 0;
  const journal = [{ step: 12, settings: { rate: 1e38 } }];
  const run = await fit({ ...smallJob(), time: 50 }, { progress: 1, journal, clock: () => (++calls > 18 ? 100 : 0) });
  expect(run).toMatchObject({ reason: "diverged", journal });
  expect(run.failure?.step).toBeLessThan(16);
});

test("the row that went wrong is named, however many batches were put together since", async () => {
  for (const progress of [1, Number.POSITIVE_INFINITY]) {
    const train = ring(150, 1);
    train.inputs.data[2 * 70] = Number.POSITIVE_INFINITY;
    const { failure } = await fit({ ...smallJob(), train, shuffle: false }, { progress });
    expect(failure).toMatchObject({ step: 5, epoch: 1, tensor: "inputs, row 70 (from 0) of the training part" });
  }
});
