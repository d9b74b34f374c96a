import { describe, expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { he, lecun, varianceScaling, xavier } from "../../src/nn/initializer.ts";
import { initializerFrom, initializers } from "../../src/nn/initializers.ts";
import { orthogonal } from "../../src/nn/orthogonal.ts";

const fans = { in: 1000, out: 500 };
const shape = [400, 250]; // 100,000 draws: the variance of a sample then strays by half a percent
const key = fork(seedKey(1), "weights");

function moments({ data }: NdArray): { mean: number; variance: number; largest: number } {
  let [mean, variance, largest] = [0, 0, 0];
  for (const x of data) mean += x / data.length;
  for (const x of data) {
    variance += (x - mean) ** 2 / data.length;
    largest = Math.max(largest, Math.abs(x));
  }
  return { mean, variance, largest };
}

describe.each(["normal", "uniform", "truncatedNormal"] as const)("%s draws", (distribution) => {
  test.each([
    ["H5 lecun is 1/in", lecun({ distribution }), 1 / 1000],
    ["H6 he is 2/in", he({ distribution }), 2 / 1000],
    ["H5 xavier is 2/(in + out)", xavier({ distribution }), 2 / 1500],
    ["H7 variance scaling by the fan out", varianceScaling({ scale: 3, fan: "out", distribution }), 3 / 500],
  ])("%s", (_, initializer, expected) => {
    const { mean, variance, largest } = moments(initializer.fill(shape, fans, key));
    expect(variance / expected).toBeGreaterThan(0.98);
    expect(variance / expected).toBeLessThan(1.02);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(expected / 1e5));
    const bound = { normal: 7, uniform: Math.sqrt(3), truncatedNormal: 2 / 0.8796 }[distribution];
    expect(largest).toBeLessThanOrEqual(bound * Math.sqrt(expected) * 1.0001);
  });
});

test("T11 Xavier's uniform draws for [25, 12288] lie within .0220746", () => {
  const { largest, variance } = moments(
    xavier({ distribution: "uniform" }).fill([25, 4096], { in: 12288, out: 25 }, key),
  );
  expect(largest).toBeLessThanOrEqual(0.0220746);
  expect(largest).toBeGreaterThan(0.02207);
  expect(Math.abs(variance / 1.624e-4 - 1)).toBeLessThan(0.011); // four deviations
});

test("H7 the same seed gives the same numbers, another seed or name others, for every initializer that draws", () => {
  for (const kind of Object.keys(initializers)) {
    const data = kind === "constant" ? { kind, value: 3 } : kind;
    const fill = (seed: number, name: string) =>
      Array.from(initializerFrom(data).fill([4, 5], { in: 4, out: 5 }, fork(seedKey(seed), name)).data);
    expect(fill(1, "a")).toEqual(fill(1, "a"));
    if (["zeros", "ones", "constant", "identity"].includes(kind)) continue;
    expect(fill(2, "a")).not.toEqual(fill(1, "a"));
    expect(fill(1, "b")).not.toEqual(fill(1, "a"));
  }
});

test.each([[[6, 4]], [[4, 6]], [[2, 3, 4]]])("H7 orthogonal %j", (size) => {
  const { data } = orthogonal({ gain: 2 }).fill(size, { in: 1, out: 1 }, key);
  const columns = size.at(-1) ?? 1;
  const rows = data.length / columns;
  const at = (r: number, c: number) => data[r * columns + c] ?? Number.NaN;
  const few = Math.min(rows, columns);
  const many = Math.max(rows, columns);
  for (let i = 0; i < few; i++) {
    for (let j = 0; j < few; j++) {
      let dot = 0;
      for (let k = 0; k < many; k++) dot += rows < columns ? at(i, k) * at(j, k) : at(k, i) * at(k, j);
      expect(dot).toBeCloseTo(i === j ? 4 : 0, 5);
    }
  }
});

test("zeros, ones, constants and identity", () => {
  const fill = (data: string | { kind: string; value: number }) =>
    Array.from(initializerFrom(data).fill([2, 3], { in: 2, out: 3 }, key).data);
  expect(fill("zeros")).toEqual([0, 0, 0, 0, 0, 0]);
  expect(fill("ones")).toEqual([1, 1, 1, 1, 1, 1]);
  expect(fill({ kind: "constant", value: -2 })).toEqual([-2, -2, -2, -2, -2, -2]);
  expect(fill("identity")).toEqual([1, 0, 0, 0, 1, 0]);
});
