import { expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import type { Change, TrainingEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import type { Run } from "../../src/train/run.ts";
import { type TrainOptions, train } from "../../src/train/train.ts";
import type { Training } from "../../src/train/training.ts";
import { smallJob } from "../train/small-job.ts";

const job = { ...smallJob(), epochs: 6 };

/** A model looked after: `day` hears of every step and says what is to change. */
async function babysit(
  day: (event: TrainingEvent, training: Training) => Change | undefined | Promise<Change | undefined>,
  options: TrainOptions = {},
): Promise<Run> {
  const training = train(job, { progress: Number.POSITIVE_INFINITY, ...options });
  for await (const event of training) {
    const change = event.kind === "end" ? undefined : await day(event, training);
    if (change !== undefined) await training.change(change);
  }
  return await training.result();
}

const bits = (run: Pick<Run, "trained">): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries([...run.trained.weights].map(([path, { data }]: [string, NdArray]) => [path, Array.from(data)]));

const stepOf = (event: TrainingEvent): number => (event.kind === "progress" || event.kind === "epoch" ? event.step : 0);

test("Q1 one live run is paused, resumed, changed in rate, dropout, batch and penalty, undone and forked; its journal replays it bit for bit", async () => {
  // day 1: rate and dropout; then it is put away
  let evening: Checkpoint | undefined;
  await babysit(async (event, training) => {
    if (stepOf(event) === 6) return { settings: { rate: 0.05 } };
    if (stepOf(event) === 9) return { settings: { "dropout1.keep": 0.7 } };
    if (event.kind === "progress" && event.step === 14) evening = await training.checkpoint();
    return stepOf(event) === 14 ? { stop: true } : undefined;
  });

  // day 2: larger batches and a penalty; a bold rate is tried and taken back; a fork is made
  const later: { before?: Checkpoint; fork?: Checkpoint } = {};
  let bold = 0;
  const run = await babysit(
    async (event, training) => {
      if (event.kind !== "progress" && event.kind !== "epoch") return undefined;
      if (event.step === 17) return { settings: { batch: 40, "penalty.l2": 0.02 } };
      if (event.step === 20 && later.before === undefined) {
        later.before = await training.checkpoint();
        return { settings: { rate: 5 } };
      }
      if (event.step === 23 && bold++ === 0 && later.before !== undefined) return { restore: later.before };
      if (event.step === 25) later.fork = await training.checkpoint();
      return undefined;
    },
    { resume: evening as Checkpoint },
  );
  expect(bold).toBe(2); // it came by step 23 twice: once with the bold rate and once without
  expect(run.journal).toEqual([
    { step: 6, settings: { rate: 0.05 } },
    { step: 9, settings: { "dropout1.keep": 0.7 } },
    { step: 17, settings: { batch: 40, "penalty.l2": 0.02 } },
  ]);
  const replayed = await fit(job, { journal: run.journal });
  expect(bits(replayed)).toEqual(bits(run));
  expect(replayed.history.map(({ cost, step }) => [cost, step])).toEqual(
    run.history.map(({ cost, step }) => [cost, step]),
  );
  expect(bits(await fit(job))).not.toEqual(bits(run));

  const fork = await babysit((event) => (stepOf(event) === 26 ? { settings: { rate: 0.002 } } : undefined), {
    resume: later.fork as Checkpoint,
  });
  expect(fork.journal).toEqual([...run.journal, { step: 26, settings: { rate: 0.002 } }]);
  expect(bits(await fit(job, { journal: fork.journal }))).toEqual(bits(fork));
  expect(bits(fork)).not.toEqual(bits(run));
});

test("Q1 a replay that forgets a change, or makes it a step later, ends elsewhere", async () => {
  const run = await babysit((event) => (stepOf(event) === 7 ? { settings: { batch: 40 } } : undefined));
  const [made] = run.journal;
  expect(made).toEqual({ step: 7, settings: { batch: 40 } });
  for (const journal of [[], [{ step: 8, settings: { batch: 40 } }], [{ step: 7, settings: { batch: 41 } }]])
    expect(bits(await fit(job, { journal }))).not.toEqual(bits(run));
});
