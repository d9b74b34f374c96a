import { describe, expect, test } from "vitest";
import { filled, type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { deviationOf, normOf } from "../../src/array/spread.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { type HealthArrays, health } from "../../src/diagnose/health.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { relu, sigmoid, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { constantInitializer, he, lecun, normalInitializer } from "../../src/nn/initializer.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { initModel } from "../../src/nn/model.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { residual } from "../../src/nn/residual.ts";
import { apply, list } from "../nn/apply.ts";

function draws(rows: number, units: number): NdArray {
  return ndarray(Float32Array.from(normal(seedKey(11), rows * units)), [rows, units]);
}

const linear = (units: number): Layer => dense(units, { bias: false });
const stack = (depth: number, block: () => readonly Layer[]): Layer =>
  chain(...Array.from({ length: depth }, block).flat());

/** Weights a·I for every layer. */
function scaledIdentity(depth: number, a: number): Readonly<Record<string, NdArray>> {
  const weights = ndarray(Float64Array.of(a, 0, 0, a), [2, 2]);
  return Object.fromEntries(Array.from({ length: depth }, (_, i) => [`dense${i + 1}.weights`, weights]));
}

test("H1 a deep linear network without biases is the product of its matrices", async () => {
  const model = stack(6, () => [linear(4)]);
  const x = draws(3, 4);
  const weights = [...initModel(model, [4], seedKey(1)).parameters.values()];
  const times = (a: Float64Array, b: NdArray["data"]): Float64Array =>
    Float64Array.from({ length: a.length }, (_, i) => {
      const from = i - (i % 4);
      return [0, 1, 2, 3].reduce((sum, k) => sum + (a[from + k] ?? 0) * (b[k * 4 + (i % 4)] ?? 0), 0);
    });
  const expected = weights.reduce<Float64Array>((product, { data }) => times(product, data), Float64Array.from(x.data));
  const found = list((await apply(model, x)).output);
  for (const [i, value] of expected.entries()) expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(1e-12);
});

test("the arrays behind a report are what layers give, and the gradient of the cost by each parameter", async () => {
  const inputs = ndarray([1, 2, -1, 0.5, 3, -2], [3, 2]);
  const targets = ndarray([1, -1, 2], [3, 1]);
  const weights = new Map([
    ["weights", ndarray([0.5, -0.25], [2, 1])],
    ["bias", ndarray([0.1], [1])],
  ]);
  let seen: HealthArrays | undefined;
  const onArrays = (arrays: HealthArrays): void => {
    seen = arrays;
  };
  const network = { model: dense(1), loss: squaredError(), weights };
  await health(network, { rows: 3, inputs, targets }, { engine: reference, onArrays });
  const given = [1, 2, 3].map(
    (_, row) => 0.5 * (inputs.data[2 * row] ?? 0) - 0.25 * (inputs.data[2 * row + 1] ?? 0) + 0.1,
  );
  const slopes = given.map((value, row) => (2 * (value - (targets.data[row] ?? 0))) / 3);
  const by = (column: number): number =>
    slopes.reduce((sum, slope, row) => sum + slope * (inputs.data[2 * row + column] ?? 0), 0);
  const rounded = (values: Iterable<number>): readonly number[] => [...values].map((value) => Number(value.toFixed(5)));
  expect([...(seen?.gradients.keys() ?? [])].toSorted()).toEqual(["bias", "weights"]);
  expect(rounded(seen?.gradients.get("weights")?.data ?? [])).toEqual(rounded([by(0), by(1)]));
  expect(rounded(seen?.gradients.get("bias")?.data ?? [])).toEqual(
    rounded([slopes.reduce((sum, slope) => sum + slope, 0)]),
  );
  expect([...(seen?.activations.values() ?? [])].map(({ data }) => rounded(data))).toEqual([rounded(given)]);
});

describe("H2 1.5·I grows and 0.5·I shrinks with the power of the depth", () => {
  test.each([
    [10, 1.5, 57.665],
    [10, 0.5, 9.77e-4],
    [50, 1.5, 6.376e8],
    [50, 0.5, 8.88e-16],
    [100, 1.5, 4.07e17],
    [100, 0.5, 7.89e-31],
  ])("%d layers of %d·I", async (depth, a, expected) => {
    const kept = scaledIdentity(depth, a);
    const { output } = await apply(
      stack(depth, () => [linear(2)]),
      ndarray([1, 1], [1, 2]),
      { kept },
    );
    expect((list(output)[0] ?? 0) / expected).toBeCloseTo(1, 2);
    expect((list(output)[1] ?? 0) / a ** depth).toBeCloseTo(1, 12);
  });
});

describe("H3 gains say where a network begins to vanish or explode", () => {
  const DEPTH = 50;
  const UNITS = 256;

  test("fifty layers of 0.01·randn and tanh: a deviation of about 1.5e-40, from the first layer on", async () => {
    const model = stack(DEPTH, () => [
      dense(UNITS, { bias: false, init: normalInitializer({ deviation: 0.01 }) }),
      tanh(),
    ]);
    const report = await health(model, draws(16, UNITS));
    expect(report).toMatchObject({ verdict: "unhealthy", engine: "wasm64", rows: 16 });
    expect(Math.log10(report.layers.at(-1)?.deviation ?? 1)).toBeCloseTo(Math.log10(1.5e-40), 0);
    expect(report.findings.map(({ code, path, index }) => [code, path, index])).toEqual([
      ["health/vanishing-activations", "dense1", 1],
      ["health/vanishing-gradients", "tanh49", 98],
    ]);
    for (const gain of [report.layers[20]?.gain, report.layers[20]?.gradientGain])
      expect((gain ?? Number.NaN) / 0.16).toBeCloseTo(1, 1); // .01 · sqrt(256)
    expect(report.findings[0]?.try).toContain("xavier()");
    expect(report.summary).toContain("it starts at dense1");
  });

  test("fifty linear layers of N(0, 1): a deviation of about 1.4e60, beyond float32, from the first layer on", async () => {
    const model = stack(DEPTH, () => [dense(UNITS, { bias: false, init: normalInitializer({ deviation: 1 }) })]);
    const report = await health(model, draws(8, UNITS), { engine: reference });
    expect(Math.log10(report.layers.at(-1)?.deviation ?? 1)).toBeCloseTo(Math.log10(1.4e60), 0);
    expect(report.findings.map(({ code, path, index }) => [code, path, index])).toEqual([
      ["health/exploding-activations", "dense1", 1],
      ["health/exploding-gradients", "dense49", 49],
    ]);
    expect((report.layers[20]?.gain ?? Number.NaN) / 16).toBeCloseTo(1, 1); // sqrt(256)
  });

  test("a network that is sound for five layers and then is not: the sixth is named", async () => {
    const sound = Array.from({ length: 5 }, () => [dense(64, { init: he() }), relu()]).flat();
    const faint = Array.from({ length: 5 }, () => [
      dense(64, { init: normalInitializer({ deviation: 0.01 }) }),
      relu(),
    ]).flat();
    const report = await health(chain(...sound, ...faint), draws(200, 64));
    expect(report.engine).toBe("wasm");
    expect(report.findings[0]).toMatchObject({ code: "health/vanishing-activations", path: "dense6", index: 11 });
  });

  test("H3 the notes' W > I says nothing: a matrix below I in every entry explodes, since its singular values are above 1", async () => {
    // 0.9 everywhere but I has 1 on the diagonal: the largest singular value is 3.6
    const kept = ndarray(new Float64Array(16).fill(0.9), [4, 4]);
    const weights = new Map(Array.from({ length: 20 }, (_, i) => [`dense${i + 1}.weights`, kept]));
    const report = await health({ model: stack(20, () => [linear(4)]), weights }, draws(50, 4));
    expect(report.findings[0]).toMatchObject({ code: "health/exploding-activations" });
  });

  test("dead and saturated units are named, and a sound network has nothing", async () => {
    const dead = chain(dense(32, { init: constantInitializer(-1) }), relu(), dense(3));
    const shifted = ndarray(Float32Array.from(normal(seedKey(3), 800), Math.abs), [100, 8]);
    expect((await health(dead, shifted)).findings.map(({ code, path }) => [code, path])).toContainEqual([
      "health/dead",
      "relu1",
    ]);
    const saturated = chain(dense(32, { init: normalInitializer({ deviation: 30 }) }), sigmoid(), dense(3));
    const found = await health(saturated, draws(100, 8));
    expect(found.findings.map(({ code, path }) => [code, path])).toContainEqual(["health/saturated", "sigmoid1"]);
    const sound = await health(chain(dense(32), relu(), dense(32), tanh(), dense(3)), draws(100, 8));
    expect(sound).toMatchObject({ verdict: "healthy", findings: [], rows: 100 });
    expect(sound.summary).toContain("through 5 layers");
  });

  test("with a loss and weights the gradients are the cost's own, and both engines agree", async () => {
    const model = chain(dense(16), batchNorm(), relu(), dense(3));
    const { parameters, buffers } = initModel(model, [8], seedKey(1));
    const patient = { model, loss: softmaxCrossEntropy(), weights: new Map([...parameters, ...buffers]) };
    const targets = ndarray(
      Int32Array.from({ length: 30 }, (_, i) => i % 3),
      [30],
    );
    const examples = { rows: 30, inputs: draws(30, 8), targets };
    const [narrow, wide] = [await health(patient, examples), await health(patient, examples, { engine: reference })];
    for (const [i, layer] of narrow.layers.entries()) {
      expect(layer.deviation / (wide.layers[i]?.deviation ?? 0)).toBeCloseTo(1, 4);
      expect(layer.gradient / (wide.layers[i]?.gradient ?? 0)).toBeCloseTo(1, 4);
    }
    expect(wide.layers.map(({ path }) => path)).toEqual(["dense1", "batchNorm1", "relu1", "dense2"]);
  });

  test("a layer's gain is by what feeds it, also inside and behind a residual block", async () => {
    const report = await health(chain(dense(6), residual(dense(6), tanh()), dense(3)), draws(40, 6));
    const at = (path: string) => report.layers.find((layer) => layer.path === path);
    expect(report.layers.map(({ path }) => path)).toEqual([
      "dense1",
      "residual1.dense1",
      "residual1.tanh1",
      "residual1",
      "dense2",
    ]);
    const gain = (path: string, by: number): number => (at(path)?.gain ?? 0) * (by / (at(path)?.deviation ?? 0));
    const before = at("dense1")?.deviation ?? 0;
    expect(gain("dense1", report.inputs)).toBeCloseTo(1, 10);
    expect(gain("residual1.dense1", before)).toBeCloseTo(1, 10);
    expect(gain("residual1", before)).toBeCloseTo(1, 10);
    expect(gain("dense2", at("residual1")?.deviation ?? 0)).toBeCloseTo(1, 10);
    const back = at("residual1");
    expect(back?.gradientGain).toBeCloseTo((at("dense1")?.gradient ?? 0) / (back?.gradient ?? 1), 10);
  });

  test("sums of squares beyond the range are no obstacle", () => {
    expect(deviationOf(ndarray(Float64Array.of(1e200, -1e200), [2]))).toBeCloseTo(1e200, -190);
    expect(normOf(ndarray(Float64Array.of(3e-200, 4e-200), [2])) / 5e-200).toBeCloseTo(1, 12);
    expect(deviationOf(filled([3], 2))).toBe(0);
  });
});

describe("H4 152 residual blocks carry signal and gradient", () => {
  const UNITS = 32;
  // He et al. 2016 (Identity Mappings): normalization and activation stand before the weights
  const block = (): readonly Layer[] => [batchNorm(), relu(), dense(UNITS, { init: he() })];

  test("forward and backward the norm stays between a thousandth and a thousandfold", async () => {
    const model = stack(152, () => [residual(...block())]);
    const report = await health(model, draws(32, UNITS));
    const trunk = report.layers.filter(({ path }) => !path.includes("."));
    expect(trunk.length).toBe(152);
    const last = trunk.at(-1)?.gradient ?? 0;
    for (const { deviation, gradient } of trunk) {
      expect(deviation / report.inputs).toBeGreaterThan(1e-3);
      expect(deviation / report.inputs).toBeLessThan(1e3);
      expect(gradient / last).toBeGreaterThan(1e-3);
      expect(gradient / last).toBeLessThan(1e3);
    }
    expect(report.verdict, report.summary).toBe("healthy");
  });

  test("H4 without the way past the blocks, the same depth vanishes", async () => {
    const model = stack(152, () => [relu(), dense(UNITS, { init: lecun() })]);
    const report = await health(model, draws(16, UNITS), { engine: reference });
    expect(report.findings[0]?.code).toBe("health/vanishing-activations");
  });
});
