import { expect, test } from "vitest";
import { type NdArray, rows } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { batches } from "../../src/data/batches.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { elastic, l1 } from "../../src/nn/penalty.ts";
import { adam } from "../../src/optim/adam.ts";
import { clipGlobalNorm } from "../../src/optim/clip.ts";
import { decay } from "../../src/optim/decay.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { groups } from "../../src/optim/groups.ts";
import { lamb } from "../../src/optim/lamb.ts";
import { maxNorm } from "../../src/optim/max-norm.ts";
import { scaleByMomentum } from "../../src/optim/momentum.ts";
import { accumulate, chainTransforms } from "../../src/optim/optimizer.ts";
import { movingAverage, tailAverage } from "../../src/train/averaging.ts";
import { feedExamples } from "../../src/train/example-inputs.ts";
import { type Job, resolveJob } from "../../src/train/job.ts";
import { splitStep } from "../../src/train/split-step.ts";
import { prepareStep, type TrainingStep } from "../../src/train/step.ts";
import { houses, housesJob } from "./named.ts";
import { ring, smallJob } from "./small-job.ts";

const STEPS = 9;

function* batchesOf(job: Job) {
  const key = fork(seedKey(job.seed ?? 1), "batches");
  for (let epoch = 0; ; epoch++) yield* batches(ring(150, 1), { size: job.batch ?? 16, key, epoch });
}

async function bitsOf({
  program,
  states,
  averages,
  slots,
}: Pick<TrainingStep, "program" | "states" | "averages" | "slots">) {
  const all: [string, NdArray][] = [];
  for (const [title, tensors] of Object.entries({ states, averages, slots }))
    for (const [path, tensor] of tensors as ReadonlyMap<string, Tensor>)
      all.push([`${title} ${path}`, await program.read(tensor)]);
  return all;
}

const jobs: readonly (readonly [string, Partial<Job>])[] = [
  ["adam, batch norm, dropout, L2 and a schedule", {}],
  ["gradients accumulated over 3 steps", { optimizer: accumulate(adam({ rate: 0.02 }), 3) }],
  [
    "clipping, decay, momentum, a bound on lengths and rates by group",
    {
      optimizer: chainTransforms(
        { rate: 0.05 },
        clipGlobalNorm({ most: 0.05 }),
        decay({ strength: 0.01 }),
        scaleByMomentum(),
        maxNorm({ most: 1 }),
        groups({ factors: { "dense1.*": 0.1 } }),
      ),
    },
  ],
  ["trust ratios", { optimizer: lamb({ rate: 0.02 }), penalty: elastic({ l1: 1e-3, l2: 1e-3 }) }],
  ["proximal L1", { optimizer: gradientDescent({ rate: 0.1 }), penalty: l1(0.02, { proximal: true }) }],
  ["a moving average", { average: movingAverage({ keep: 0.8 }) }],
  ["an average of epochs", { average: tailAverage({ from: 0 }), mixup: 0.3 }],
];

const engines = [
  ["wasm", wasm],
  ["reference", reference],
] as const;

test.each(
  engines.flatMap(([name, engine]) =>
    jobs.map(([title, job]) => [`${name}: ${title}`, { ...smallJob(), ...job, engine }] as const),
  ),
)("two programs with the gradients in between train as one does, to the bit: %s", async (_, job) => {
  const one = await prepareStep(resolveJob(job));
  const two = await splitStep(job);
  const feeds: Record<string, NdArray | number> = {};
  const costs: number[][] = [];
  let step = 0;
  for (const batch of batchesOf(job)) {
    one.feed(one.settings, step, feeds);
    feedExamples(batch, feeds);
    const { cost } = await one.program.run(feeds);
    const results = await two.gradients(batch, { step });
    await two.update(results, { step });
    costs.push([cost?.data[0] ?? Number.NaN, results.cost]);
    if (++step === STEPS) break;
  }
  for (const [whole, split] of costs) expect(split).toBe(whole);
  expect(costs.at(-1)?.[0]).not.toBe(costs[0]?.[0]);
  expect(await bitsOf(two)).toEqual(await bitsOf(one));
  expect((await bitsOf(one)).length).toBeGreaterThan(6);
});

test("named inputs and masks go through two programs as through one", async () => {
  const job = housesJob();
  const [one, two] = [await prepareStep(resolveJob(job)), await splitStep(job)];
  const feeds: Record<string, NdArray | number> = {};
  let step = 0;
  for (const batch of batches(houses(120, 1), { size: 16, key: seedKey(4) })) {
    one.feed(one.settings, step, feeds);
    feedExamples(batch, feeds);
    const { cost } = await one.program.run(feeds);
    const results = await two.gradients(batch, { step });
    expect(results.cost).toBe(cost?.data[0]);
    expect([...results.gradients.keys()]).toContain("branches1.quarter.table");
    await two.update(results, { step: step++ });
  }
  expect(await bitsOf(two)).toEqual(await bitsOf(one));
});

test("asking for gradients changes nothing; the mean of those of two halves is that of the whole", async () => {
  const job = { ...smallJob(), model: chain(dense(8), relu(), dense(2)) };
  const step = await splitStep(job);
  const before = await bitsOf(step);
  const [batch] = batchesOf(job);
  if (batch === undefined) throw new Error("no batch");
  const half = (from: number) => ({
    inputs: rows(batch.inputs, from, from + 8),
    targets: rows(batch.targets, from, from + 8),
  });
  const [whole, first, second] = [
    await step.gradients(batch, { step: 0 }),
    await step.gradients(half(0), { step: 0 }),
    await step.gradients(half(8), { step: 0 }),
  ];
  expect(await bitsOf(step)).toEqual(before);
  expect((first.cost + second.cost) / 2).toBeCloseTo(whole.cost, 5);
  for (const [path, { data }] of whole.gradients)
    for (const [i, x] of data.entries()) {
      const mean =
        ((first.gradients.get(path)?.data[i] ?? Number.NaN) + (second.gradients.get(path)?.data[i] ?? 0)) / 2;
      expect(mean, path).toBeCloseTo(x, 5);
    }
  // what is changed in between is what counts
  const none = new Map(
    [...whole.gradients].map(([path, array]) => [path, { ...array, data: array.data.map(() => 0) }]),
  );
  await step.update({ ...whole, gradients: none } as typeof whole, { step: 0 });
  expect((await bitsOf(step)).filter(([path]) => path.startsWith("states"))).toEqual(
    before.filter(([path]) => path.startsWith("states")),
  );
  await step.update(whole, { step: 1 });
  expect((await bitsOf(step))[0]).not.toEqual(before[0]);
});

test("a cost that is no number changes no parameter in the second half either", async () => {
  const job = smallJob();
  const step = await splitStep(job);
  const [batch] = batchesOf(job);
  if (batch === undefined) throw new Error("no batch");
  const results = await step.gradients(batch, { step: 0 });
  const before = await bitsOf(step);
  await step.update({ ...results, cost: Number.NaN }, { step: 0 });
  const states = (all: Awaited<ReturnType<typeof bitsOf>>) => all.filter(([path]) => path.startsWith("states"));
  expect(states(await bitsOf(step))).toEqual(states(before));
});
