/** Where the notes slip, their literal version is built from our own parts, and fails beside the right one. */
import { expect, test } from "vitest";
import { type NdArray, ndarray, scalar } from "../../src/array/ndarray.ts";
import { seedKey } from "../../src/base/random.ts";
import { batches } from "../../src/data/batches.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { compile, value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { anyDType } from "../../src/graph/dtype-rule.ts";
import { add, divide, multiply, sqrt, subtract } from "../../src/graph/elementwise.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant, input, state } from "../../src/graph/leaf.ts";
import { stopGradient, sum } from "../../src/graph/movement.ts";
import { op } from "../../src/graph/op.ts";
import { max } from "../../src/graph/reduce.ts";
import type { Op, Tensor } from "../../src/graph/tensor.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { hardMax, oneHot, softmaxOf } from "../../src/nn/functions.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { initModel } from "../../src/nn/model.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { adam } from "../../src/optim/adam.ts";
import { decay } from "../../src/optim/decay.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { chainTransforms, type Optimizer } from "../../src/optim/optimizer.ts";
import { rmsprop } from "../../src/optim/rmsprop.ts";
import { schedule, squareRoot } from "../../src/optim/schedule.ts";
import { eachParameter, type GradientTransform, type Numbers, transform } from "../../src/optim/transform.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { fit } from "../../src/train/fit.ts";
import { thrown } from "../data/thrown.ts";
import { apply } from "../nn/apply.ts";
import { type Cost, walk } from "../optim/walk.ts";
import { smallJob } from "../train/small-job.ts";

const wide = (numbers: readonly number[], shape: readonly number[]): NdArray =>
  ndarray(Float64Array.from(numbers), shape);
const codes = (...list: readonly number[]): NdArray => ndarray(Int32Array.from(list), [list.length]);
const numbersOf = async (tensor: Tensor): Promise<readonly number[]> => Array.from((await value(tensor)).data);
const at = (parameters: ReadonlyMap<string, Tensor>, path: string): Tensor => parameters.get(path) as Tensor;

/** w after each of some steps from a number on. */
async function path(optimizer: Optimizer, from: number, cost: Cost, steps: number): Promise<readonly number[]> {
  const seen = await walk(optimizer, new Map([["w", scalar(from, "float64")]]), cost, steps);
  return seen.map((values) => values.get("w")?.[0] ?? Number.NaN);
}

// C11, C12: J(w) = .3·w, from w = 2 at the rate .1 with λ = .5 and m = 10
const [LAMBDA, M] = [0.5, 10];
const slope: Cost = (p) => multiply(at(p, "w"), 0.3);
const bowl: Cost = (p) => add(subtract(multiply(at(p, "w"), at(p, "w")), multiply(at(p, "w"), 10)), 25);
const penalty = l2(LAMBDA, { reduction: "examples" });
const penalized =
  (cost: Cost): Cost =>
  (p) =>
    add(
      cost(p),
      penalty.cost(p, (name) => constant(scalar(penalty.fed(penalty.settings[name] ?? Number.NaN, M), "float64"))),
    );
const decayed = (rate: number): Optimizer => chainTransforms({ rate }, decay({ strength: LAMBDA / M }));
/** A gradient transform of our own, in one call. */
const own = <S extends string>(
  kind: string,
  rule: Parameters<typeof eachParameter<S, Numbers>>[0],
): GradientTransform =>
  transform(kind, {}, () => eachParameter<S, Numbers>(rule), { help: "literally as the notes have it" })();
/** w - (λ/m)·w - rate·dw, which is what a direction dw + (λ/m)·w / rate gives. */
const lineA = (rate: number): Optimizer =>
  chainTransforms(
    { rate },
    own("lineA", {
      update: (direction, { parameter }) => ({ direction: add(direction, multiply(parameter, LAMBDA / M / rate)) }),
    }),
  );

test("C11 C12 in gradient descent the L2 penalty in the cost and weight decay walk the same way, to 1e-15", async () => {
  for (const cost of [slope, bowl]) {
    const [through, beside] = [
      await path(gradientDescent({ rate: 0.1 }), 2, penalized(cost), 50),
      await path(decayed(0.1), 2, cost, 50),
    ];
    for (const [i, w] of through.entries()) expect(Math.abs(w / (beside[i] ?? Number.NaN) - 1)).toBeLessThan(1e-15);
  }
  expect((await path(decayed(0.1), 2, slope, 1))[0]).toBeCloseTo(1.96, 14);
});

test("C12 through Adam the L2 penalty in the cost and weight decay walk apart", async () => {
  const strong = l2(0.1);
  const cost: Cost = (p) =>
    add(
      bowl(p),
      strong.cost(p, (name) => constant(scalar(strong.fed(strong.settings[name] ?? Number.NaN, 1), "float64"))),
    );
  const through = await path(adam({ rate: 0.1 }), 0, cost, 3);
  for (const [i, w] of [0.0999999999, 0.1999390542, 0.2997748369].entries()) expect(through[i]).toBeCloseTo(w, 9);
});

test("C11 the notes' line A, whose decay lacks the rate, comes to 1.87, and to another end for every rate", async () => {
  expect((await path(lineA(0.1), 2, slope, 1))[0]).toBeCloseTo(1.87, 14);
  expect((await path(lineA(1e-9), 2, slope, 1))[0]).toBeCloseTo(1.9, 6); // it decays where nothing is learned
  expect((await path(decayed(1e-9), 2, slope, 1))[0]).toBeCloseTo(2, 6);
  const lowest = 10 / (2 + LAMBDA / M); // of w² - 10w + 25 + (λ/2m)·w²
  for (const rate of [0.05, 0.2]) {
    expect((await path(decayed(rate), 2, bowl, 400)).at(-1)).toBeCloseTo(lowest, 12);
    expect(Math.abs(((await path(lineA(rate), 2, bowl, 400)).at(-1) ?? 0) - lowest)).toBeGreaterThan(0.4);
  }
});

/** The square of 3 and what is around it, computed by an engine in its own precision. */
async function squaresAround(
  step: number,
  dtype: "float32" | "float64",
): Promise<readonly [above: number, below: number]> {
  const x = input("x", [], dtype);
  const engine = dtype === "float32" ? wasm : reference;
  const program = await compile({ inputs: [x], outputs: { cost: multiply(x, x) } }, { engine });
  const squareOf = async (of: number) => (await program.run({ x: of })).cost?.data[0] ?? Number.NaN;
  return [await squareOf(3 + step), await squareOf(3 - step)];
}

test("I2 in float32 the notes' 10^-7 gives slopes that mean nothing", async () => {
  const slopeBy = async (step: number) => {
    const [above, below] = await squaresAround(step, "float32");
    return (above - below) / (2 * step);
  };
  expect(Math.abs((await slopeBy(1e-7)) - 6)).toBeGreaterThan(1);
  expect(Math.abs((await slopeBy(1e-3)) - 6)).toBeLessThan(1e-2);
});

test("I3 the notes' `/ 2*eps` divides by 2 and multiplies by eps: 6e-14, where the gradient is 6", async () => {
  const x = state("x", wide([3], []));
  const [gradient = Number.NaN] = await numbersOf(grad(multiply(x, x), [x])[0] ?? x);
  const eps = 1e-7;
  const [above, below] = await squaresAround(eps, "float64");
  expect(Math.abs((above - below) / (2 * eps) - gradient)).toBeLessThan(1e-6);
  const literal = ((above - below) / 2) * eps;
  expect(literal / 6e-14).toBeCloseTo(1, 6);
  expect(Math.abs(literal - gradient) / (Math.abs(literal) + Math.abs(gradient))).toBeGreaterThan(0.999);
});

test("J2 the notes' X{1} = 0..1000 holds 1001 rows, and X{2} = 1001..2000 asks for a row that is not there", () => {
  const examples: Examples = {
    rows: 2000,
    inputs: ndarray(
      Float32Array.from({ length: 2000 }, (_, i) => i + 1),
      [2000, 1],
    ),
    targets: ndarray(new Int32Array(2000), [2000]),
  };
  const faultsOf = (all: readonly (readonly number[])[]): readonly string[] => [
    ...all.flatMap((rows, i) => (rows.length === 1000 ? [] : [`batch ${i + 1} holds ${rows.length} rows`])),
    ...[...new Set(all.flat())].filter((row) => row >= examples.rows).map((row) => `there is no row ${row}`),
    ...(new Set(all.flat()).size === examples.rows ? [] : ["not every row comes once"]),
  ];
  const ours = Array.from(batches(examples, { size: 1000, shuffle: false }), ({ indices }) => Array.from(indices));
  expect(faultsOf(ours)).toEqual([]);
  const shuffled = Array.from(batches(examples, { size: 1000, key: seedKey(1) }), ({ indices }) => Array.from(indices));
  expect(faultsOf(shuffled)).toEqual([]);
  const literal = [
    [0, 1000],
    [1001, 2000],
  ].map(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  expect(takeExamples(examples, literal[0] ?? []).rows).toBe(1001);
  expect(faultsOf(literal)).toEqual(["batch 1 holds 1001 rows", "there is no row 2000", "not every row comes once"]);
});

test("L4 the notes' first listing of RMSprop, without epsilon, turns to NaN where the ground is flat", async () => {
  const flat: Cost = (p) => multiply(at(p, "w"), 0);
  const literal = chainTransforms(
    { rate: 0.01 },
    own("literal", {
      slots: { s: 0 },
      update: (gradient, { slot }) => {
        const s = add(multiply(slot("s"), 0.9), multiply(multiply(gradient, gradient), 0.1));
        return { direction: divide(gradient, sqrt(s)), s };
      },
    }),
  );
  // where there is a slope they walk alike
  const [right, same] = [await path(rmsprop({ rate: 0.01 }), 0, bowl, 5), await path(literal, 0, bowl, 5)];
  for (const [i, w] of right.entries()) expect(same[i]).toBeCloseTo(w, 9);
  expect(await path(literal, 5, flat, 1)).toEqual([Number.NaN]);
  expect(await path(rmsprop({ rate: 0.01 }), 5, flat, 3)).toEqual([5, 5, 5]);
  expect(await path(rmsprop({ rate: 0.01, epsilon: 0 }), 5, flat, 1)).toEqual([Number.NaN]);
});

test("L8 the notes' listing of Adam takes the root of -9890 at its first step", async () => {
  const literal = chainTransforms(
    { rate: 0.1 },
    own("literal", {
      slots: { first: 0, second: 0 },
      numbers: (_, t) => ({ scale1: 1 / (1 - 0.9 ** t), scale2: 1 / (1 - 0.999 ** t) }),
      update: (g, { number }) => {
        const blend1 = add(multiply(g, 0.9), multiply(g, 0.1)); // beta1·dW for beta1·V
        const blend2 = add(multiply(g, 0.999), multiply(multiply(g, g), 0.001)); // beta2·dW for beta2·S
        const [first, second] = [multiply(blend1, number("scale1")), multiply(blend2, number("scale2"))];
        return { direction: divide(first, add(sqrt(second), 1e-8)), first, second }; // what is kept is overwritten
      },
    }),
  );
  const start = new Map([["w", scalar(0, "float64")]]);
  expect((await walk(literal, start, bowl, 1))[0]?.get("w")).toEqual([Number.NaN]);
  const [second = Number.NaN] = await numbersOf(
    multiply(add(multiply(constant(wide([-10], [1])), 0.999), 0.001 * 100), 1 / (1 - 0.999)),
  );
  expect(second).toBeCloseTo(-9890, 6);
  expect((await path(adam({ rate: 0.1 }), 0, bowl, 1))[0]).toBeCloseTo(0.0999999999, 9);
});

test("M4 the notes' k / sqrt(epoch) has no rate for epoch 0: the training stops at once, and ours learns", async () => {
  const job = { ...smallJob(), optimizer: gradientDescent({ rate: 0.2 }) };
  const literal = schedule("literal", {}, () => (epoch) => 1 / Math.sqrt(epoch), { help: "literal" })();
  const broken = await fit({ ...job, schedule: literal });
  expect([broken.reason, broken.epochs]).toEqual(["diverged", 0]);
  const run = await fit({ ...job, schedule: squareRoot() });
  expect(run.reason).toBe("epochs");
  for (const [epoch, { rate }] of run.history.entries()) expect(rate).toBeCloseTo(0.2 / Math.sqrt(epoch + 1), 12);
  expect(run.train.cost).toBeLessThan(0.69);
});

test("R6 the notes' gamma and beta of shape (n, m) fit no other batch; ours have one number a feature", async () => {
  const [features, rows] = [3, 4];
  const ours = batchNorm();
  const literal: Layer = {
    ...ours,
    init: (shape, key, hints) => {
      const variables = ours.init(shape, key, hints);
      const whole = ndarray(new Float32Array(features * rows).fill(1), [rows, features]);
      return { ...variables, parameters: { scale: whole, shift: whole } };
    },
  };
  const { parameters } = initModel(ours, [features], seedKey(1));
  expect([...parameters].map(([name, { shape }]) => [name, shape])).toEqual([
    ["scale", [features]],
    ["shift", [features]],
  ]);
  const inputsOf = (count: number) =>
    wide(
      Array.from({ length: count * features }, (_, i) => Math.sin(i)),
      [count, features],
    );
  for (const count of [rows, rows + 1, 2 * rows]) {
    const { output } = await apply(ours, inputsOf(count), { mode: "train" });
    expect(output?.shape).toEqual([count, features]);
  }
  // a batch of any length cannot be built with m rows of gamma, not even in predicting one row
  for (const mode of ["train", "predict"] as const)
    await expect(apply(literal, inputsOf(1 + rows), { mode })).rejects.toMatchObject({ code: "shape/broadcast" });
});

test("S1 the notes' vectors, [1 0 0] for class 1 and [0 0 1] for class 0, name every class wrong", async () => {
  const all = codes(0, 1, 2);
  const ours = await value(oneHot(constant(all), constant(wide(new Array(9).fill(0), [3, 3]))));
  const literal = wide([0, 0, 1, 1, 0, 0, 0, 1, 0], [3, 3]); // none, dog, cat by their codes
  const { loss, exampleError } = softmaxCrossEntropy();
  const judged = async (vectors: NdArray) => {
    const sure = multiply(constant(vectors), 10);
    return [await numbersOf(exampleError(sure, constant(all))), await numbersOf(loss(sure, constant(all)))] as const;
  };
  const [[right, low], [wrong, high]] = [await judged(ours), await judged(literal)];
  expect([right, wrong]).toEqual([
    [0, 0, 0],
    [1, 1, 1],
  ]);
  for (const cost of low) expect(cost).toBeLessThan(1e-3);
  for (const cost of high) expect(cost).toBeGreaterThan(9.9);
});

test("S4 the notes' np.max gives the largest logit, 5, which is no class of four and no one-hot", async () => {
  const z = constant(wide([5, 2, -1, 3], [1, 4]));
  const literal = await value(max(z, { axes: 1 }));
  const ours = await value(hardMax(z));
  expect([literal.shape, Array.from(literal.data)]).toEqual([[1], [5]]);
  expect([ours.shape, Array.from(ours.data)]).toEqual([
    [1, 4],
    [1, 0, 0, 0],
  ]);
  const { admit, exampleError } = softmaxCrossEntropy();
  expect(thrown(() => admit(["batch", 4], ndarray(Int32Array.from(literal.data), [1])))).toMatchObject({
    code: "loss/class",
  });
  expect(await numbersOf(exampleError(constant(ours), constant(codes(0))))).toEqual([0]);
});

/** The same value with another gradient; it borrows a kernel that copies. */
function withGradient(gradient: (up: Tensor) => Tensor): Op<1> {
  return op("stopGradient", {
    arity: 1,
    dtypes: { takes: anyDType },
    shape: ([x]) => x.shape,
    gradient: (up) => [gradient(up)],
    trials: [],
  });
}

test("S9 the notes' y(1 - y), the diagonal alone, is no gradient of the softmax", async () => {
  const z = state("z", wide([5, 2, -1, 3], [1, 4]));
  const y = softmaxOf(z);
  const diagonal = withGradient((up) => multiply(up, multiply(y, subtract(1, y))));
  const literal = add(stopGradient(y), diagonal(subtract(z, stopGradient(z))));
  expect(await numbersOf(literal)).toEqual(await numbersOf(y));
  const weights = constant(wide([1, -2, 0.5, 3], [1, 4]));
  const check = (answer: Tensor) =>
    checkGradients({ cost: sum(multiply(answer, weights)), parameters: new Map([["z", z]]) });
  const [right, wrong] = [await check(y), await check(literal)];
  expect(right.verdict).toBe("right");
  expect(wrong.verdict).toBe("wrong");
  expect(wrong.error).toBeGreaterThan(0.1);
});
