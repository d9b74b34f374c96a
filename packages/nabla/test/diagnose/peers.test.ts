import { expect, test } from "vitest";
import { fork, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { examine } from "../../src/diagnose/evidence.ts";
import { applyPatch } from "../../src/diagnose/job-patch.ts";
import { recipe } from "../../src/diagnose/recipe.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { adam, adamW } from "../../src/optim/adam.ts";
import { cosine } from "../../src/optim/schedule.ts";
import { halves, mislabelled, wheel } from "../../src/testing/pathologies/grounds.ts";
import { type Planted, planted } from "../../src/testing/pathologies/pathology.ts";
import { fit } from "../../src/train/fit.ts";

/** Labels of which a share is drawn anew: half of that share is the lowest error of two classes. */
const redrawn =
  (of: (rows: number, seed: number) => Examples, share: number) =>
  (rows: number, seed: number): Examples =>
    mislabelled(of(rows, seed), share, 2, fork(seedKey(seed), "labels"));

const line = (rows: number, seed: number): Examples => halves({ rows, seed, features: 4 }, 0.4);
const model = chain(dense(16), relu(), dense(2));
const patience = { patience: 10, epochs: 60, schedule: cosine() };

async function firstOf({ job }: Planted) {
  const evidence = await examine(job, await fit(job));
  const [first] = recipe(evidence.diagnosis, evidence);
  return { evidence, first };
}

test.each([
  0.3, 0.5,
])("where a share of %f of the labels is noise and the network is as good as can be, the floor is named", async (share) => {
  const { evidence, first } = await firstOf(
    planted(2, { model, ...patience }, redrawn(line, share), { train: 1500, dev: 1000 }),
  );
  expect(evidence.diagnosis.verdict).toBe("noise floor");
  expect(evidence.diagnosis.summary).toMatch(/^Probably at the noise floor.*train error/);
  expect(evidence.diagnosis.errors.dev).toBeGreaterThan(0.7 * (share / 2));
  expect(first).toMatchObject({ code: "floor/noise", try: {} });
  expect(first?.because).toMatch(/a linear model \(\S+%\), nearest neighbors \(\S+%\) and a network of 4 times/);
  expect(first?.description).toContain("human");
  expect(evidence.peers?.noise?.least).toBeLessThan(share / 2 + 0.05);
});

test("a network that is too small is not at the floor: neighbors and a bigger one do better", async () => {
  const { evidence, first } = await firstOf(
    planted(1, { model: chain(dense(1), relu(), dense(8)), epochs: 60 }, (rows, seed) => wheel({ rows, seed }, 8)),
  );
  expect([evidence.diagnosis.verdict, first?.code]).toEqual(["high bias", "bias/bigger"]);
  expect(evidence.peers?.others.find(({ kind }) => kind === "neighbors")?.effect.interval.from).toBeGreaterThan(0.2);
});

test("where a linear model is surely better it comes first, and carrying it out helps; noise on the inputs never does so first", async () => {
  const wide = { model: chain(dense(64), relu(), dense(64), relu(), dense(2)), epochs: 150 };
  const made = planted(
    3,
    wide,
    redrawn((rows, seed) => halves({ rows, seed, features: 20 }, 0.4), 0.4),
    {
      train: 150,
      dev: 3000,
    },
  );
  const { evidence, first } = await firstOf(made);
  expect(evidence.diagnosis.variance).toBe("high");
  expect(first).toMatchObject({
    code: "variance/simpler",
    because: expect.stringContaining("a linear model errs on dev"),
  });
  const after = await fit(applyPatch(made.job, first?.try ?? {}));
  expect(after.dev?.error).toBeLessThan((evidence.diagnosis.errors.dev ?? 0) - 0.01);
  const codes = recipe(evidence.diagnosis, evidence).map(({ code }) => code);
  expect(codes.indexOf("variance/augment")).toBeGreaterThan(codes.indexOf("variance/regularize"));
});

test("where a cause shows in the training, no other model is trained", async () => {
  const { evidence, first } = await firstOf(
    planted(1, { model, optimizer: adam({ rate: 3e-5 }), ...patience }, redrawn(line, 0.3)),
  );
  expect(first?.code).toBe("rate/low");
  expect(first?.because).toMatch(/in \d+ steps the weights moved by \S+% of their length/);
  expect(evidence).not.toHaveProperty("peers");
});

test("a limit on the time is kept: a model that does not fit into it is no evidence", async () => {
  const { job } = planted(2, { model, ...patience }, redrawn(line, 0.5), { train: 600, dev: 400 });
  let now = 0;
  const clock = (): number => now++;
  const evidence = await examine(job, await fit(job), { peers: { seconds: 3, clock } });
  expect(evidence.peers?.others.map(({ kind }) => kind)).toEqual(["neighbors"]);
  expect(evidence.diagnosis.verdict).toBe("high bias");
});

test.each([
  [0.5, false],
  [5, true],
])("weight decay of %f within the optimizer is a strong penalty: %s", async (decay, isStrong) => {
  const { evidence } = await firstOf(
    planted(1, { model, optimizer: adamW({ rate: 0.003, decay }), epochs: 3 }, redrawn(line, 0.5)),
  );
  const found = recipe(evidence.diagnosis, evidence).find(({ code }) => code === "penalty/less");
  expect(found?.try).toEqual(isStrong ? { optimizer: expect.objectContaining({ decay: 0, rate: 0.003 }) } : undefined);
});

test("a stronger penalty that was tried and is surely worse is not advised, and one that seems worse is not the first", async () => {
  const wide = { model: chain(dense(64), relu(), dense(64), relu(), dense(2)), epochs: 100 };
  const made = planted(3, wide, redrawn(line, 0.4), { train: 300, dev: 300 });
  const evidence = await examine(made.job, await fit(made.job));
  const { peers } = evidence;
  expect(peers?.penalized?.effect.interval.from).toBeLessThanOrEqual(peers?.penalized?.effect.gain ?? Number.NaN);
  const codesAt = (gain: number): readonly string[] => {
    const effect = { gain, interval: { from: gain - 0.05, to: gain + 0.05 } };
    const tried = peers === undefined ? {} : { peers: { ...peers, others: [], penalized: { error: 0.5, effect } } };
    return recipe({ ...evidence.diagnosis, bias: "low" }, { ...evidence, ...tried })
      .map(({ code }) => code)
      .filter((code) => code === "variance/regularize" || code === "variance/data");
  };
  expect(codesAt(0.1)).toEqual(["variance/regularize", "variance/data"]);
  expect(codesAt(-0.01)).toEqual(["variance/data", "variance/regularize"]);
  expect(codesAt(-0.1)).toEqual(["variance/data"]);
});
