import { expect, test } from "vitest";
import { fork, seedKey } from "../../src/base/random.ts";
import { noise } from "../../src/data/augment/values.ts";
import { epochOrder } from "../../src/data/batches.ts";
import type { Prefetch } from "../../src/data/prefetch.ts";
import { cosine } from "../../src/optim/schedule.ts";
import { tailAverage } from "../../src/train/averaging.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { dataLoaderFor } from "../../src/train/data-loader.ts";
import type { Change, EpochEvent, ProgressEvent, StartEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { type Job, resolveJob } from "../../src/train/job.ts";
import type { Run } from "../../src/train/run.ts";
import { checkSettings } from "../../src/train/settings.ts";
import { type TrainOptions, train } from "../../src/train/train.ts";
import type { Training } from "../../src/train/training.ts";
import { ring, smallJob } from "./small-job.ts";

type Told = ProgressEvent | EpochEvent;

const live = { progress: Number.POSITIVE_INFINITY };

/** Holds a training: `answer` hears of every step and says what is to change. */
async function drive(
  job: Job,
  answer: (event: Told, training: Training) => Change | undefined | Promise<Change | undefined>,
  options: TrainOptions = {},
) {
  const training = train(job, { ...live, ...options });
  const told: Told[] = [];
  let start: StartEvent | undefined;
  for await (const event of training) {
    if (event.kind === "start") start = event;
    if (event.kind !== "progress" && event.kind !== "epoch") continue;
    told.push(event);
    const change = await answer(event, training);
    if (change !== undefined) await training.change(change);
  }
  return { end: await training.result(), told, start };
}

const bits = ({ trained }: Pick<Run, "trained">) =>
  Object.fromEntries([...trained.weights].map(([path, { data }]) => [path, Array.from(data)]));

/** As a file would hold it. */
function filed({ arrays, position }: Checkpoint): Checkpoint {
  return {
    arrays: new Map([...arrays].map(([path, array]) => [path, { ...array, data: array.data.slice() }])),
    position: JSON.parse(JSON.stringify(position)),
  };
}

test("every step is told where progress is asked for without end, and telling changes nothing", async () => {
  const { end, told, start } = await drive(smallJob(), () => undefined);
  expect(told.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, step) => step + 1));
  expect(told.map(({ kind }) => kind).filter((kind) => kind === "epoch")).toHaveLength(4);
  expect(start?.settings).toMatchObject({ rate: 0.02, batch: 16, "penalty.l2": 1e-3, "dropout1.keep": 0.9 });
  expect(bits(end)).toEqual(bits(await fit(smallJob())));
});

test("a batch that changes within an epoch counts at once, and the epoch ends with its last row", async () => {
  const { told, end } = await drive({ ...smallJob(), epochs: 2 }, ({ step }) => {
    if (step === 3) return { settings: { batch: 40 } };
    return step === 5 ? { settings: { batch: 7 } } : undefined;
  });
  // 150 rows: 3 batches of 16, then 40 and 40, then 7, 7, 7 and a last one of 1, which batch norm cannot learn from
  const rows = told.filter((event) => event.kind === "progress").map(({ rowOfEpoch }) => rowOfEpoch);
  expect(rows.slice(0, 7)).toEqual([16, 32, 48, 88, 128, 135, 142]);
  expect(told.filter(({ kind }) => kind === "epoch").map(({ step }) => step)).toEqual([8, 8 + Math.ceil(150 / 7)]);
  expect(end.journal).toEqual([
    { step: 3, settings: { batch: 40 } },
    { step: 5, settings: { batch: 7 } },
  ]);
});

test("the rest of an epoch comes from the same order as before, in whatever size", () => {
  const resolved = resolveJob(smallJob());
  const supply = dataLoaderFor(resolved, undefined);
  const seen: number[] = [];
  const sizes: (readonly number[])[] = [];
  const take = (batch: number, most: number): void => {
    const stretch = supply.restOfEpoch({ epoch: 2, row: seen.length, batch });
    sizes.push([...stretch.sizes, stretch.steps]);
    for (const { indices, index } of stretch.batches(() => undefined)) {
      seen.push(...indices);
      if (index + 1 === most) break;
    }
  };
  take(16, 3);
  take(40, 1);
  take(8, 13); // 88 rows are 11 batches of 8: counted on from there
  take(1000, Number.POSITIVE_INFINITY);
  expect(seen).toEqual(Array.from(epochOrder(150, fork(seedKey(3), "batches"), 2)));
  expect(sizes).toEqual([
    [16, 6, 10],
    [40, 22, 3],
    [8, 6, 8],
    [46, 1],
  ]);
  // batch norm learns from two rows at least: 7 · 7 rows and one that is left out
  expect(supply.restOfEpoch({ epoch: 0, row: 100, batch: 7 })).toMatchObject({ steps: 7, sizes: [7] });
  expect(supply.restOfEpoch({ epoch: 0, row: 149, batch: 7 })).toMatchObject({ steps: 0, sizes: [] });
  supply.close();
});

test("who puts batches together ahead begins anew for another size, and where the training goes back", async () => {
  const asked: string[] = [];
  const prefetch: Prefetch = ({ size }) => {
    asked.push(`begin ${size}`);
    return { take: () => undefined, close: () => void asked.push(`end ${size}`) };
  };
  const job = { ...smallJob(), augment: [noise({ deviation: 0.1 })], epochs: 3 };
  let before: Checkpoint | undefined;
  let undone = false;
  const answer = async (event: Told, training: Training): Promise<Change | undefined> => {
    if (event.step === 4) before ??= await training.checkpoint();
    if (event.step === 7) return { settings: { batch: 25 } };
    if (event.step !== 16 || undone) return undefined;
    undone = true;
    return { restore: before as Checkpoint };
  };
  const { end } = await drive(job, answer, { prefetch });
  // the second epoch is the first one of 25; going back is to 16, and to 25 again behind its epoch
  expect(asked).toEqual(["begin 16", "end 16", "begin 25", "end 25", "begin 16", "end 16", "begin 25", "end 25"]);
  expect(end.journal).toEqual([{ step: 7, settings: { batch: 25 } }]);
  expect(bits(await fit(job, { journal: end.journal }))).toEqual(bits(end));

  const back: string[] = [];
  undone = false;
  before = undefined;
  const again: Prefetch = ({ size }) => {
    back.push(`begin ${size}`);
    return { take: () => undefined, close: () => void back.push(`end ${size}`) };
  };
  await drive(job, (event, training) => (event.step === 7 ? undefined : answer(event, training)), { prefetch: again });
  expect(back).toEqual(["begin 16", "end 16", "begin 16", "end 16"]);
});

test("resuming from any checkpoint of a training whose batch changed is exact, by row and not by step", async () => {
  const change = ({ step }: Told): Change | undefined => {
    if (step === 4) return { settings: { batch: 33, rate: 0.05 } };
    return step === 14 ? { settings: { batch: 150 } } : undefined;
  };
  const saved: Checkpoint[] = [];
  const { end } = await drive(smallJob(), async (event, training) => {
    saved.push(filed(await training.checkpoint()));
    return change(event);
  });
  for (const index of [0, 3, 4, 5, 6, 12, 13, 14, 15]) {
    const resume = saved[index] as Checkpoint;
    const step = resume.position.step;
    const { end: again } = await drive(smallJob(), (event) => (event.step > step ? change(event) : undefined), {
      resume,
      // what was answered at the very step of the checkpoint is in the journal alone
      journal: end.journal.filter((entry) => entry.step <= step),
    });
    expect(bits(again)).toEqual(bits(end));
    expect(again.journal).toEqual(end.journal);
    const { end: replayed } = await drive(smallJob(), () => undefined, { resume, journal: end.journal });
    expect(bits(replayed)).toEqual(bits(end));
  }
  expect(bits(await fit(smallJob(), { journal: end.journal }))).toEqual(bits(end));
});

test("schedules go by rows: with half the steps an epoch the rate still falls over the same epochs", async () => {
  const job = { ...smallJob(), schedule: cosine(), epochs: 4 };
  const plain = await drive(job, () => undefined);
  const larger = await drive(job, ({ step }) => (step === 5 ? { settings: { batch: 32 } } : undefined));
  const rates = ({ told }: typeof plain) => told.map(({ rate }) => rate);
  // 5 steps of 16 are 80 rows; from there each step of 32 counts for two
  expect(rates(larger)[5]).toBe(rates(plain)[5]);
  expect(rates(larger)[6]).toBe(rates(plain)[7]);
  const ends = (run: typeof plain) => run.told.filter(({ kind }) => kind === "epoch").map(({ epoch }) => epoch);
  expect(ends(larger)).toEqual(ends(plain));
  for (const [i, rate] of rates(larger).slice(1).entries()) expect(rate).toBeLessThan(rates(larger)[i] ?? 0);
});

test("an average over ends of epochs takes one a turn, whatever the batches", async () => {
  const job = { ...smallJob(), average: tailAverage({ from: 0.5 }) };
  const { end } = await drive(job, ({ step }) => (step === 23 ? { settings: { batch: 50 } } : undefined));
  expect(end.epochs).toBe(4);
  expect(end.steps).toBe(20 + 3 + 3 + 3);
  for (const { data } of end.trained.weights.values()) expect(data.every(Number.isFinite)).toBe(true);
});

test("going back takes the steps and the changes since back, and what comes then is as if they had not been", async () => {
  let before: Checkpoint | undefined;
  let undone = false;
  const { end, told } = await drive(smallJob(), async (event, training) => {
    if (event.step === 7) return { settings: { "dropout1.keep": 0.7 } };
    if (event.step === 13 && !undone) {
      before = await training.checkpoint();
      return { settings: { rate: 3, batch: 50 } };
    }
    if (event.step !== 17 || undone) return undefined;
    undone = true;
    return { restore: before as Checkpoint, settings: { batch: 20 } };
  });
  expect(told.map(({ step }) => step).slice(11, 20)).toEqual([12, 13, 14, 15, 16, 17, 14, 15, 16]);
  const journal = [
    { step: 7, settings: { "dropout1.keep": 0.7 } },
    { step: 13, settings: { batch: 20 } },
  ];
  expect(end.journal).toEqual(journal);
  expect(bits(await fit(smallJob(), { journal }))).toEqual(bits(end));
  expect(end.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
});

test("an epoch that is undone is forgotten: best weights, history and patience are as they were", async () => {
  let first: Checkpoint | undefined;
  let undone = false;
  const { end } = await drive({ ...smallJob(), patience: 3 }, async (event, training) => {
    if (event.kind === "epoch" && event.epoch === 1) first = await training.checkpoint();
    if (event.kind !== "epoch" || event.epoch !== 4 || undone) return undefined;
    undone = true;
    return { restore: first as Checkpoint };
  });
  expect(undone).toBe(true);
  const plain = await fit({ ...smallJob(), patience: 3 });
  expect(bits(end)).toEqual(bits(plain));
  expect(end.history.map(({ step, cost }) => [step, cost])).toEqual(
    plain.history.map(({ step, cost }) => [step, cost]),
  );
});

test("a checkpoint forks a training: the fork goes its own way and the first one its own", async () => {
  let at: Checkpoint | undefined;
  const { end } = await drive(smallJob(), async (event, training) => {
    if (event.step === 12) at = await training.checkpoint();
    return undefined;
  });
  const fork = await drive(smallJob(), ({ step }) => (step === 20 ? { settings: { rate: 0.1 } } : undefined), {
    resume: at as Checkpoint,
  });
  expect(bits(end)).toEqual(bits(await fit(smallJob())));
  expect(bits(fork.end)).not.toEqual(bits(end));
  expect(fork.end.journal).toEqual([{ step: 20, settings: { rate: 0.1 } }]);
});

test("a stop is a line of the journal, and a replay stops there", async () => {
  const { end } = await drive({ ...smallJob(), epochs: 9 }, ({ step }) =>
    step === 23 ? { settings: { rate: 0.1 }, stop: true } : undefined,
  );
  expect(end).toMatchObject({ reason: "stopped", steps: 23, epochs: 2 });
  expect(end.journal).toEqual([{ step: 23, settings: { rate: 0.1 }, end: "stopped" }]);
  const replayed = await fit({ ...smallJob(), epochs: 9 }, { journal: end.journal });
  expect(replayed).toMatchObject({ reason: "stopped", steps: 23 });
  expect(bits(replayed)).toEqual(bits(end));
});

test("time that is up is a line of the journal too, since no seed repeats it", async () => {
  for (const limit of [25, 100]) {
    let now = 0;
    const timed = await fit({ ...smallJob(), epochs: 99, time: limit }, { clock: () => now++ });
    expect(timed.reason).toBe("time");
    expect(timed.journal).toEqual([{ step: timed.steps, settings: {}, end: "time" }]);
    const replayed = await fit({ ...smallJob(), epochs: 99 }, { journal: timed.journal });
    expect(replayed).toMatchObject({ reason: "time", steps: timed.steps, epochs: timed.epochs });
    expect(bits(replayed)).toEqual(bits(timed));
    expect(replayed.journal).toEqual(timed.journal);
  }
});

test("a journal that does not belong to the checkpoint is refused", async () => {
  let at: Checkpoint | undefined;
  await drive(smallJob(), async (event, training) => {
    if (event.step === 12) at = await training.checkpoint();
    return undefined;
  });
  const journal = [{ step: 7, settings: { rate: 0.1 } }];
  await expect(fit(smallJob(), { resume: at as Checkpoint, journal })).rejects.toMatchObject({
    code: "train/journal",
    message: "the journal has a change at step 7, and the training stands at step 12 without it",
  });
});

test("values out of range are refused before anything changes, also by a check beforehand", async () => {
  const loop = train(smallJob(), live);
  const { value: start } = await loop.next();
  if (start?.kind !== "start") throw new Error("no start");
  const refused = (settings: Record<string, number>) => {
    try {
      checkSettings(start, settings);
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as { message: string }).message}`;
    }
    return "taken";
  };
  expect(refused({ rate: 0.5, batch: 2, "dropout1.keep": 1, "penalty.l2": 0, "adam1.beta1": 0 })).toBe("taken");
  expect(refused({ "dropout1.keep": 0 })).toMatch(/^options\/range: dropout1\.keep must be .*received 0$/);
  expect(refused({ "dropout1.keep": 1.2 })).toContain("received 1.2");
  expect(refused({ "penalty.l2": -1 })).toContain("received -1");
  expect(refused({ rate: -1 })).toContain("received -1");
  expect(refused({ "adam1.beta2": 1 })).toContain("received 1");
  expect(refused({ "batchNorm1.momentum": 2 })).toContain("received 2");
  expect(refused({ batch: 1 })).toContain("batch must be a whole number not below 2, received 1");
  expect(refused({ batch: 16.5 })).toContain("received 16.5");
  expect(refused({ rate: Number.NaN })).toContain("received NaN");
  expect(refused({ keep: 0.5 })).toBe('train/setting: there is no setting "keep"');
  await loop.next();
  await expect(loop.change({ settings: { rate: 0.5, batch: 0 } })).rejects.toMatchObject({ code: "options/range" });
});

test("going back ends a replay: what was replayed and undone is not made again", async () => {
  const journal = [{ step: 9, settings: { rate: 0.3 } }];
  let before: Checkpoint | undefined;
  let undone = false;
  const { end } = await drive(
    smallJob(),
    async (event, training) => {
      if (event.step === 8) before = await training.checkpoint();
      if (event.step !== 12 || undone) return undefined;
      undone = true;
      return { restore: before as Checkpoint };
    },
    { journal },
  );
  expect(end.journal).toEqual([]);
  expect(bits(end)).toEqual(bits(await fit(smallJob())));
});

test("a checkpoint of another training is refused in the middle too", async () => {
  let other: Checkpoint | undefined;
  await drive({ ...smallJob(), train: ring(60, 1), epochs: 1 }, async (_event, training) => {
    other ??= await training.checkpoint();
    return undefined;
  });
  const wrong = drive(smallJob(), ({ step }) => (step === 2 ? { restore: other as Checkpoint } : undefined));
  await expect(wrong).rejects.toMatchObject({ code: "checkpoint/mismatch" });
});
