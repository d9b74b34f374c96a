import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { drain } from "../../src/base/drain.ts";
import { NablaError } from "../../src/base/error.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { type Fold, foldRows } from "../../src/data/folds.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import { type MemberEvent, type Members, type PoolJob, trainMembers } from "../../src/train/members.ts";
import { membersOf } from "../../src/train/out-of-fold.ts";
import { refit } from "../../src/train/refit.ts";
import { predict } from "../../src/train/trained.ts";
import { ring, smallJob } from "./small-job.ts";

const pool = ring(90, 5);
const folds = foldRows({ rows: pool.rows, classes: pool.targets.data }, { folds: 3, seed: 1 });
const { dev: _, ...small } = smallJob();
const job: PoolJob = { ...small, train: pool, epochs: 3 };
const trained = (asked: PoolJob = job, more: readonly Fold[] = folds): Promise<Members> =>
  drain(trainMembers(asked, { folds: more }));

/** y = x₁ - 2x₂ and a little noise. */
function line(rows: number): Examples {
  const inputs = ndarray(Float32Array.from(normal(seedKey(9), rows * 2)), [rows, 2]);
  const noise = normal(seedKey(10), rows);
  const targets = Float32Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0] = inputs.data.subarray(2 * row, 2 * row + 2);
    return a - 2 * b + 0.1 * (noise[row] ?? 0);
  });
  return { rows, inputs, targets: ndarray(targets, [rows, 1]) };
}

test("each row is answered by the one member that did not learn it, and beside it by one that did", async () => {
  const { runs, heldBy, heldOut, learned } = await trained();
  expect(runs.map((run) => run.train.rows)).toEqual([60, 60, 60]);
  expect(runs.map((run) => run.dev?.rows)).toEqual([30, 30, 30]);
  for (const [member, run] of runs.entries()) {
    const { answers, classes } = await predict(run.trained, pool.inputs);
    for (let row = 0; row < pool.rows; row++) {
      const own = Array.from(answers.data.slice(2 * row, 2 * row + 2));
      const isHeld = folds[member]?.held.includes(row);
      expect(heldBy[row] === member).toBe(isHeld);
      const wrong = Number(classes?.data[row] !== pool.targets.data[row]);
      const seen = isHeld ? heldOut : heldBy[row] === (member + 2) % 3 ? learned : undefined;
      if (seen === undefined) continue;
      expect(seen.mistakes[row]).toBe(wrong);
      expect(Array.from(seen.answers.slice(2 * row, 2 * row + 2))).toEqual(own.map((one) => expect.closeTo(one, 5)));
      expect(seen.losses[row]).toBeCloseTo(-Math.log(own[pool.targets.data[row] ?? 0] ?? 0), 4);
    }
  }
});

test("the model is the mean of the members' probabilities, and its members come out of it again", async () => {
  const { runs, trained: average } = await trained();
  const alone: (readonly number[])[] = [];
  for (const run of runs) alone.push(Array.from((await predict(run.trained, pool.inputs)).answers.data));
  const together = (await predict(average, pool.inputs)).answers.data;
  for (const [i, one] of together.entries())
    expect(one).toBeCloseTo(
      alone.reduce((sum, answers) => sum + (answers[i] ?? 0) / 3, 0),
      5,
    );
  const apart = membersOf(average);
  expect(apart).toHaveLength(3);
  for (const [i, member] of apart.entries())
    expect(Array.from((await predict(member, pool.inputs)).answers.data)).toEqual(alone[i]);
  expect(membersOf(runs[0]?.trained ?? average)).toEqual([]);
});

test("the out-of-fold measures are those of all rows together: for numbers 1 - R² around the mean of the pool", async () => {
  const rows = line(80);
  const numbers = { model: chain(dense(1)), loss: squaredError(), optimizer: adam({ rate: 0.05 }), epochs: 20 };
  const { dev, heldOut } = await trained({ ...numbers, train: rows }, foldRows({ rows: 80 }, { folds: 4, seed: 2 }));
  const targets = Array.from(rows.targets.data);
  const mean = targets.reduce((sum, one) => sum + one / 80, 0);
  const squares = targets.map((one, row) => (one - (heldOut.answers[row] ?? 0)) ** 2);
  const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
  expect(dev.mistake).toBeCloseTo(total(squares) / 80, 5);
  expect(dev.error).toBeCloseTo(total(squares) / total(targets.map((one) => (one - mean) ** 2)), 5);
  expect(dev.rows).toBe(80);
});

test("the same job gives the same bits; members have seeds of their own, the first that of the job; one that has ended is not repeated", async () => {
  const [once, again] = [await trained(), await trained()];
  expect(again.trained.weights).toEqual(once.trained.weights);
  const [first, second] = once.runs;
  if (first === undefined || second === undefined) throw new Error("there are three");
  expect([first.seed, second.seed === first.seed]).toEqual([job.seed, false]);
  const parts = { train: takeExamples(pool, folds[0]?.learn ?? []), dev: takeExamples(pool, folds[0]?.held ?? []) };
  expect(first.trained.weights).toEqual((await fit({ ...job, ...parts } as Job)).trained.weights);
  const events: MemberEvent[] = [];
  const rest = trainMembers(job, { folds, finished: [first] });
  for (let next = await rest.next(); ; next = await rest.next()) {
    if (next.done === true) {
      expect(next.value.trained.weights).toEqual(once.trained.weights);
      break;
    }
    events.push(next.value);
  }
  expect([...new Set(events.map(({ member, members }) => `${member} of ${members}`))]).toEqual(["2 of 3", "3 of 3"]);
  expect(events.filter(({ event }) => event.kind === "epoch")).toHaveLength(6);
});

test("what a member is shown may be other rows than those that it learns from, and its dev rows stay as they are", async () => {
  const twice = (rows: Examples): Examples =>
    takeExamples(rows, [...Array(rows.rows).keys(), ...Array(rows.rows).keys()]);
  const { runs } = await drain(trainMembers({ ...job, epochs: 1 }, { folds, shown: twice }));
  expect(runs.map((run) => [run.train.rows, run.dev?.rows])).toEqual(Array(3).fill([120, 30]));
});

test("members that cannot be trained say why", async () => {
  const code = (asked: PoolJob, given: readonly Fold[] = folds, more = {}): Promise<unknown> =>
    drain(trainMembers(asked, { folds: given, ...more })).catch((error: unknown) =>
      error instanceof NablaError ? [error.code, error.message] : error,
    );
  const [one, two, three] = folds as [Fold, Fold, Fold];
  expect(await code(job, [one])).toEqual(["members/folds", expect.stringContaining("each row is held out by one")]);
  expect(await code(job, [one, two, two])).toEqual(["members/folds", expect.stringContaining("received row")]);
  expect(await code({ ...job, train: ring(89, 5) }, [one, two, three])).toEqual(["members/folds", expect.anything()]);
  expect(await code({ ...job, optimizer: adam({ rate: 1e30 }) })).toEqual([
    "members/diverged",
    expect.stringMatching(/member 1 of 3 diverged: step \d/),
  ]);
  let now = 0;
  const late = { clock: () => now++ };
  expect(await code({ ...job, time: 5 }, folds, late)).toEqual([
    "members/time",
    expect.stringContaining("member 1 of 3 was cut off by the time limit"),
  ]);
  const mask = ndarray(new Float32Array(90).fill(1), [90, 1]);
  expect(await code({ ...job, train: { ...pool, mask } })).toEqual(["members/examples", expect.anything()]);
});

test("a first fold that is given stays, the others share the rest, and no group is torn", () => {
  const groups = Array.from({ length: 60 }, (_, row) => Math.floor(row / 4));
  const first = [56, 57, 58, 59, 52, 53, 54, 55, 0, 1, 2, 3];
  const around = foldRows({ rows: 60, groups }, { folds: 4, seed: 7, first });
  expect(Array.from(around[0]?.held ?? [])).toEqual([0, 1, 2, 3, 52, 53, 54, 55, 56, 57, 58, 59]);
  expect(around.flatMap(({ held }) => Array.from(held)).toSorted((a, b) => a - b)).toEqual([...Array(60).keys()]);
  for (const { held, learn } of around) {
    const [own, other] = [held, learn].map((rows) => new Set(Array.from(rows, (row) => groups[row])));
    expect([...(own ?? [])].filter((group) => other?.has(group))).toEqual([]);
    expect(held.length).toBeGreaterThanOrEqual(12);
  }
  const two = foldRows({ rows: 10 }, { folds: 2, seed: 1, first: [3, 1] });
  expect(two.map(({ held }) => Array.from(held))).toEqual([
    [1, 3],
    [0, 2, 4, 5, 6, 7, 8, 9],
  ]);
  expect(() => foldRows({ rows: 4 }, { folds: 4, seed: 1, first: [0, 1] })).toThrow("2 rows beside the first fold");
});

test("a refit learns train and dev for as many epochs as dev chose, with the schedule where it was", async () => {
  const { patience: _p, ...all } = { patience: undefined, ...smallJob(), epochs: 6 };
  const training = refit(all, { epochs: 4 });
  const rates: number[] = [];
  for await (const event of training) {
    if (event.kind === "start") expect(event.rows).toEqual({ train: 210, dev: 0 });
    if (event.kind === "epoch") rates.push(event.rate);
    if (event.kind === "end") break;
  }
  const run = await training.result();
  expect([run.epochs, run.train.rows]).toEqual([4, 210]);
  const whole = await fit({ ...all, train: takeExamples(ring(150, 1), [...Array(150).keys()]), dev: ring(60, 2) });
  // the decay is by epochs, so that more steps in each do not move it
  for (const [epoch, rate] of rates.entries()) expect(rate).toBeCloseTo(whole.history[epoch]?.rate ?? 0, 3);
  await expect(async () => await refit(all, { epochs: 7 }).result()).rejects.toThrow("epochs");
  const again = await refit(all, { epochs: 4 }).result();
  expect(again.trained.weights).toEqual(run.trained.weights);
});
