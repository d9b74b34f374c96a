import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DType } from "../../src/array/dtype.ts";
import { castArray, filled, type NdArray, ndarray } from "../../src/array/ndarray.ts";
import type { Json } from "../../src/base/json.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { compile, value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { multiply, tanh } from "../../src/graph/elementwise.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant, input, state } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import type { Loss } from "../../src/nn/loss.ts";
import { lossFrom } from "../../src/nn/losses.ts";
import { meanOfExamples } from "../../src/nn/mask.ts";
import { buildModel } from "../../src/nn/model.ts";
import { huber, squaredError } from "../../src/nn/regression-losses.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { thrown } from "../data/thrown.ts";

interface Flat {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Measured {
  readonly mask: Flat | null;
  readonly losses: readonly number[];
  readonly cost: number;
  readonly slope: readonly number[];
  readonly error: number;
}
interface Golden {
  readonly losses: readonly {
    readonly name: string;
    readonly loss: Json;
    readonly output: Flat;
    readonly target: Flat & { readonly dtype: DType };
    readonly masks: Readonly<Record<string, Measured>>;
  }[];
  readonly dense: { readonly [name in "x" | "weights" | "bias" | "output"]: Flat } & {
    readonly slopes: readonly Flat[];
  };
}

/** Made by golden/make-losses.py with JAX and Optax. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/losses.json", import.meta.url), "utf8"));

const wide = ({ shape, data }: Flat): NdArray => ndarray(Float64Array.from(data), shape);

test("dense works on the last axis of [batch, time, inputs], slopes included, as JAX does", async () => {
  const { x, weights, bias, output, slopes } = golden.dense;
  const given = state("x", wide(x));
  const variables = new Map([
    ["weights", state("weights", wide(weights))],
    ["bias", state("bias", wide(bias))],
  ]);
  const built = buildModel(dense(2), given, { variables, mode: "train" });
  const bent = tanh(built.output);
  const wanted = grad(sum(multiply(bent, bent)), [given, ...variables.values()]);
  const outputs = { output: built.output, ...Object.fromEntries(wanted.map((slope, i) => [i, slope])) };
  const run = await (await compile({ inputs: [], outputs }, { engine: reference })).run({});
  for (const [name, expected] of [["output", output], ...slopes.map((slope, i) => [i, slope] as const)] as const) {
    expect(run[name]?.shape).toEqual(expected.shape);
    for (const [i, number] of expected.data.entries()) expect(run[name]?.data[i]).toBeCloseTo(number, 12);
  }
});

test.each([
  ["reference", reference],
  ["wasm", wasm],
] as const)("%s: positions of [batch, time, inputs] are rows of one product, bits and all", async (_, engine) => {
  const weights = state("weights", ndarray(Float32Array.from(normal(seedKey(1), 40)), [8, 5]));
  const variables = new Map([["weights", weights]]);
  const numbers = Float32Array.from(normal(seedKey(2), 6 * 7 * 8));
  const run = async (shape: readonly number[]) => {
    const x = input("x", ["batch", ...shape.slice(1)]);
    const { output } = buildModel(dense(5, { bias: false }), x, { variables, mode: "train" });
    const [slope = output] = grad(sum(multiply(output, output)), [weights]);
    const program = await compile({ inputs: [x], outputs: { output, slope } }, { engine });
    const found = await program.run({ x: ndarray(numbers, shape) });
    return { found, text: await program.explain() };
  };
  const [rows, positions] = [await run([42, 8]), await run([6, 7, 8])];
  expect(positions.found.output?.shape).toEqual([6, 7, 5]);
  expect(positions.found.output?.data).toEqual(rows.found.output?.data);
  expect(positions.found.slope?.data).toEqual(rows.found.slope?.data);
  if (engine === wasm) for (const { text } of [rows, positions]) expect(text).toContain("matmul 42x8x5");
});

interface Case {
  readonly output: NdArray;
  readonly target: NdArray;
  readonly mask?: NdArray | undefined;
}

/** What a loss gives for a case, and the slope of the cost by the outputs. */
async function measured(loss: Loss, { output, target, mask }: Case) {
  const [z, m] = [state("z", output), mask === undefined ? undefined : constant(mask)];
  const losses = loss.loss(z, constant(target), m);
  const cost = meanOfExamples(losses, m);
  const [slope = z] = grad(cost, [z]);
  const error = meanOfExamples(loss.exampleError(z, constant(target), m), m);
  const run = await (await compile({ inputs: [], outputs: { losses, cost, slope, error } })).run({});
  const list = (name: string) => Array.from(run[name]?.data ?? [], (x) => x + 0); // -0 is 0
  return { losses: list("losses"), cost: list("cost")[0], slope: list("slope"), error: list("error")[0] };
}

const close = (found: readonly number[], expected: readonly number[]) => {
  expect(found.length).toBe(expected.length);
  for (const [i, x] of expected.entries()) expect(found[i], `number ${i}`).toBeCloseTo(x, 12);
};

const cases = golden.losses.flatMap(({ masks, ...rest }) =>
  Object.entries(masks).map(([mask, numbers]) => [`${rest.name}, mask: ${mask}`, rest, numbers] as const),
);

test.each(cases)("losses of [batch, time, k] are Optax's: %s", async (_, { loss, output, target }, expected) => {
  const aims = castArray(wide(target), target.dtype);
  const mask = expected.mask === null ? undefined : wide(expected.mask);
  const made = lossFrom(loss);
  made.admit(["batch", ...output.shape.slice(1)], aims, mask);
  const found = await measured(made, { output: wide(output), target: aims, mask });
  close(found.losses, expected.losses);
  close([found.cost ?? Number.NaN], [expected.cost]);
  close(found.slope, expected.slope);
  // the squared error of an example is summed over its four positions
  close([found.error ?? Number.NaN], [expected.error * (made.task === "regression" ? 4 : 1)]);
});

const losses = [
  ["class codes", softmaxCrossEntropy(), [3, 4, 5], [3, 4], "int32"],
  ["shares", softmaxCrossEntropy({ smoothing: 0.1 }), [3, 4, 5], [3, 4, 5], "shares"],
  ["questions", sigmoidCrossEntropy(), [3, 4, 5], [3, 4, 5], "shares"],
  ["numbers", squaredError(), [3, 4, 5], [3, 4, 5], "float64"],
  ["huber", huber(), [3, 4], [3, 4], "float64"],
] as const;

function drawn(shape: readonly number[], seed: number): NdArray {
  return ndarray(
    normal(
      seedKey(seed),
      shape.reduce((product, length) => product * length, 1),
    ),
    shape,
  );
}

function aimsOf(shape: readonly number[], kind: string): NdArray {
  const draws = drawn(shape, 8);
  if (kind === "float64") return draws;
  if (kind === "int32")
    return castArray({ ...draws, data: draws.data.map((x: number) => Math.abs(x) % 5) as Float64Array }, "int32");
  return { ...draws, data: draws.data.map(() => 0.2) as Float64Array };
}

const someCount = ndarray(Float64Array.of(1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0), [3, 4]);

test.each(
  losses,
)("the slopes of a masked loss are those of central differences: %s", async (_, loss, shape, aims, kind) => {
  const z = state("z", drawn(shape, 7));
  const mask = constant(someCount);
  const report = await checkGradients({
    cost: meanOfExamples(loss.loss(z, constant(aimsOf(aims, kind)), mask), mask),
    parameters: new Map([["z", z]]),
    feeds: {},
  });
  expect(report.verdict, report.table).toBe("right");
});

test.each(
  losses,
)("a mask of ones changes nothing, and what does not count neither: %s", async (_, loss, shape, aims, kind) => {
  const [output, target] = [drawn(shape, 7), aimsOf(aims, kind)];
  const [plain, ones] = [
    await measured(loss, { output, target }),
    await measured(loss, { output, target, mask: filled([3, 4], 1, "float64") }),
  ];
  for (const name of ["losses", "slope"] as const) close(ones[name], plain[name]);
  close([ones.cost ?? 0, ones.error ?? 0], [plain.cost ?? 1, plain.error ?? 1]);
  expect(loss.error(0.3, target, filled([3, 4], 1))).toBeCloseTo(loss.error(0.3, target), 12);

  const few = await measured(loss, { output, target, mask: someCount });
  const [inner, width] = [output.data.length / 12, target.data.length / 12];
  const spoilt = (data: NdArray["data"], per: number, by: number) =>
    data.map((x: number, i: number) => ((someCount.data[Math.floor(i / per)] ?? 0) === 0 ? by : x));
  const other = await measured(loss, {
    output: { ...output, data: spoilt(output.data, inner, 1e3) as Float64Array },
    target: { ...target, data: spoilt(target.data, width, kind === "int32" ? -1 : Number.NaN) as Float64Array },
    mask: someCount,
  });
  expect(other).toEqual(few);
  for (const [i, slope] of few.slope.entries()) if (someCount.data[Math.floor(i / inner)] === 0) expect(slope).toBe(0);
  expect(few.losses[2]).toBe(0);
});

test("the error of a regression under a mask is 1 - R² of what counts", () => {
  const targets = ndarray([1, 5, 3, Number.NaN, 5, 9], [3, 2]);
  const mask = ndarray([1, 1, 1, 0, 1, 1], [3, 2]);
  // the columns' means are 3 and 7, so the squares sum to 8 + 8 over 5 numbers; a row has 2
  expect(squaredError().error(((16 / 5) * 2) / 4, targets, mask)).toBeCloseTo(0.25, 12);
  const rows = ndarray([1, 0, 1], [3]);
  expect(squaredError().error(4, ndarray([1, 5, 3, 100, 5, 9], [3, 2]), rows)).toBeCloseTo(4 / 8, 12);
});

test("nothing counts: a cost of 0 without slopes, and an error before training", async () => {
  const output = drawn([2, 3, 4], 1);
  const none = filled([2, 3], 0, "float64");
  const found = await measured(softmaxCrossEntropy(), { output, target: filled([2, 3], 0, "int32"), mask: none });
  expect(found.cost).toBe(0);
  expect(found.slope.every((x) => x === 0)).toBe(true);
  const refused = thrown(() => softmaxCrossEntropy().admit(["batch", 3, 4], filled([2, 3], 0, "int32"), none));
  expect(refused).toMatchObject({ code: "loss/mask" });
});

test("messages for outputs, targets and masks that do not fit", () => {
  const codes = (...shape: number[]) => filled(shape, 0, "int32");
  const refused = (loss: Loss, output: readonly number[], target: NdArray, mask?: NdArray) =>
    thrown(() => loss.admit(["batch", ...output], target, mask));
  expect(refused(softmaxCrossEntropy(), [28, 28, 10], codes(5))).toMatchObject({
    code: "loss/shape",
    message: expect.stringContaining("[batch, 28, 28, 10] and [batch]"),
    hint: expect.stringContaining("flatten()"),
  });
  expect(refused(softmaxCrossEntropy(), [4, 10], codes(5, 3))).toMatchObject({ code: "loss/shape" });
  expect(refused(softmaxCrossEntropy(), [4, 3], filled([5, 4, 2], 0.5))).toMatchObject({ code: "loss/dtype" });
  expect(refused(softmaxCrossEntropy(), [2, 2], filled([1, 2, 2], 0.7))).toMatchObject({
    code: "loss/class",
    message: expect.stringContaining("1.4"),
  });
  const three = ndarray(Int32Array.of(0, 1, 3, 0), [2, 2]);
  expect(refused(softmaxCrossEntropy(), [2, 3], three)).toMatchObject({
    code: "loss/class",
    message: expect.stringContaining("3 in row 1"),
  });
  expect(softmaxCrossEntropy().admit(["batch", 2, 3], three, ndarray([1, 1, 0, 1], [2, 2]))).toBeUndefined();
  for (const [output, target, mask] of [
    [[4, 3], codes(5, 4), filled([5, 3], 1)],
    [[4, 3], codes(5, 4), filled([5, 4, 3], 1)],
  ] as const)
    expect(refused(softmaxCrossEntropy(), output, target, mask)).toMatchObject({ code: "loss/mask" });
  expect(refused(squaredError(), [2], filled([3, 2], 1), ndarray([1, -1, 1], [3]))).toMatchObject({
    code: "loss/mask",
    message: expect.stringContaining("-1"),
  });
  expect(refused(sigmoidCrossEntropy(), [4, 2], codes(5, 4))).toMatchObject({ code: "loss/shape" });
});

test("a mask may tell single questions and numbers apart", async () => {
  const output = ndarray(Float64Array.of(2, -2, 2, 2), [2, 2]);
  const target = ndarray(Float64Array.of(1, 1, 0, 1), [2, 2]);
  const found = await measured(sigmoidCrossEntropy(), {
    output,
    target,
    mask: ndarray(Float64Array.of(1, 0, 1, 1), [2, 2]),
  });
  close(found.losses, [Math.log1p(Math.exp(-2)), (Math.log1p(Math.exp(2)) + Math.log1p(Math.exp(-2))) / 2]);
  expect(found.error).toBeCloseTo(1 / 3, 12);
  expect((await value(sigmoidCrossEntropy().exampleError(constant(output), constant(target)))).data).toEqual(
    Float64Array.of(1, 1),
  );
});
