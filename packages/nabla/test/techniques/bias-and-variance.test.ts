import { describe, expect, test } from "vitest";
import { fork, seedKey } from "../../src/base/random.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { examine } from "../../src/diagnose/evidence.ts";
import { improve } from "../../src/diagnose/improve.ts";
import { applyPatch } from "../../src/diagnose/job-patch.ts";
import { recipe } from "../../src/diagnose/recipe.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { adam } from "../../src/optim/adam.ts";
import { crossing, halves, mislabelled } from "../../src/testing/pathologies/grounds.ts";
import { planted } from "../../src/testing/pathologies/pathology.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import { evaluate } from "../../src/train/trained.ts";
import { readDigits } from "../train/digits.ts";

const linear = (): Job => planted(1, { model: chain(dense(2)) }).job;

/** A wide network and eighteen inputs that say nothing. */
const overfitted = (): Job =>
  planted(
    1,
    { model: chain(dense(256), relu(), dense(2)), epochs: 60 },
    (rows, seed) => crossing({ rows, seed, features: 20 }),
    { train: 500 },
  ).job;

describe("what the two faults look like", () => {
  test("B1 a linear model on exclusive or has high bias", async () => {
    const found = diagnose(await fit(linear()));
    expect(found).toMatchObject({ verdict: "high bias", bias: "high", variance: "low" });
  });

  test("B1 a wide network on 60 noisy rows has high variance", async () => {
    const rows = (count: number, seed: number) => {
      const clean = halves({ rows: count, seed, features: 10 }, 0.3);
      return mislabelled(clean, 0.2, 2, fork(seedKey(seed), "labels"));
    };
    const { dev: _, ...job } = planted(1, { model: chain(dense(256), relu(), dense(2)), epochs: 100 }).job;
    const run = await fit({ ...job, train: rows(60, 1) });
    const dev = await evaluate(run.trained, rows(1000, 2));
    const found = diagnose({ train: run.train.error, dev: dev.error, trainRows: 60, devRows: 1000 });
    expect(found).toMatchObject({ verdict: "high variance", bias: "low" });
  });
});

describe("the recipe", () => {
  test("B8 against high bias exactly four actions, each a change that a job can take, and acting solves it", async () => {
    const actions = recipe(diagnose({ train: 0.15, dev: 0.14 }));
    expect(actions.map(({ code }) => code)).toEqual(["bias/bigger", "bias/longer", "bias/optimizer", "bias/model"]);
    for (const action of actions) {
      expect(JSON.parse(JSON.stringify(action))).toEqual(action);
      const changed = applyPatch(linear(), action.try);
      expect({ ...changed }).not.toEqual(linear());
    }
    const found = await improve(linear(), { trials: 4 });
    expect(found.first.run.train.error).toBeGreaterThan(0.3);
    expect(found.run.train.error).toBeLessThan(0.05);
  });

  test("B9 against high variance exactly three actions, and acting lowers the dev error", async () => {
    const actions = recipe(diagnose({ train: 0.01, dev: 0.11 }));
    expect(actions.map(({ code }) => code)).toEqual(["variance/data", "variance/regularize", "variance/model"]);
    for (const action of actions) expect(() => applyPatch(overfitted(), action.try)).not.toThrow();
    const found = await improve(overfitted(), { trials: 4 });
    expect(found.first.diagnosis.variance).toBe("high");
    expect(found.run.dev?.error).toBeLessThan(0.5 * (found.first.run.dev?.error ?? 0));
  });

  test("curves and probes decide what comes first", async () => {
    const first = async (job: Job): Promise<string | undefined> => {
      const evidence = await examine(job, await fit(job));
      return recipe(evidence.diagnosis, evidence)[0]?.code;
    };
    expect(await first({ ...linear(), model: chain(dense(32), relu(), dense(2)), epochs: 2 })).toBe("bias/longer");
    expect(await first({ ...overfitted(), optimizer: adam({ rate: 1e-6 }) })).toBe("rate/low");
    expect(await first({ ...overfitted(), penalty: l2(2) })).toBe("penalty/less");
  });
});

describe("B10", () => {
  test("B10 bias first, then variance, each step with its reason; changes within the noise are taken back", async () => {
    const job: Job = { ...overfitted(), model: chain(dense(2)), epochs: 40 };
    const found = await improve(job, { trials: 12 });
    const kept = found.steps.filter((step) => step.kept).map(({ action }) => action.code);
    expect(found.first.diagnosis.bias).toBe("high");
    expect(kept[0]).toMatch(/^bias\//);
    expect(kept.findLastIndex((code) => code.startsWith("bias/"))).toBeLessThan(
      kept.findIndex((code) => code.startsWith("variance/")),
    );
    expect(found.run.dev?.error).toBeLessThan(0.3 * (found.first.run.dev?.error ?? 0));
    for (const { summary, kept: helped, effect } of found.steps) {
      expect(summary).toMatch(/ % .*; tried .*(kept|taken back)/);
      if (!helped) expect(effect?.dev.interval.from).toBeLessThanOrEqual(0);
    }
    expect(found.patches).toHaveLength(kept.length);
  });

  test("B10 the time limit is hard: the training that runs into it ends after one more batch", async () => {
    let now = 0;
    // every look at the clock is a second, and a training looks at it once a batch
    const clock = (): number => {
      now += 1;
      return now;
    };
    // labels that nothing tells: no change makes it good
    const lottery = (rows: number, seed: number) =>
      mislabelled(crossing({ rows, seed }), 1, 2, fork(seedKey(seed), "labels"));
    const job = planted(1, { model: chain(dense(2)), epochs: 1000 }, lottery).job;
    const found = await improve(job, { time: 500, clock, trials: 1000 });
    expect(found.ended).toBe("time");
    expect(found.first.run.reason).toBe("time");
    expect(now).toBeGreaterThan(450);
    expect(now).toBeLessThan(520);
    await expect(improve(linear(), { time: 1 })).rejects.toMatchObject({ code: "train/clock" });
    await expect(improve(linear(), { human: 1 })).rejects.toMatchObject({ code: "options/range" });
  });
});

test("B12 a network eight times as wide does no harm on digits when it is regularised", {
  timeout: 60_000,
}, async () => {
  const { train, dev } = readDigits(7);
  const error = async (units: number, seed: number): Promise<number> => {
    const job: Job = {
      model: chain(dense(units), relu(), dense(10)),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.003 }),
      penalty: l2(1e-3),
      train,
      dev,
      batch: 64,
      epochs: 25,
      seed,
    };
    return (await fit(job)).dev?.error ?? 1;
  };
  const mean = async (units: number): Promise<number> => ((await error(units, 1)) + (await error(units, 2))) / 2;
  const [narrow, wide] = [await mean(32), await mean(256)];
  const noise = Math.sqrt((narrow * (1 - narrow)) / dev.rows);
  expect(wide - narrow).toBeLessThan(noise);
});
