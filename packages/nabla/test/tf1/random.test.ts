import { beforeEach, describe, expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as tf from "../../src/tf1/index.ts";

beforeEach(() => tf.resetDefaultGraph());

async function draw(tensor: tf.Tensor): Promise<readonly number[]> {
  await using session = tf.session();
  return [...((await session.run(tensor)) as NdArray).data];
}

function spread(values: readonly number[]): { mean: number; variance: number; most: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance, most: Math.max(...values.map(Math.abs)) };
}

describe("distributions", () => {
  const shape = [200, 200];

  test("normal draws", async () => {
    const { mean, variance } = spread(await draw(tf.randomNormal(shape, { mean: 3, stddev: 2, seed: 1 })));
    expect(mean).toBeCloseTo(3, 1);
    expect(variance / 4).toBeCloseTo(1, 1);
  });

  test("truncated normal draws lie within two deviations and have the variance that is left", async () => {
    const values = await draw(tf.truncatedNormal(shape, { seed: 1 }));
    const { mean, variance, most } = spread(values);
    expect(most).toBeLessThanOrEqual(2);
    expect(most).toBeGreaterThan(1.99);
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(0.8796256610342398 ** 2, 1);
    // the share within one deviation, of what lies within two
    const near = values.filter((x) => Math.abs(x) < 1).length / values.length;
    expect(near).toBeCloseTo(0.6826894921 / 0.9544997361, 2);
  });

  test("uniform draws of floats and of whole numbers", async () => {
    const values = await draw(tf.randomUniform(shape, { minval: -1, maxval: 3, seed: 1 }));
    expect([Math.min(...values) >= -1, Math.max(...values) < 3]).toEqual([true, true]);
    expect(spread(values).variance).toBeCloseTo(16 / 12, 1);
    const whole = await draw(tf.randomUniform(shape, { maxval: 3, dtype: tf.int32, seed: 1 }));
    expect([...new Set(whole)].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  test("float64 draws are float64", async () => {
    expect(tf.truncatedNormal([2], { dtype: tf.float64 }).dtype).toBe("float64");
    expect(spread(await draw(tf.randomNormal([50], { dtype: tf.float64, seed: 2 }))).variance).toBeGreaterThan(0.3);
  });
});

describe("seeds", () => {
  test("draws are new at every run and the same in every session", async () => {
    const dice = tf.randomUniform([8]);
    const runs = async () => {
      await using session = tf.session();
      return [await session.run(dice), await session.run(dice)];
    };
    const [first, second] = [await runs(), await runs()];
    expect(first).toEqual(second);
    expect(first[0]).not.toEqual(first[1]);
  });

  test("what else is run does not change a draw", async () => {
    const [dice, other] = [tf.randomUniform([4]), tf.randomUniform([4])];
    await using plain = tf.session();
    const expected = [await plain.run(dice), await plain.run(dice)];
    await using busy = tf.session();
    const received = [await busy.run(dice)];
    await busy.run(other);
    received.push((await busy.run([other, dice]))[1]);
    expect(received).toEqual(expected);
  });

  test("an op's own seed fixes it, the graph's seed all others", async () => {
    const twins = [tf.randomNormal([4], { seed: 5 }), tf.randomNormal([4], { seed: 5 })] as const;
    expect(await draw(twins[0])).toEqual(await draw(twins[1]));
    const withSeed = async (seed: number) => {
      tf.resetDefaultGraph();
      tf.setRandomSeed(seed);
      return draw(tf.randomNormal([4]));
    };
    expect(await withSeed(1)).toEqual(await withSeed(1));
    expect(await withSeed(1)).not.toEqual(await withSeed(2));
    expect(await draw(tf.randomNormal([4]))).not.toEqual(await draw(tf.randomNormal([4])));
  });

  test("dropout keeps a share, divides by it, and draws anew", async () => {
    const keep = tf.placeholder(tf.float32, [], { name: "keep" });
    const dropped = tf.nn.dropout(tf.ones([100, 100]), keep, { seed: 3 });
    await using session = tf.session();
    const one = (await session.run(dropped, [[keep, 0.8]])) as NdArray;
    expect([...new Set(one.data)].toSorted((a, b) => a - b)).toEqual([0, 1.25]);
    const share = one.data.filter((x: number) => x > 0).length / 10_000;
    expect(Math.abs(share - 0.8)).toBeLessThan(4 * 0.004); // four deviations
    expect(await session.run(dropped, [[keep, 0.8]])).not.toEqual(one);
    expect(new Set(((await session.run(dropped, [[keep, 1]])) as NdArray).data)).toEqual(new Set([1]));
    expect(session.compilations).toBe(1);
  });
});

describe("initializers", () => {
  const begin = async (initializer: tf.Initializer, shape: readonly number[]): Promise<readonly number[]> => {
    tf.resetDefaultGraph();
    const variable = tf.getVariable("w", [...shape], { initializer });
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    return [...(await session.read(variable)).data];
  };

  test.each([
    ["zeros", tf.zerosInitializer(), 0, 0],
    ["ones", tf.onesInitializer(), 1, 0],
    ["constant", tf.constantInitializer(-3), -3, 0],
    ["normal", tf.randomNormalInitializer({ stddev: 0.5, seed: 1 }), 0, 0.25],
    ["truncated normal", tf.truncatedNormalInitializer({ stddev: 0.5, seed: 1 }), 0, 0.25 * 0.8796256610342398 ** 2],
    ["uniform", tf.randomUniformInitializer({ minval: 0, maxval: 1, seed: 1 }), 0.5, 1 / 12],
    ["He's", tf.varianceScalingInitializer({ scale: 2, seed: 1 }), 0, 2 / 200],
    [
      "fan out",
      tf.varianceScalingInitializer({ mode: "fanOut", distribution: "untruncatedNormal", seed: 1 }),
      0,
      1 / 50,
    ],
    ["Glorot's normal", tf.glorotNormalInitializer({ seed: 1 }), 0, 2 / 250],
  ])("%s", async (_, initializer, mean, variance) => {
    const found = spread(await begin(initializer, [200, 50]));
    expect(found.mean).toBeCloseTo(mean, 1);
    expect(Math.abs(found.variance - variance)).toBeLessThanOrEqual(0.05 * variance);
  });

  test("a window's points count as connections", async () => {
    const { most } = spread(await begin(tf.glorotUniformInitializer({ seed: 1 }), [3, 3, 16, 32]));
    const limit = Math.sqrt(6 / (9 * 48));
    expect(most).toBeLessThanOrEqual(limit);
    expect(most).toBeGreaterThan(0.98 * limit);
  });

  test("an initializer that is run again draws again", async () => {
    const w = tf.variable(tf.randomNormal([4]));
    const init = tf.globalVariablesInitializer();
    await using session = tf.session();
    await session.run(init);
    const before = await session.read(w);
    await session.run(init);
    expect(await session.read(w)).not.toEqual(before);
  });
});
