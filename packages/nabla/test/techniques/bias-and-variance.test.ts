import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { examine } from "../../src/diagnose/evidence.ts";
import { improve } from "../../src/diagnose/improve.ts";
import { applyPatch } from "../../src/diagnose/job-patch.ts";
import { recipe } from "../../src/diagnose/recipe.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { cosine } from "../../src/optim/schedule.ts";
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
  test("B10 bias first, then variance, each step with its reason; changes within the noise are rejected", async () => {
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
      expect(summary).toMatch(/% .*; tried: .*(accepted|rejected)/);
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

/** Digits of which a third have a wrong label, as ten numbers to learn each: there is something to learn by heart. */
function noisyDigits(seed: number): { readonly train: Examples; readonly dev: Examples } {
  const { train, dev } = readDigits(1);
  const asNumbers = (examples: Examples): Examples => ({
    ...examples,
    targets: ndarray(
      Float32Array.from({ length: 10 * examples.rows }, (_, i) =>
        Number(examples.targets.data[Math.floor(i / 10)] === i % 10),
      ),
      [examples.rows, 10],
    ),
  });
  const few = takeExamples(
    train,
    Uint32Array.from({ length: 200 }, (_, i) => (i * 7 + seed * 53) % train.rows),
  );
  for (let i = 0; i < few.rows; i += 3) few.targets.data[i] = ((few.targets.data[i] ?? Number.NaN) + 1 + (i % 9)) % 10;
  return { train: asNumbers(few), dev: asNumbers(dev) };
}

test("B12 a network eight times as wide errs more on digits with noise, and not when L2 regularizes both", async () => {
  const rises = async (strength: number): Promise<readonly number[]> => {
    const all: number[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      const { train, dev } = noisyDigits(seed);
      const error = async (units: number): Promise<number> => {
        const model = chain(dense(units), relu(), dense(10));
        const job = { model, loss: squaredError(), optimizer: adam({ rate: 0.005 }), schedule: cosine(), train };
        const { trained } = await fit({ ...job, penalty: l2(strength), batch: 50, epochs: 300, seed });
        return (await evaluate(trained, dev)).error;
      };
      all.push((await error(128)) - (await error(16)));
    }
    return all;
  };
  const judged = (all: readonly number[]) => {
    const mean = all.reduce((sum, x) => sum + x / all.length, 0);
    const variance = all.reduce((sum, x) => sum + (x - mean) ** 2 / (all.length - 1), 0);
    return { mean, noise: Math.sqrt(variance / all.length) };
  };
  const [bare, regularized] = [judged(await rises(0)), judged(await rises(0.001))];
  expect(bare.mean).toBeGreaterThan(2 * bare.noise);
  expect(bare.mean).toBeGreaterThan(0.05);
  expect(regularized.mean).toBeLessThan(regularized.noise);
});
