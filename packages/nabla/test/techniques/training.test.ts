import { expect, test } from "vitest";
import { castArray, type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { relu, tanh } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { ewa } from "../../src/optim/ewa.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { onPlateau } from "../../src/optim/measured-schedules.ts";
import { optimizerFrom } from "../../src/optim/optimizers.ts";
import { scheduleFrom, schedules } from "../../src/optim/schedules.ts";
import { averagingFrom, movingAverage, tailAverage } from "../../src/train/averaging.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { findRate } from "../../src/train/find-rate.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import { mixedShare } from "../../src/train/mixup.ts";
import { type TrainOptions, train } from "../../src/train/train.ts";
import { evaluate } from "../../src/train/trained.ts";
import { readDigits } from "../train/digits.ts";
import { smallJob } from "../train/small-job.ts";

const digits = readDigits(1);
const few = (rows: number): Examples =>
  takeExamples(
    digits.train,
    Uint32Array.from({ length: rows }, (_, i) => i),
  );
const list = (array: NdArray | undefined): readonly number[] => Array.from(array?.data ?? []);
const bits = (weights: ReadonlyMap<string, NdArray>) =>
  Object.fromEntries([...weights].map(([path, one]) => [path, list(one)]));

test("L12 accumulated batches of 16 walk as batches of 64 do", async () => {
  const job = {
    model: chain(dense(16), tanh(), dense(10)),
    loss: softmaxCrossEntropy(),
    train: few(256),
    shuffle: false,
    epochs: 4,
  };
  const [large, small] = [
    await fit({ ...job, batch: 64, optimizer: adam({ rate: 1e-3 }) }),
    await fit({
      ...job,
      batch: 16,
      optimizer: optimizerFrom({ kind: "accumulate", every: 4, optimizer: { kind: "adam", rate: 1e-3 } }),
    }),
  ];
  for (const [path, array] of large.trained.weights)
    for (const [i, w] of list(array).entries()) expect(small.trained.weights.get(path)?.data[i]).toBeCloseTo(w, 4);
});

/** All checkpoints of a training, through what a file would hold. */
async function checkpoints(job: Job): Promise<readonly Checkpoint[]> {
  const found: Checkpoint[] = [];
  const training = train(job);
  for await (const event of training) {
    if (event.kind !== "epoch" && event.kind !== "progress") continue;
    const { arrays, position } = await training.checkpoint();
    const copies = [...arrays].map(
      ([path, { data, shape, dtype }]) => [path, ndarray(data.slice(), shape, dtype)] as const,
    );
    found.push({ arrays: new Map(copies), position: JSON.parse(JSON.stringify(position)) });
  }
  return found;
}

test("L12 with averages, mixup, accumulation, a plateau schedule and any optimizer a resumed training ends with the same bits", async () => {
  for (const kind of ["nadam", "amsgrad", "adadelta", "adamax", "lion", "lamb"]) {
    const optimizer = optimizerFrom({ kind: "accumulate", every: 3, optimizer: { kind, rate: 0.01 } });
    const schedule = onPlateau({ patience: 0, factor: 0.5 });
    const job = { ...smallJob(), optimizer, schedule, average: movingAverage({ keep: 0.9 }), mixup: 0.4 };
    const whole = await fit(job);
    const all = await checkpoints(job);
    for (const index of [4, 21]) {
      const resumed = await fit(job, { resume: all[index] as Checkpoint });
      expect(bits(resumed.trained.weights)).toEqual(bits(whole.trained.weights));
    }
  }
});

test("M5 on plateau the rate of a training falls where dev stands still", async () => {
  const schedule = onPlateau({ patience: 1, factor: 0.1, least: 0.5 });
  const run = await fit({ ...smallJob(), schedule, epochs: 8 });
  const factors = run.history.map(({ rate }) => rate / 0.02);
  expect(factors[0]).toBe(1);
  expect(factors.at(-1)).toBeLessThan(0.02);
  expect(factors).toEqual(factors.toSorted((a, b) => b - a));
});

test("M5 under every schedule the small job learns, and ends with a finite cost", async () => {
  for (const kind of Object.keys(schedules)) {
    const needed: Record<string, object> = {
      warmup: { epochs: 1 },
      multiStep: { at: [2] },
      byHand: { factors: [1, 0.5] },
    };
    const run = await fit({ ...smallJob(), schedule: scheduleFrom({ kind, ...needed[kind] }) });
    expect(run.train.cost).toBeLessThan(0.69);
  }
});

async function drive(
  job: Job,
  changes: Readonly<Record<number, Readonly<Record<string, number>>>>,
  options: TrainOptions = {},
) {
  const training = train(job, options);
  for await (const event of training) {
    const settings = event.kind === "progress" || event.kind === "epoch" ? changes[event.step] : undefined;
    if (settings !== undefined) await training.change({ settings });
  }
  return await training.result();
}

test("M6 rate, keep, penalty and beta changed by hand count at once, are journaled, and the journal replays to the same weights", async () => {
  const changes = {
    7: { rate: 0.1 },
    12: { "dropout1.keep": 0.6, "penalty.l2": 0.05 },
    20: { "adam1.beta1": 0.5, rate: 0.003 },
  };
  const live = await drive(smallJob(), changes);
  expect(live.journal).toEqual(Object.entries(changes).map(([step, settings]) => ({ step: Number(step), settings })));
  const replayed = await fit(smallJob(), { journal: live.journal });
  expect(bits(replayed.trained.weights)).toEqual(bits(live.trained.weights));
  expect(replayed.journal).toEqual(live.journal);
  expect(bits((await fit(smallJob())).trained.weights)).not.toEqual(bits(replayed.trained.weights));
});

test("M6 a training that is resumed behind a change keeps it, journal and all", async () => {
  let found: Checkpoint | undefined;
  const training = train(smallJob());
  for await (const event of training) {
    if (event.kind !== "progress") continue;
    if (event.step === 5) await training.change({ settings: { rate: 0.2 } });
    if (event.step === 15) found = await training.checkpoint();
  }
  const run = await training.result();
  const resumed = await fit(smallJob(), { resume: found as Checkpoint });
  expect(resumed.journal).toEqual([{ step: 5, settings: { rate: 0.2 } }]);
  const both = await fit(smallJob(), { resume: found as Checkpoint, journal: run.journal });
  expect(both.journal).toEqual(resumed.journal);
  expect(bits(resumed.trained.weights)).toEqual(bits(run.trained.weights));
});

test("the rate finder leaves job, checkpoint and what is trained afterwards as they are, and finds a rate that learns", async () => {
  const job = {
    model: chain(dense(32), relu(), dense(10)),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    train: digits.train,
    epochs: 3,
    dev: digits.dev,
  };
  const before = bits((await fit(job)).trained.weights);
  const [saved] = await checkpoints({ ...job, epochs: 1 });
  const copy = JSON.stringify([...(saved?.arrays ?? [])].map(([path, one]) => [path, list(one)]));
  const found = await findRate(job);
  const again = await findRate(job);
  await findRate(job, { checkpoint: saved as Checkpoint, steps: 30 });
  expect(JSON.stringify([...(saved?.arrays ?? [])].map(([path, one]) => [path, list(one)]))).toBe(copy);
  expect(bits((await fit(job)).trained.weights)).toEqual(before);
  expect(again).toEqual(found);
  expect(found.curve[0]?.rate).toBeCloseTo(1e-6, 12);
  expect(found.rate).toBeGreaterThan(5e-4);
  expect(found.rate).toBeLessThan(found.highest);
  const run = await fit({ ...job, optimizer: adam({ rate: found.rate }) });
  expect(run.dev?.error).toBeLessThan(0.12);
});

test("M6 a first batch that is easy by chance is no reason to take the first rate", async () => {
  const rows = 32 * 60;
  const x = Float32Array.from({ length: rows }, (_, row) => ((row * 37) % 101) / 50 - 1);
  // the first batch is answered by what the network says before it has learned anything: by 0
  const y = x.map((value, row) => (row < 32 ? 0 : 2 * value));
  const found = await findRate({
    model: chain(dense(1)),
    loss: squaredError(),
    optimizer: gradientDescent(),
    train: {
      rows,
      inputs: ndarray(
        x.map((value, row) => (row < 32 ? 0 : value)),
        [rows, 1],
      ),
      targets: ndarray(y, [rows, 1]),
    },
    shuffle: false,
    batch: 32,
  });
  expect(found.curve[0]?.cost).toBeLessThan(1e-6);
  expect(found.highest).toBeGreaterThan(0.01);
  expect(found.rate).toBeGreaterThan(1e-3);
  expect(found.rate).toBeLessThan(found.highest);
});

test("an average of weights is what its formula says, and is what is measured and kept", async () => {
  const job = {
    model: chain(dense(4), tanh(), dense(10)),
    loss: softmaxCrossEntropy(),
    optimizer: gradientDescent({ rate: 0.5 }),
    train: few(96),
    batch: 32,
    epochs: 8,
  };
  const seen: number[] = [];
  const training = train({ ...job, batch: 32 });
  for await (const event of training)
    if (event.kind === "progress" || event.kind === "epoch")
      seen.push(list((await training.model("last")).weights.get("dense1.weights"))[5] ?? 0);
  expect(seen).toHaveLength(24);
  const average = ewa(0.8, { correct: true });
  for (const w of seen) average.add(w);
  const moving = await fit({ ...job, average: movingAverage({ keep: 0.8 }) });
  expect(moving.trained.weights.get("dense1.weights")?.data[5]).toBeCloseTo(average.value, 5);
  const tail = await fit({ ...job, average: tailAverage({ from: 0.5 }) });
  const ends = [4, 5, 6, 7].map((epoch) => seen[3 * epoch + 2] ?? 0);
  expect(tail.trained.weights.get("dense1.weights")?.data[5]).toBeCloseTo(
    ends.reduce((sum, w) => sum + w / 4, 0),
    5,
  );
  expect((await evaluate(moving.trained, few(96))).cost).toBeCloseTo(moving.train.cost, 6);
  expect(averagingFrom({ kind: "tailAverage", from: 0.5 }).options).toEqual({ from: 0.5 });
});

test("averaged weights err less than the last ones at a high rate", async () => {
  const job = {
    model: chain(dense(32), relu(), dense(10)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.03 }),
    train: few(500),
    batch: 16,
    epochs: 12,
  };
  let [plain, averaged] = [0, 0];
  for (let seed = 1; seed <= 5; seed++) {
    plain += (await evaluate((await fit({ ...job, seed })).trained, digits.dev)).cost;
    averaged += (
      await evaluate((await fit({ ...job, seed, average: movingAverage({ keep: 0.98 }) })).trained, digits.dev)
    ).cost;
  }
  expect(averaged).toBeLessThan(plain);
});

test("mixup: shares are Beta(alpha, alpha) and differ from step to step; the cost is the mixture's", async () => {
  const shares = Array.from({ length: 4000 }, (_, step) => mixedShare(0.4, fork(seedKey(1), "steps"), step));
  const mean = shares.reduce((sum, x) => sum + x / shares.length, 0);
  const variance = shares.reduce((sum, x) => sum + (x - mean) ** 2 / shares.length, 0);
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 7.2 / 4000)); // four deviations
  expect(Math.abs(variance - 1 / (4 * (2 * 0.4 + 1)))).toBeLessThan(0.01);
  // at rate 0 the cost of one batch is that of the mixed rows, worked out by hand
  const model = chain(dense(10));
  const rows = few(4);
  const job = {
    model,
    loss: softmaxCrossEntropy(),
    optimizer: gradientDescent({ rate: 1e-12 }),
    train: rows,
    batch: 4,
    epochs: 1,
    mixup: 0.4,
  };
  const run = await fit(job);
  const share = mixedShare(0.4, fork(seedKey(1), "steps"), 0);
  const mixed = castArray(rows.inputs, "float32");
  for (let i = 0; i < 4; i++)
    for (let k = 0; k < 64; k++)
      mixed.data[64 * i + k] =
        share * (rows.inputs.data[64 * i + k] ?? 0) + (1 - share) * (rows.inputs.data[64 * (3 - i) + k] ?? 0);
  const reversed = ndarray(Int32Array.from(rows.targets.data).reverse(), [4]);
  const own = await evaluate(run.trained, { ...rows, inputs: mixed });
  const other = await evaluate(run.trained, { ...rows, inputs: mixed, targets: reversed });
  expect(run.history[0]?.cost).toBeCloseTo(share * own.cost + (1 - share) * other.cost, 5);
});

test("K5 an average holds one number where a window holds its values; on a line both lag, the window by less", () => {
  // of what came before nothing is held but the average: other days that led to it make no difference
  const [days, day] = [ewa(0.9), ewa(0.9)];
  for (const value of [40, 49, 45]) days.add(value);
  day.add(121.5);
  expect(day.value).toBeCloseTo(days.value, 12);
  for (const value of [50, 52, 47]) expect(day.add(value)).toBeCloseTo(days.add(value), 12);

  const average = ewa(0.9, { correct: true });
  const values = Array.from({ length: 200 }, (_, i) => 40 + i);
  for (const value of values) average.add(value);
  const window = values.slice(-10).reduce((sum, x) => sum + x / 10, 0);
  expect(239 - window).toBeCloseTo(4.5, 9);
  expect(239 - average.value).toBeCloseTo(9, 3);
});
