import { describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, normal, seedKey, uniform } from "../../src/base/random.ts";
import { relu, tanh } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import {
  he,
  type Initializer,
  lecun,
  normalInitializer,
  truncatedNormalInitializer,
  uniformInitializer,
  varianceScaling,
  xavier,
  zerosInitializer,
} from "../../src/nn/initializer.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { fit } from "../../src/train/fit.ts";
import { train } from "../../src/train/train.ts";
import { ring } from "../train/small-job.ts";

const key = fork(seedKey(11), "weights");
const fans = { in: 256, out: 64 };
const draws = (initializer: Initializer) => initializer.fill([100_000], fans, key).data;
const deviation = (x: ArrayLike<number>) => Math.sqrt(Array.from(x).reduce((sum, y) => sum + y * y, 0) / x.length);

/** Φ by the error function of Abramowitz and Stegun 7.1.26, right to 1.5e-7. */
function bell(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp((-x * x) / 2);
  return x > 0 ? 1 - tail / 2 : tail / 2;
}

/** p of the test of Kolmogorov and Smirnov for a sample of known distribution. */
function kolmogorov(sample: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  let furthest = 0;
  for (const [i, x] of sorted.entries()) {
    const p = distribution(x);
    furthest = Math.max(furthest, Math.abs((i + 1) / sorted.length - p), Math.abs(p - i / sorted.length));
  }
  const z = furthest * Math.sqrt(sorted.length);
  let p = 0;
  for (let k = 1; k <= 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * z * z);
  return Math.min(1, p);
}

const cut = (x: number) => (bell(Math.max(-2, Math.min(2, x))) - bell(-2)) / (bell(2) - bell(-2));
const CUT = 0.8796256610342398;
const flat = (x: number) => Math.max(0, Math.min(1, (x + 1) / 2));

describe("H7 draws follow their distribution (Kolmogorov and Smirnov, p > .01)", () => {
  test.each([
    ["he, normal", he(), (x: number) => bell(x / Math.sqrt(2 / 256))],
    ["xavier, normal", xavier(), (x: number) => bell(x / Math.sqrt(2 / 320))],
    ["lecun, normal", lecun(), (x: number) => bell(x / Math.sqrt(1 / 256))],
    ["he, uniform", he({ distribution: "uniform" }), (x: number) => flat(x / Math.sqrt(6 / 256))],
    ["xavier, uniform", xavier({ distribution: "uniform" }), (x: number) => flat(x / Math.sqrt(6 / 320))],
    ["lecun, uniform", lecun({ distribution: "uniform" }), (x: number) => flat(x / Math.sqrt(3 / 256))],
    ["he, truncated", he({ distribution: "truncatedNormal" }), (x: number) => cut((x * CUT) / Math.sqrt(2 / 256))],
    ["variance 3/out", varianceScaling({ scale: 3, fan: "out" }), (x: number) => bell(x / Math.sqrt(3 / 64))],
    ["normal", normalInitializer({ mean: 1, deviation: 0.2 }), (x: number) => bell((x - 1) / 0.2)],
    ["truncated normal", truncatedNormalInitializer({ mean: 1, deviation: 0.2 }), (x: number) => cut((x - 1) / 0.2)],
    ["uniform", uniformInitializer({ from: -3, to: 1 }), (x: number) => flat((x + 1) / 2)],
  ] as const)("%s", (_, initializer, distribution) => {
    const sample = draws(initializer).subarray(0, 20_000);
    expect(kolmogorov(sample, distribution)).toBeGreaterThan(0.01);
    expect(kolmogorov(sample, (x) => distribution(x * 1.05))).toBeLessThan(0.01); // the test can fail
  });
});

test("H7 truncated draws lie within two deviations of the mean", () => {
  const sample = draws(truncatedNormalInitializer({ mean: 1, deviation: 0.2 }));
  expect(Math.max(...sample.subarray(0, 50_000))).toBeLessThanOrEqual(1.4 + 1e-6);
  expect(Math.min(...sample.subarray(0, 50_000))).toBeGreaterThanOrEqual(0.6 - 1e-6);
});

/** The standard deviation behind 50 layers of 256 rectified units on standard normal inputs. */
function deepStack(weights: (layer: number) => ArrayLike<number>): number {
  const width = 256;
  let x = Float64Array.from(normal(seedKey(3), 16 * width));
  for (let layer = 0; layer < 50; layer++) {
    const w = weights(layer);
    const y = new Float64Array(x.length);
    for (let row = 0; row < 16; row++) {
      for (let k = 0; k < width; k++) {
        const value = x[row * width + k] ?? 0;
        if (value !== 0)
          for (let j = 0; j < width; j++)
            y[row * width + j] = (y[row * width + j] ?? 0) + value * (w[k * width + j] ?? 0);
      }
    }
    x = y.map((value) => Math.max(0, value));
  }
  const mean = x.reduce((sum, y) => sum + y / x.length, 0);
  return deviation(x.map((y) => y - mean));
}

const drawn = (initializer: Initializer) => (layer: number) =>
  initializer.fill([256, 256], { in: 256, out: 256 }, fork(key, `layer ${layer}`)).data;

test("H6 through 50 rectified layers He's variance keeps the signal, 1/n loses it", () => {
  const [kept, lost] = [deepStack(drawn(he())), deepStack(drawn(lecun()))];
  expect(kept).toBeGreaterThan(0.2);
  expect(kept).toBeLessThan(2);
  expect(lost).toBeLessThan(1e-6);
});

test("H5 the notes' rand is uniform from 0 to 1 with the mean .5: through 50 layers it grows to the order of 1e51", () => {
  const literal = deepStack((layer) =>
    uniform(fork(key, `literal ${layer}`), 256 * 256).map((u) => u * Math.sqrt(2 / 256)),
  );
  // each layer multiplies by the mean's own singular value, .5·256·sqrt(2/256) = 11.3, and 11.3^50 is 4e52
  expect(Math.log10(literal)).toBeGreaterThan(50.5);
  expect(Math.log10(literal)).toBeLessThan(51.5);
  const sample = lecun().fill([1_000_000], fans, key).data;
  const mean = Array.from(sample).reduce((sum, x) => sum + x / sample.length, 0);
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 256 / 1e6)); // four deviations
  expect(Math.abs(deviation(sample) ** 2 * 256 - 1)).toBeLessThan(0.02);
});

const columns = ({ data, shape: [rows = 1, units = 1] }: NdArray) =>
  Array.from({ length: units }, (_, unit) =>
    String(Array.from({ length: rows }, (_x, row) => data[row * units + unit])),
  );

test("H8 begun by zeros all units of a layer stay equal forever, which is warned of; He's do not", async () => {
  const run = async (init: Initializer) => {
    const model = chain(dense(6, { init }), tanh(), dense(2, { init: normalInitializer() }));
    const job = {
      model,
      loss: softmaxCrossEntropy(),
      optimizer: gradientDescent({ rate: 0.5 }),
      train: ring(100, 1),
      batch: 10,
    };
    const { trained } = await fit({ ...job, epochs: 1 });
    const start = (await train(job).next()).value;
    return {
      units: new Set(columns(trained.weights.get("dense1.weights") ?? ndarray([], [0]))).size,
      notices: start?.kind === "start" ? start.notices : [],
    };
  };
  const zero = await run(zerosInitializer());
  expect(zero.notices).toEqual([expect.stringContaining("dense1 begin alike")]);
  expect((await run(he())).notices).toEqual([]);
  expect((await run(he())).units).toBe(6);
});

test("H8 with zeros throughout not even the slopes tell units apart", async () => {
  const init = zerosInitializer();
  const model = chain(dense(6, { init }), relu(), dense(4, { init }), tanh(), dense(2, { init }));
  const { trained } = await fit({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: gradientDescent({ rate: 0.5 }),
    train: ring(100, 1),
    batch: 10,
    epochs: 1,
  });
  for (const path of ["dense1.weights", "dense2.weights"])
    expect(new Set(columns(trained.weights.get(path) ?? ndarray([], [0]))).size).toBe(1);
});

test("H8 weights of the last layer may begin as zeros: targets tell its units apart", async () => {
  const model = chain(dense(6), tanh(), dense(2, { init: zerosInitializer() }));
  const start = (
    await train({ model, loss: softmaxCrossEntropy(), optimizer: gradientDescent(), train: ring(20, 1) }).next()
  ).value;
  expect(start).toMatchObject({ notices: [] });
});
