import { describe, expect, test } from "vitest";
import { digitsStudy } from "../../../../scripts/tuning/digits.ts";
import { type Domain, integer, logInteger, logUniform, oneMinusLog, uniform } from "../../src/base/domain.ts";
import { fork, seedKey, uniform53 } from "../../src/base/random.ts";
import { advise } from "../../src/tune/advise.ts";
import { defaultSpace, hyperparameters } from "../../src/tune/default-space.ts";
import { importance } from "../../src/tune/importance.ts";
import { pruners } from "../../src/tune/pruners.ts";
import type { Sampler } from "../../src/tune/sampler.ts";
import { coarseToFine } from "../../src/tune/samplers/coarse-to-fine.ts";
import { grid } from "../../src/tune/samplers/grid.ts";
import { random } from "../../src/tune/samplers/random.ts";
import { samplerFrom, samplers } from "../../src/tune/samplers.ts";
import { axesOf } from "../../src/tune/space.ts";
import { study } from "../../src/tune/study.ts";

const DRAWS = 1_000_000;

/** Many draws of a domain from one seed. */
function drawn(domain: Domain<number>, count = DRAWS): Float64Array {
  return uniform53(fork(seedKey(1), domain.kind), count).map((unit) => domain.at(unit));
}

/** The share of numbers from `from` up to `to`. */
function share(numbers: Float64Array, from: number, to: number): number {
  return numbers.reduce((count, x) => count + (x >= from && x < to ? 1 : 0), 0) / numbers.length;
}

/** How far the distribution of numbers is from an even one on [0, 1] at most (Kolmogorov and Smirnov). */
function distance(numbers: Float64Array): number {
  return numbers.toSorted().reduce((most, x, i, { length }) => Math.max(most, Math.abs(x - (i + 0.5) / length)), 0);
}

const DECADES = [1e-4, 1e-3, 1e-2, 0.1, 1];

describe("P1 P2 P3 a rate is drawn by its exponent to base 10", () => {
  const rate = logUniform(1e-4, 1);
  const rates = drawn(rate);

  test("each decade has a quarter of the draws, and exponents are even", () => {
    for (const [i, from] of DECADES.slice(0, -1).entries())
      expect(Math.abs(share(rates, from, DECADES[i + 1] ?? 1) - 0.25)).toBeLessThan(0.002);
    expect(distance(rates.map((x) => (Math.log10(x) + 4) / 4))).toBeLessThan(0.005);
    expect(share(rates, 1e-4, 1)).toBe(1);
  });

  test("the logarithm that is meant has base 10: 0.0001 is 10^-4, not e^-4", () => {
    expect(rate.at(0)).toBe(1e-4);
    expect(rate.at(0.25)).toBeCloseTo(1e-3, 12);
    expect(rate.unitOf(0.01)).toBeCloseTo(0.5, 12);
    // by the natural logarithm, as the notes' "log" reads in most libraries, 10^r would begin far below
    const literal = 10 ** Math.log(1e-4);
    expect(literal).toBeLessThan(1e-9);
    expect(rate.contains(literal)).toBe(false);
  });

  test("the notes' r = (aLog - bLog)·u + bLog gives the same values, turned round, from (-4, 0]", () => {
    const [a, b] = [Math.log10(1e-4), Math.log10(1)];
    const notes = uniform53(fork(seedKey(1), rate.kind), 1000).map((u) => 10 ** ((a - b) * u + b));
    const turned = uniform53(fork(seedKey(1), rate.kind), 1000).map((u) => rate.at(1 - u));
    for (const [i, x] of notes.entries()) expect(x / (turned[i] ?? 0)).toBeCloseTo(1, 9);
    expect(10 ** ((a - b) * 0 + b)).toBe(rate.at(1));
  });

  test("drawn evenly, a tenth would lie below 0.1, and almost nothing in the first two decades", () => {
    const even = drawn(uniform(1e-4, 1));
    expect(Math.abs(share(even, 0, 0.1) - 0.1)).toBeLessThan(0.002);
    expect(share(even, 1e-4, 1e-2)).toBeLessThan(0.011);
    expect(distance(even.map((x) => (Math.log10(x) + 4) / 4))).toBeGreaterThan(0.5);
  });
});

describe("P4 a beta is drawn by the exponent of 1 - beta", () => {
  const betas = drawn(oneMinusLog(0.9, 0.999));

  test("all lie in [0.9, 0.999], half of them in [0.99, 0.999]", () => {
    expect(share(betas, 0.9, 0.999 + 1e-15)).toBe(1);
    expect(Math.abs(share(betas, 0.99, 1) - 0.5)).toBeLessThan(0.002);
    expect(distance(betas.map((beta) => (Math.log10(1 - beta) + 1) / -2))).toBeLessThan(0.005);
  });

  test("taken literally, `value - 1` leaves the range, and drawing betas evenly gives a tenth", () => {
    const values = Array.from(drawn(logUniform(0.001, 0.1), 1000));
    const range = oneMinusLog(0.9 - 1e-12, 0.999 + 1e-12);
    expect(values.filter((value) => range.contains(value - 1))).toEqual([]);
    expect(values.filter((value) => !range.contains(1 - value))).toEqual([]);
    expect(share(drawn(uniform(0.9, 0.999)), 0.99, 1)).toBeLessThan(0.1);
  });
});

describe("P5 whole numbers, both ends included", () => {
  test("evenly: each as often", () => {
    const layers = drawn(integer(2, 5), 400_000);
    expect(new Set(layers)).toEqual(new Set([2, 3, 4, 5]));
    for (const n of [2, 3, 4, 5]) expect(Math.abs(share(layers, n, n + 1) - 0.25)).toBeLessThan(0.004);
  });

  test("by the exponent: 8 to 15 as often as 64 to 127", () => {
    const units = drawn(logInteger(8, 127), 400_000);
    expect([Math.min(...units.subarray(0, 100_000)), Math.max(...units.subarray(0, 100_000))]).toEqual([8, 127]);
    expect(Math.abs(share(units, 8, 16) - share(units, 64, 128))).toBeLessThan(0.006);
  });

  test("rounding an even draw, as one is tempted to, gives the ends half as often", () => {
    const rounded = drawn(uniform(2, 5), 400_000).map(Math.round);
    expect(share(rounded, 2, 3)).toBeLessThan(0.17);
  });
});

describe("O3 settings at random instead of on a grid", () => {
  const space = { important: uniform(0, 1), other: uniform(0, 1) };
  const values = async (sampler: Sampler, seed: number) => {
    const { trials } = await study({ space, sampler, seed }).run(25, () => 1);
    return trials.map((trial) => trial.values as { important: number; other: number });
  };

  test("25 trials show 25 values of each axis, a grid 5", async () => {
    for (const [sampler, count] of [
      [random(), 25],
      [grid(), 5],
    ] as const) {
      const found = await values(sampler, 1);
      expect(new Set(found.map(({ important }) => important)).size).toBe(count);
      expect(new Set(found.map(({ other }) => other)).size).toBe(count);
    }
  });

  test("where one of two axes matters, random comes nearer to its optimum", async () => {
    let won = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const optimum = uniform53(fork(seedKey(seed), "optimum"), 1)[0] ?? 0;
      const miss = async (sampler: Sampler): Promise<number> =>
        Math.min(...(await values(sampler, seed)).map(({ important }) => Math.abs(important - optimum)));
      if ((await miss(random())) < (await miss(grid()))) won++;
    }
    expect(won).toBeGreaterThanOrEqual(38); // by chance 33 of 50 would come once in a hundred
  });
});

describe("O4 coarse to fine", () => {
  /** A bowl of two or three axes with its bottom anywhere, and a little unevenness. */
  const bowl = (seed: number) => {
    const axes = 2 + (seed % 2);
    const [bottom, slopes] = ["bottom", "slopes"].map((name) => uniform53(fork(seedKey(seed), name), axes));
    const space = Object.fromEntries(Array.from({ length: axes }, (_, i) => [`x${i}`, uniform(0, 1)]));
    const costOf = (at: { readonly [name: string]: number }): number =>
      Array.from({ length: axes }, (_, i) => {
        const off = (at[`x${i}`] ?? 0) - (bottom?.[i] ?? 0);
        return (0.2 + 4 * (slopes?.[i] ?? 0)) * off * off + 0.01 * Math.sin(20 * off);
      }).reduce((sum, part) => sum + part, 0);
    return { space, costOf };
  };
  const twoStages = (trials: number) => coarseToFine({ stage: trials / 2, shrink: 0.4, explore: 0 });

  test("the second box lies inside the first and contains the best point", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { space, costOf } = bowl(seed);
      const one = study({ space, sampler: twoStages(48), seed });
      const { best } = await one.run(24, ({ values }) => costOf(values));
      const { boxes } = one.shown();
      expect(boxes).toHaveLength(2);
      expect(Object.keys(boxes[1]?.sides ?? {})).toEqual(Object.keys(space));
      for (const [path, side] of Object.entries(boxes[1]?.sides ?? {})) {
        expect(side.to - side.from).toBeCloseTo(0.4, 9);
        expect(side.from).toBeGreaterThanOrEqual(0);
        expect(side.to).toBeLessThanOrEqual(1);
        expect(best?.units[path]).toBeGreaterThanOrEqual(side.from);
        expect(best?.units[path]).toBeLessThanOrEqual(side.to);
      }
      await one.run(48, ({ values }) => costOf(values));
      const inside = one.trials
        .slice(24)
        .every(({ units }) =>
          Object.entries(boxes[1]?.sides ?? {}).every(
            ([path, { from, to }]) => (units[path] ?? -1) >= from - 1e-9 && (units[path] ?? 2) <= to + 1e-9,
          ),
        );
      expect(inside).toBe(true);
    }
  });

  test("two stages beat one at equal budget on at least 70% of 50 functions", async () => {
    let won = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const { space, costOf } = bowl(seed);
      const least = async (sampler: Sampler): Promise<number> =>
        (await study({ space, sampler, seed }).run(48, ({ values }) => costOf(values))).best?.value ?? 0;
      if ((await least(twoStages(48))) < (await least(random()))) won++;
    }
    expect(won).toBeGreaterThanOrEqual(35);
  });

  test("where the best trial lies at a box's edge, the box is widened beyond it, with a notice", async () => {
    const one = study({ space: { rate: logUniform(1e-5, 1) }, sampler: coarseToFine({ explore: 0 }) });
    let optimum = -3;
    await one.run(24, ({ values }) => Math.abs(Math.log10(values.rate) - optimum));
    const before = one.shown();
    expect(before.notices).toEqual([]);
    optimum = -1.5; // outside the box that the search has come to
    await one.run(64, ({ values }) => Math.abs(Math.log10(values.rate) - optimum) - 5);
    const { boxes, notices } = one.shown();
    const [last, late] = [before.boxes.at(-1)?.sides.rate, boxes.at(-1)?.sides.rate];
    expect(late?.to).toBeGreaterThan(last?.to ?? 1);
    expect(notices.join("\n")).toMatch(
      /rate: the best trial lies at the edge of the box .* to .*, which is widened to/,
    );
    expect(one.trials).toHaveLength(64);
  });

  test("where it lies at the end of the range itself, the notice says so", async () => {
    const one = study({ space: { rate: logUniform(1e-4, 0.01) }, sampler: coarseToFine() });
    await one.run(40, ({ values }) => Math.abs(Math.log10(values.rate) + 1));
    expect(one.shown().notices).toContain(
      "rate: the best trial lies at the upper end 0.01 of its range: widen the range",
    );
  });
});

test("O5 the search is automated: samplers and pruners by name", () => {
  expect(Object.keys(samplers)).toEqual(["random", "grid", "sobol", "coarseToFine", "tpe", "gp", "cmaEs"]);
  expect(Object.keys(pruners)).toEqual(["none", "median", "asha", "hyperband"]);
  for (const kind of Object.keys(samplers)) expect(samplerFrom(kind).kind).toBe(kind);
});

describe("Q3 panda or caviar by the resources", () => {
  test("many cores and a short training: caviar", () => {
    const { way, workers, trials, reasons } = advise({ cores: 8, secondsPerEpoch: 2, epochs: 30, time: 3600 });
    expect({ way, workers, trials }).toEqual({ way: "caviar", workers: 8, trials: 480 });
    expect(reasons.join("\n")).toContain("a training takes 60 s, so 59 trials on 8 workers take 7.4 min");
  });

  test("a training of days: panda", () => {
    const { way, workers, reasons } = advise({ cores: 4, secondsPerEpoch: 3600, epochs: 50 });
    expect({ way, workers }).toEqual({ way: "panda", workers: 1 });
    expect(reasons.join("\n")).toMatch(/enough for 0 trials.*watch one run/s);
  });

  test("between the two: caviar with pruning", () => {
    const { way, trials, reasons } = advise({ cores: 4, secondsPerEpoch: 60, epochs: 60 });
    expect({ way, trials }).toEqual({ way: "caviar", trials: 40 });
    expect(reasons.join("\n")).toContain("asha()");
  });

  test("memory bounds the workers", () => {
    const much = { cores: 16, secondsPerEpoch: 10, epochs: 10, memory: 8e9 };
    expect(advise({ ...much, memoryPerTraining: 3e9 })).toMatchObject({ way: "caviar", workers: 2 });
    expect(advise(much).workers).toBe(16);
    expect(() => advise({ ...much, cores: 0 })).toThrow(/cores must be a whole number not below 1, received 0/);
  });
});

describe("O1 what matters most, measured", () => {
  test("on the digits network, importance ranks the learning rate first of the notes' nine", async () => {
    for (const count of [500, 1500]) {
      const { axes } = importance(await digitsStudy(count));
      const found = hyperparameters.map(({ name, paths }) => {
        const share = axes.filter(({ path }) => paths.includes(path)).reduce((sum, one) => sum + one.share, 0);
        return { name, share };
      });
      const [first, second] = found.toSorted((a, b) => b.share - a.share);
      expect(first?.name).toBe("learning rate");
      expect(first?.share).toBeGreaterThan(1.5 * (second?.share ?? 1));
      expect(axes[0]?.path).toBe("rate");
    }
  });

  test("M7 the default space searches the notes' nine, in their order: decay comes after what matters more", () => {
    expect(hyperparameters.map(({ name }) => name)).toEqual([
      "learning rate",
      "batch size",
      "hidden units",
      "momentum",
      "hidden layers",
      "learning-rate decay",
      "Adam's betas",
      "λ of the penalty",
      "activation",
    ]);
    const paths = axesOf(defaultSpace()).map(({ path }) => path);
    for (const { paths: own } of hyperparameters) for (const path of own) expect(paths).toContain(path);
    expect(Object.keys(defaultSpace())).toEqual([
      "rate",
      "batch",
      "units",
      "optimizer",
      "layers",
      "schedule",
      "penalty",
      "activation",
    ]);
    expect(defaultSpace({ rows: 1078 }).batch.options).toEqual({ values: [16, 32, 64, 128] });
    expect(defaultSpace({ rows: 20 }).batch.options).toEqual({ values: [16] });
    expect(defaultSpace({ rows: 1e6 }).batch.options).toEqual({ values: [64, 128, 256, 512, 1024] });
  });
});

test("O2 the order depends on the problem, and importance says how sure it is", async () => {
  const { axes } = importance(await digitsStudy(500));
  const of = (path: string) => axes.find((axis) => axis.path === path)?.interval ?? { from: 0, to: 1 };
  expect(of("rate").from).toBeGreaterThan(of("activation").to);
  expect(of("rate").from).toBeGreaterThan(of("penalty").to);
  // on the digits batch size, second in the notes, cannot be told from units, third
  expect(of("batch").to).toBeGreaterThan(of("units").from);
  const other = study({ space: defaultSpace(), seed: 4 });
  await other.run(
    200,
    ({ values }) => Math.abs(Math.log10(values.penalty) + 3) + 0.3 * Math.abs(Math.log10(values.rate) + 2),
  );
  expect(importance(other).axes[0]?.path).toBe("penalty");
});
