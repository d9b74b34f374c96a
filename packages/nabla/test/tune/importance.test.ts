import { describe, expect, test } from "vitest";
import { choice, integer, logUniform, uniform } from "../../src/base/domain.ts";
import { NablaError } from "../../src/base/error.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { contour, history, parallelCoordinates, slices } from "../../src/tune/charts.ts";
import { importance } from "../../src/tune/importance.ts";
import { branch } from "../../src/tune/space.ts";
import { study } from "../../src/tune/study.ts";

const square = { a: uniform(0, 1), b: uniform(0, 1), c: uniform(0, 1), d: uniform(0, 1) };

/** A study of costs 4a + 2b + noise, with a failure here and there. */
async function studied(count: number, goal: "minimize" | "maximize" = "minimize") {
  const one = study({ space: square, seed: 3, goal });
  const sign = goal === "minimize" ? 1 : -1;
  await one.run(count, ({ values, number }) => {
    if (number % 40 === 39) throw new Error("out of luck");
    return sign * (4 * values.a + 2 * values.b + 0.2 * (normal(fork(seedKey(1), `${number}`), 1)[0] ?? 0));
  });
  return one;
}

describe("importance", () => {
  test("is the share of the variance that an axis explains: 16/20 and 4/20 of 4a + 2b", async () => {
    const { axes, trials } = importance(await studied(300));
    expect(trials).toBe(300);
    expect(axes.map(({ path }) => path).slice(0, 2)).toEqual(["a", "b"]);
    const [a, b, ...rest] = axes;
    expect(a?.share).toBeGreaterThan(0.65);
    expect(a?.share).toBeLessThan(0.9);
    expect(b?.share).toBeGreaterThan(0.1);
    expect(b?.share).toBeLessThan(0.3);
    for (const { share, interval } of rest) {
      expect(share).toBeLessThan(0.02);
      expect(interval.from).toBeLessThan(0.01);
    }
    for (const { share, interval } of axes) {
      expect(interval.from).toBeLessThanOrEqual(share);
      expect(interval.to).toBeGreaterThanOrEqual(share);
    }
  });

  test("is surer after more trials, the same for the same seed, and the same for a goal turned round", async () => {
    const widthOf = async (count: number): Promise<number> => {
      const [first] = importance(await studied(count)).axes;
      return (first?.interval.to ?? 0) - (first?.interval.from ?? 0);
    };
    expect(await widthOf(300)).toBeLessThan(0.6 * (await widthOf(30)));
    const [one, again] = [await studied(60), await studied(60, "maximize")];
    expect(importance(again)).toEqual(importance(one));
    expect(importance(one, { seed: 2 })).not.toEqual(importance(one));
  });

  test("of choices and of axes under a branch", async () => {
    const space = {
      act: choice("relu", "tanh", "elu"),
      layers: integer(1, 4),
      optimizer: branch({ adam: { beta: uniform(0, 1) }, plain: {} }),
      idle: choice("only"),
    };
    const one = study({ space, seed: 5 });
    await one.run(300, ({ values }) => {
      const { optimizer } = values;
      return (values.act === "tanh" ? 0 : 1) + (optimizer.kind === "adam" ? optimizer.beta : 0.5);
    });
    const shares = Object.fromEntries(importance(one).axes.map(({ path, share }) => [path, share]));
    expect(shares.act).toBeGreaterThan(0.5);
    expect(shares["optimizer.adam.beta"]).toBeGreaterThan(0.05);
    expect(shares.layers).toBeLessThan(0.02);
    expect(shares.idle).toBe(0);
  });

  test("of an axis that only tells which branch was taken is nothing: the branch mattered", async () => {
    const beta = uniform(0, 1);
    const space = {
      optimizer: branch({ adam: { beta }, momentum: { keep: uniform(0, 1) }, plain: {} }),
      rate: uniform(0, 1),
    };
    const one = study({ space, seed: 7 });
    await one.run(150, ({ values }) => (values.optimizer.kind === "adam" ? 0 : 1) + 0.5 * values.rate);
    const [first, second, ...rest] = importance(one).axes;
    expect([first?.path, second?.path]).toEqual(["optimizer", "rate"]);
    for (const { share } of rest) expect(share).toBeLessThan(0.02);
  });

  test("where all trials are equal, nothing mattered", async () => {
    const one = study({ space: square });
    await one.run(20, () => 1);
    expect(importance(one).axes.every(({ share }) => share === 0)).toBe(true);
  });

  test("needs ten finished trials", async () => {
    const one = study({ space: square });
    await one.run(9, () => 1);
    expect(() => importance(one)).toThrow(NablaError);
    expect(() => importance(one)).toThrow(/10 finished trials, and there are 9/);
  });
});

describe("charts as data", () => {
  test("the history says how the best came about", async () => {
    const one = study({ space: { x: uniform(0, 1) }, goal: "maximize" });
    const gives = [3, 1, Number.NaN, 5, 4];
    await one.run(5, ({ number }) => gives[number]);
    expect(history(one)).toEqual([
      { number: 0, state: "done", value: 3, best: 3 },
      { number: 1, state: "done", value: 1, best: 3 },
      { number: 2, state: "failed", best: 3 },
      { number: 3, state: "done", value: 5, best: 5 },
      { number: 4, state: "done", value: 4, best: 5 },
    ]);
  });

  test("a slice follows what one hyperparameter does, whatever the goal", async () => {
    for (const goal of ["minimize", "maximize"] as const) {
      const found = slices(await studied(300, goal));
      expect(found.map(({ path }) => path)).toEqual(["a", "b", "c", "d"]);
      const [a, , c] = found;
      const rise = (slice = a) => (slice?.curve.at(-1)?.value ?? 0) - (slice?.curve[0]?.value ?? 0);
      expect(Math.abs(rise())).toBeGreaterThan(2.8);
      expect(Math.sign(rise())).toBe(goal === "minimize" ? 1 : -1);
      expect(Math.abs(rise(c))).toBeLessThan(0.3);
      expect(a?.curve.length).toBeGreaterThan(5);
      for (const { value, interval } of a?.curve ?? []) {
        expect(interval.from).toBeLessThanOrEqual(value);
        expect(interval.to).toBeGreaterThanOrEqual(value);
      }
      expect(a?.points).toHaveLength(293); // seven of them failed
    }
  });

  test("a contour of two: low where both are low", async () => {
    const one = await studied(300);
    const { values, at, points, paths } = contour(one, ["b", "a"]);
    expect(paths).toEqual(["b", "a"]);
    expect([values.length, values[0]?.length, at[0].length, at[1].length]).toEqual([32, 32, 32, 32]);
    const [low, high] = [values[0]?.[0] ?? 0, values[31]?.[31] ?? 0];
    expect(low).toBeLessThan(1.2);
    expect(high).toBeGreaterThan(4.5);
    expect((values[31]?.[0] ?? 0) - low).toBeLessThan((values[0]?.[31] ?? 0) - low);
    expect(points).toHaveLength(293);
    expect(() => contour(one, ["a", "momentum"])).toThrow(/no axis "momentum"/);
  });

  test("parallel coordinates leave out what is not active", async () => {
    const space = { rate: logUniform(0.01, 1), o: branch({ adam: { beta: uniform(0, 1) }, plain: {} }) };
    const one = study({ space });
    await one.run(12, () => 1);
    const { axes, lines } = parallelCoordinates(one);
    expect(axes).toEqual([
      { path: "rate", low: 0.01, high: 1 },
      { path: "o", low: "adam", high: "plain", values: ["adam", "plain"] },
      { path: "o.adam.beta", low: 0, high: 1 },
    ]);
    expect(new Set(lines.map(({ units }) => units[2] === null))).toEqual(new Set([true, false]));
    for (const { units } of lines) expect(units[2] === null).toBe((units[1] ?? 0) > 0.5);
    expect(JSON.parse(JSON.stringify(lines))).toEqual(lines);
  });
});
