import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { layerFrom, toJson } from "../../src/nn/layers.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { momentum } from "../../src/optim/momentum.ts";
import { averageOf, bestOf, ensembleGain, ensembleOf } from "../../src/train/ensembles.ts";
import { fit } from "../../src/train/fit.ts";
import { fitSnapshots } from "../../src/train/snapshots.ts";
import { train } from "../../src/train/train.ts";
import { evaluate, predict, type Trained } from "../../src/train/trained.ts";
import { readDigits } from "../train/digits.ts";
import { ring, smallJob } from "../train/small-job.ts";

const digits = readDigits(1);
const list = (array: NdArray | undefined): readonly number[] => Array.from(array?.data ?? []);
const few = (rows: number, seed: number): Examples =>
  takeExamples(
    digits.train,
    Uint32Array.from({ length: rows }, (_, i) => (i * 7 + seed * 31) % digits.train.rows),
  );
const learn = async (seed: number, rows = 200): Promise<Trained> => {
  const job = { loss: softmaxCrossEntropy(), optimizer: adam({ rate: 5e-3 }), epochs: 12, seed };
  return (await fit({ ...job, model: chain(dense(16 + seed), relu(), dense(10)), train: few(rows, seed) })).trained;
};

test("E5 whatever ends training, the best weights on dev are kept: patience, the epoch limit, a stop, time, numbers gone wrong", async () => {
  const job = { ...smallJob(), epochs: 40, optimizer: adam({ rate: 0.3 }) };
  const best = (history: readonly { readonly dev?: { readonly error: number } }[]) =>
    Math.min(...history.map(({ dev }) => dev?.error ?? 1));
  let now = 0;
  const ends = [
    await fit({ ...job, patience: 4 }),
    await fit(job),
    await fit({ ...job, time: 200 }, { clock: () => now++ }),
  ];
  expect(ends.map(({ reason }) => reason)).toEqual(["patience", "epochs", "time"]);
  for (const run of ends) {
    expect(run.dev?.error).toBe(best(run.history));
    expect(run.best?.epoch).toBeLessThan(run.epochs);
    expect((await evaluate(run.trained, job.dev ?? ring(1, 1))).cost).toBe(run.best?.dev?.cost);
  }
  const stopped = train(job);
  for await (const event of stopped)
    if (event.kind === "epoch" && event.epoch === 12) await stopped.change({ stop: true });
  const short = await stopped.result();
  expect([short.reason, short.dev?.error]).toEqual(["stopped", best(short.history)]);
  const wild = { ...job, optimizer: momentum({ rate: 0.1 }), penalty: l2(0) };
  const broken = train(wild);
  for await (const event of broken)
    if (event.kind === "epoch" && event.epoch === 6)
      await broken.change({ settings: { rate: 1e38, "penalty.l2": 1e38 } });
  const diverged = await broken.result();
  expect([diverged.reason, diverged.dev?.error]).toEqual(["diverged", best(diverged.history)]);
});

test("E6 early stopping together with a penalty is noted; either alone is not", async () => {
  const notices = async (change: object) => {
    const { penalty, ...job } = smallJob();
    const start = (await train({ ...job, ...change }).next()).value;
    return start?.kind === "start" ? start.notices.filter((message) => message.includes("early stopping")) : [];
  };
  expect(await notices({ penalty: l2(1e-3), patience: 3 })).toHaveLength(1);
  expect(await notices({ penalty: l2(1e-3) })).toEqual([]);
  expect(await notices({ patience: 3 })).toEqual([]);
});

test("E7 an ensemble answers with the mean of probabilities, and its cross-entropy is never above its members' mean", async () => {
  const members = [await learn(1), await learn(2), await learn(3)];
  const { inputs } = digits.dev;
  const answers = await Promise.all(members.map(async (member) => list((await predict(member, inputs)).answers)));
  const together = list((await predict(ensembleOf(members), inputs)).answers);
  for (const [i, answer] of together.entries())
    expect(answer).toBeCloseTo(
      answers.reduce((sum, one) => sum + (one[i] ?? 0) / 3, 0),
      5,
    );
  // Jensen's inequality, on any rows and for any members
  for (let rows = 20; rows <= 200; rows += 30) {
    const some = takeExamples(
      digits.dev,
      Uint32Array.from({ length: rows }, (_, i) => (i * 11 + rows) % digits.dev.rows),
    );
    for (const some_ of [members, members.slice(1), [members[0], members[2], members[0]] as Trained[]]) {
      const gain = await ensembleGain(some_, some);
      const mean = gain.members.reduce((sum, { cost }) => sum + cost / gain.members.length, 0);
      expect(gain.ensemble.cost).toBeLessThanOrEqual(mean + 1e-6);
    }
  }
});

test("E7 outputs or votes are averaged on request; random logits of random members agree with the plain formula", async () => {
  const members = [await learn(4), await learn(5), await learn(6)];
  const { inputs } = takeExamples(digits.dev, [0, 1, 2, 3, 4]);
  const answers = await Promise.all(members.map(async (member) => list((await predict(member, inputs)).answers)));
  const votes = list((await predict(ensembleOf(members, { of: "votes" }), inputs)).answers);
  for (let row = 0; row < 5; row++) {
    const picks = answers.map((one) => {
      const shares = one.slice(10 * row, 10 * row + 10);
      return shares.indexOf(Math.max(...shares));
    });
    for (let code = 0; code < 10; code++)
      expect(votes[10 * row + code]).toBeCloseTo(picks.filter((pick) => pick === code).length / 3, 5);
  }
  const geometric = list((await predict(ensembleOf(members, { of: "outputs" }), inputs)).answers);
  const products =
    answers[0]?.slice(0, 10).map((_, i) => Math.cbrt(answers.reduce((all, one) => all * (one[i] ?? 0), 1))) ?? [];
  const sum = products.reduce((total, x) => total + x, 0);
  for (const [i, product] of products.entries()) expect(geometric[i]).toBeCloseTo(product / sum, 4);
});

test("E7 ensembles of yes-or-no answers and of numbers; models that do not belong together are refused", async () => {
  const rows = ring(120, 1);
  const yes = { rows: 120, inputs: rows.inputs, targets: ndarray(Float32Array.from(rows.targets.data), [120, 1]) };
  for (const loss of [sigmoidCrossEntropy(), squaredError()]) {
    const job = {
      model: chain(dense(6), relu(), dense(1)),
      loss,
      optimizer: adam({ rate: 0.05 }),
      train: yes,
      epochs: 10,
    };
    const members = [(await fit({ ...job, seed: 1 })).trained, (await fit({ ...job, seed: 2 })).trained];
    const [a, b] = await Promise.all(members.map(async (one) => list((await predict(one, yes.inputs)).answers)));
    const both = list((await predict(ensembleOf(members), yes.inputs)).answers);
    for (const [i, x] of both.entries()) expect(x).toBeCloseTo(((a?.[i] ?? 0) + (b?.[i] ?? 0)) / 2, 4);
    expect(() => ensembleOf([...members, { ...members[0], shape: [7] } as Trained])).toThrow(
      expect.objectContaining({ code: "ensemble/members" }),
    );
  }
  expect(() => ensembleOf([])).toThrow(expect.objectContaining({ code: "ensemble/members" }));
});

test("E7 an ensemble is a model like any other: as data it comes back, and learns on", async () => {
  const whole = ensembleOf([await learn(7), await learn(8)]);
  const again = { ...whole, model: layerFrom(JSON.parse(JSON.stringify(toJson(whole.model)))) };
  const { inputs } = digits.dev;
  expect(list((await predict(again, inputs)).answers)).toEqual(list((await predict(whole, inputs)).answers));
  expect(
    (await fit({ model: whole.model, loss: whole.loss, optimizer: adam(), train: few(50, 1), epochs: 1 })).reason,
  ).toBe("epochs");
});

test("E7 the best of some runs by dev error, and the mean of weights of one structure", async () => {
  const run = (error: number, cost: number) => ({ dev: { error, cost, mistake: error, rows: 10 } });
  const runs = [run(0.2, 1), run(0.1, 2), run(0.1, 1), run(0.3, 0)];
  expect(bestOf(runs, 2)).toEqual([runs[2], runs[1]]);
  const [one, two] = [await learn(1), await learn(1, 150)];
  const mean = averageOf([one, two]);
  const [a, b, c] = [one, two, mean].map(({ weights }) => list(weights.get("dense2.weights")));
  for (const [i, w] of (c ?? []).entries()) expect(w).toBeCloseTo(((a?.[i] ?? 0) + (b?.[i] ?? 0)) / 2, 5);
  expect(() => averageOf([one, { ...one, model: chain(dense(3)) }])).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("ensembleOf") }),
  );
});

/** Digits of which every fifth has a wrong label: there is something to be of several minds about. */
function mislabelled(seed: number): Examples {
  const some = few(400, seed);
  for (let i = 0; i < some.rows; i += 5) some.targets.data[i] = ((some.targets.data[i] ?? 0) + 1 + (i % 9)) % 10;
  return some;
}

test("E9 snapshots of one training: five models whose ensemble errs less than the last, in the mean of five seeds", async () => {
  let [together, last] = [0, 0];
  for (let seed = 1; seed <= 5; seed++) {
    const model = chain(dense(32), relu(), dense(10));
    const job = { model, loss: softmaxCrossEntropy(), optimizer: adam({ rate: 0.05 }), batch: 16, epochs: 25, seed };
    const { snapshots, run } = await fitSnapshots({ ...job, train: mislabelled(seed), dev: digits.dev });
    expect(snapshots).toHaveLength(5);
    expect(run.steps).toBe(25 * 25);
    const gain = await ensembleGain(snapshots, digits.dev);
    together += gain.ensemble.error / 5;
    last += (gain.members.at(-1)?.error ?? 1) / 5;
  }
  expect(together).toBeLessThan(0.95 * last); // .13 and .16
  const odd = fitSnapshots({ ...smallJob(), epochs: 7 }, { cycles: 2 });
  await expect(odd).rejects.toMatchObject({ code: "train/cycles", hint: "take 8 epochs" });
});

test("E9 snapshots are different models, each with the rate at its lowest", async () => {
  const { schedule, patience, ...job } = smallJob();
  const { snapshots, run } = await fitSnapshots({ ...job, epochs: 6 }, { cycles: 3 });
  const weights = snapshots.map((one) => String(list(one.weights.get("dense1.weights"))));
  expect(new Set(weights).size).toBe(3);
  const rates = run.history.map(({ rate }) => rate);
  expect(rates.filter((rate) => rate < 0.001)).toHaveLength(3);
});
