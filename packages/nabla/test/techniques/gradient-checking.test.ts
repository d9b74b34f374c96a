import { describe, expect, test } from "vitest";
import { filled, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { anyDType } from "../../src/graph/dtype-rule.ts";
import { add, log, multiply } from "../../src/graph/elementwise.ts";
import { state } from "../../src/graph/leaf.ts";
import { stopGradient, sum } from "../../src/graph/movement.ts";
import { op } from "../../src/graph/op.ts";
import type { Op, Tensor } from "../../src/graph/tensor.ts";
import { elu, gelu, identity, leakyRelu, relu, sigmoid, softmax, tanh } from "../../src/nn/activations.ts";
import { attention } from "../../src/nn/attention.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv1d, conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout, spatialDropout } from "../../src/nn/dropout.ts";
import { embedding } from "../../src/nn/embedding.ts";
import { embeddingBag } from "../../src/nn/embedding-bag.ts";
import { ensemble } from "../../src/nn/ensemble.ts";
import { featureBranch } from "../../src/nn/feature-branch.ts";
import { flatten as flattenLayer } from "../../src/nn/flatten.ts";
import { graphLayer } from "../../src/nn/graph-layer.ts";
import { he } from "../../src/nn/initializer.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { layerNorm } from "../../src/nn/layer-norm.ts";
import { layers } from "../../src/nn/layers.ts";
import { buildModel, initModel } from "../../src/nn/model.ts";
import { elastic, l1, l2, type Penalty } from "../../src/nn/penalty.ts";
import { periodic } from "../../src/nn/periodic.ts";
import { averagePool, globalAveragePool, maxPool } from "../../src/nn/pooling.ts";
import { positionalEncoding } from "../../src/nn/positional-encoding.ts";
import { recurrent } from "../../src/nn/recurrent.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { residual } from "../../src/nn/residual.ts";
import { transformerBlock } from "../../src/nn/transformer-block.ts";
import { gradientCheck } from "../../src/testing/check-model.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { placeOf } from "../../src/testing/gradient-report.ts";
import { flattenParameters, indicesOf, placeIn, unflatten } from "../../src/testing/parameter-vector.ts";

const ROWS = 7;
const inputs = ndarray(Float32Array.from(normal(seedKey(1), ROWS * 5)), [ROWS, 5]);
const classes: Examples = { rows: ROWS, inputs, targets: ndarray(Int32Array.of(0, 2, 1, 1, 0, 2, 2), [ROWS]) };
const numbers: Examples = {
  rows: ROWS,
  inputs,
  targets: ndarray(Float32Array.from(normal(seedKey(2), ROWS * 3)), [ROWS, 3]),
};
const small = { model: chain(dense(6), tanh(), dense(3)), loss: softmaxCrossEntropy(), examples: classes };

describe("I1 all parameters as one vector", () => {
  const { parameters } = initModel(chain(dense(4), batchNorm(), tanh(), dense(2)), [3], seedKey(1));
  const vector = flattenParameters(parameters);

  test("there and back again nothing is lost, and the order is the model's own", () => {
    expect(vector.parts.map(({ path, from, to }) => [path, from, to])).toEqual([
      ["dense1.weights", 0, 12],
      ["batchNorm1.scale", 12, 16],
      ["batchNorm1.shift", 16, 20],
      ["dense2.weights", 20, 28],
      ["dense2.bias", 28, 30],
    ]);
    expect(vector.data).toBeInstanceOf(Float64Array);
    expect([...unflatten(vector)]).toEqual([...parameters]);
    const again = initModel(chain(dense(4), batchNorm(), tanh(), dense(2)), [3], seedKey(1));
    expect(flattenParameters(again.parameters)).toEqual(vector);
  });

  test("every number has a name", () => {
    expect([0, 5, 12, 27, 29, 30].map((index) => placeIn(vector, index))).toEqual([
      "dense1.weights[0, 0]",
      "dense1.weights[1, 1]",
      "batchNorm1.scale[0]",
      "dense2.weights[3, 1]",
      "dense2.bias[1]",
      "number 30",
    ]);
    expect(indicesOf(17, [2, 3, 4])).toEqual([1, 1, 1]);
  });

  test("a vector of another length is refused", () => {
    expect(() => unflatten({ ...vector, data: new Float64Array(3) })).toThrow(
      expect.objectContaining({ code: "gradient/vector", message: expect.stringContaining("has 3") }),
    );
  });
});

describe("I2 the check computes in float64", () => {
  test("float32 examples and weights are converted, and the report says so", async () => {
    const report = await gradientCheck(small);
    expect(report.verdict).toBe("right");
    expect(report.summary).toContain("Computed in float64");
  });
});

describe("I3 the difference is divided by (2 * step)", () => {
  test("x^2 at 3 has the slope 6", async () => {
    const x = state("x", ndarray(Float64Array.of(3), [1]));
    const report = await gradientCheck({ cost: sum(multiply(x, x)), parameters: new Map([["x", x]]) });
    expect(report.verdict).toBe("right");
    expect(report.error).toBeLessThan(1e-7);
    // a rule for 2·x is found to be 2·x and not another multiple, by the numbers of both sides
    const wrong = bend("stopGradient", (up) => multiply(up, 0.5));
    const half = await gradientCheck({ cost: sum(multiply(wrong(x), wrong(x))), parameters: new Map([["x", x]]) });
    expect(half.parameters[0]?.worst?.analytic).toBe(3);
    expect(Math.abs((half.parameters[0]?.worst?.numeric ?? Number.NaN) - 6)).toBeLessThan(1e-6);
  });
});

const each: readonly (readonly [Layer, readonly number[]])[] = [
  [chain(dense(4), identity()), [5]],
  [dense(4), [5]],
  [batchNorm(), [5]],
  [layerNorm(), [5]],
  [dropout({ keep: 0.6 }), [5]],
  [spatialDropout({ keep: 0.6 }), [4, 2]],
  [residual(dense(5), tanh()), [5]],
  [ensemble([dense(3), dense(3)], { loss: softmaxCrossEntropy() }), [5]],
  [
    graphLayer([
      { layer: dense(5), of: 0 },
      { layer: tanh(), of: 1 },
      { parameter: "weights", shape: [5, 5], init: he(), learned: true },
      { op: "matmul", of: [2, 3], attributes: {} },
      { constant: [0.5], shape: [], dtype: "float32" },
      { op: "multiply", of: [4, 5], attributes: {} },
      { op: "add", of: [6, 0], attributes: {} },
      { op: "reshape", of: [7], attributes: { shape: ["batch", 5] } },
    ]),
    [5],
  ],
  [embedding({ count: 3, units: 2 }), [4]],
  [embeddingBag({ count: 2, units: 3 }), [4]],
  [periodic({ count: 2, inputs: [3, 0] }), [4]],
  [conv1d(3, { size: 3 }), [6, 2]],
  [conv2d(3), [4, 4, 2]],
  [maxPool(), [4, 4, 2]],
  [averagePool(), [4, 4, 2]],
  [globalAveragePool(), [4, 4, 2]],
  [attention({ heads: 2, causal: true }), [3, 4]],
  [transformerBlock({ heads: 2 }), [3, 4]],
  [featureBranch({ from: 1, length: 3, layers: [dense(2), tanh()] }), [5]],
  [recurrent(3), [4, 2]],
  [recurrent(2, { cell: "lstm", direction: "both", returns: "all" }), [3, 2]],
  [positionalEncoding({ form: "learned" }), [3, 4]],
  [flattenLayer(), [4, 2]],
  ...[relu(), leakyRelu(), elu(), gelu(), sigmoid(), tanh(), softmax(), identity()].map(
    (layer) => [layer, [5]] as const,
  ),
];

/** Whether a layer's inputs are codes, which nothing comes before. */
const takesCodes = ({ kind }: Layer): boolean => kind === "embedding" || kind === "embeddingBag";

describe("I4 |a - n| / (|a| + |n|) stays under 1e-7 for every layer", () => {
  test.each(each.map(([layer, shape]) => [layer.kind, layer, shape] as const))("%s", async (_, layer, shape) => {
    const size = shape.reduce((product, length) => product * length, ROWS);
    const draws = Float32Array.from(normal(seedKey(3), size), (x) =>
      takesCodes(layer) ? Math.abs(Math.round(x)) % 3 : x,
    );
    // a dense layer on either side, so that there is something to differentiate by
    const before = shape.length === 1 && !takesCodes(layer) ? [dense(5), tanh()] : [];
    const model = chain(
      ...before,
      layer,
      ...(layer.kind !== "embedding" && shape.length === 1 ? [] : [flattenLayer()]),
      dense(3),
    );
    const report = await gradientCheck({
      model,
      loss: squaredError(),
      examples: { ...numbers, inputs: ndarray(draws, [ROWS, ...shape]) },
    });
    expect(report.error, report.table).toBeLessThan(1e-7);
    expect(report.verdict, report.table).toBe("right");
  });

  test("every layer is here", () => {
    expect(new Set(each.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(layers)));
  });

  test("0/0 passes: a parameter that the cost does not feel", async () => {
    const [x, y] = [state("x", ndarray(Float64Array.of(3), [1])), state("y", ndarray(Float64Array.of(3), [1]))];
    const cost = sum(add(multiply(x, x), multiply(y, 0)));
    const report = await gradientCheck({
      cost,
      parameters: new Map([
        ["x", x],
        ["y", y],
      ]),
    });
    expect(report).toMatchObject({ verdict: "right" });
    expect(report.parameters.find(({ path }) => path === "y")).toMatchObject({ error: 0, worst: undefined });
  });
});

/** The same value with another gradient; it borrows a kernel that copies. */
function bend(name: string, gradient: (up: Tensor) => Tensor): Op<1> {
  return op(name, {
    arity: 1,
    dtypes: { takes: anyDType },
    shape: ([x]) => x.shape,
    gradient: (up) => [gradient(up)],
    trials: [],
  });
}

/** A layer one of whose parameters has a wrong gradient. */
function faulty(right: Layer, parameter: string, gradient: (up: Tensor) => Tensor): Layer {
  const wrong = bend("stopGradient", gradient);
  return {
    ...right,
    apply: (x, scope) =>
      right.apply(x, {
        ...scope,
        parameter: (name) => (name === parameter ? wrong(scope.parameter(name)) : scope.parameter(name)),
      }),
  };
}

test("I5 random directions are the fast way: a fraction of the runs, and the wrong parameter is still named", async () => {
  const examples = { rows: 4, inputs: filled([4, 40], 0.3), targets: filled([4, 3], 0.5) };
  const right = { model: chain(dense(60), tanh(), dense(3)), loss: squaredError(), examples };
  const whole = await gradientCheck(right, { most: 1e6 });
  const fast = await gradientCheck(right, { directions: 3 });
  expect([whole.verdict, fast.verdict]).toEqual(["right", "right"]);
  expect(whole).toMatchObject({ numbers: 40 * 60 + 60 + 60 * 3 + 3, runs: 2 + 2 * (40 * 60 + 60 + 60 * 3 + 3) });
  expect(fast.runs).toBe(2 + 2 * 4 * 3);
  expect(fast.summary).toContain("26 runs of the cost");
  // one number among 2400 is wrong
  const mask = ndarray(
    Float64Array.from({ length: 2400 }, (_, i) => (i === 77 ? 3 : 1)),
    [40, 60],
  );
  const { constant } = await import("../../src/graph/leaf.ts");
  const wrong = faulty(dense(60), "weights", (up) => multiply(up, constant(mask)));
  const found = await gradientCheck({ ...right, model: chain(wrong, tanh(), dense(3)) }, { directions: 3 });
  expect(found).toMatchObject({ verdict: "wrong" });
  expect(found.parameters[0]).toMatchObject({ path: "dense1.weights", checked: 3 });
  const subset = await gradientCheck(right, { most: 10 });
  expect(subset.runs).toBe(2 + 2 * 33);
});

test("I6 the table names the worst parameter first, and the number in it", async () => {
  const report = await gradientCheck({
    ...small,
    model: chain(
      dense(6),
      tanh(),
      faulty(dense(3), "bias", (up) => multiply(up, 2)),
    ),
  });
  expect(report.verdict).toBe("wrong");
  const [first, second] = report.parameters;
  expect(first).toMatchObject({ path: "dense2.bias", worst: { index: [expect.any(Number)] } });
  expect(first?.error).toBeCloseTo(1 / 3, 6);
  expect(first?.worst?.analytic).toBeCloseTo(2 * (first?.worst?.numeric ?? 0), 6);
  expect(second?.error).toBeLessThan(1e-7);
  expect(report.table.split("\n")[1]).toMatch(/^dense2\.bias {6}3\.3e-1 {8}3 {6}0 {2}\[\d\]$/);
  expect(placeOf(first as never)).toMatch(/^dense2\.bias\[\d\]$/);
  expect(report.summary).toContain("wrong");
});

describe("I7 penalties are squares (L2) or sizes (L1), and part of what is checked", () => {
  test.each([
    ["l1", l1(0.7)],
    ["l2", l2(0.7)],
    ["elastic", elastic({ l1: 0.3, l2: 0.4 })],
  ])("%s", async (_, penalty) => {
    const report = await gradientCheck({ ...small, penalty });
    expect(report.verdict, report.table).toBe("right");
  });

  test("I7 the notes' sum(W) pushes every weight the same way, past 0: no penalty on size at all", async () => {
    const w = state("w", ndarray(Float64Array.of(1, -2, 3, -4), [4]));
    const cost = (penalty: Penalty): Tensor => penalty.cost(new Map([["w", w]]), () => w0);
    const w0 = state("strength", ndarray(Float64Array.of(0.5), []));
    const literal = sum(multiply(w, w0));
    const { value } = await import("../../src/engine/program.ts");
    const at = async (tensor: Tensor): Promise<number> => (await value(tensor)).data[0] ?? Number.NaN;
    expect(await at(literal)).toBe(-1); // falls without end as weights go to minus infinity
    expect(await at(cost(l2(1)))).toBe(15);
    expect(await at(cost(l1(1)))).toBe(5);
  });

  test("a penalty that the gradient forgets is found in the weights, and only there", async () => {
    const right = l2(0.7);
    const forgotten: Penalty = { ...right, cost: (parameters, fed) => stopGradient(right.cost(parameters, fed)) };
    const report = await gradientCheck({ ...small, penalty: forgotten });
    expect(report.verdict).toBe("wrong");
    const wrong = report.parameters.filter(({ error }) => error > 1e-3).map(({ path }) => path);
    expect(wrong.sort()).toEqual(["dense1.weights", "dense2.weights"]);
  });
});

describe("I8 dropout can be checked with a frozen mask", () => {
  const model = chain(dense(6), tanh(), dropout({ keep: 0.7 }), dense(3));

  test("masks are frozen without being asked", async () => {
    expect(await gradientCheck({ ...small, model })).toMatchObject({ verdict: "right" });
  });

  test("I8 without freezing it J is not deterministic, which two equal runs show", async () => {
    const error = await gradientCheck({ ...small, model, frozen: false }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "gradient/random", hint: expect.stringContaining("freeze") });
    expect(error.message).toMatch(/^J is not deterministic: the same parameters gave the costs \d/);
    expect(await gradientCheck({ ...small, frozen: false })).toMatchObject({ verdict: "right" });
  });
});

describe("I9 checked at the beginning and after some training", () => {
  /** A bias that also enters squared, with the gradient of the square forgotten: at a bias of 0 nothing is wrong. */
  const forgetful: Layer = {
    ...dense(3),
    apply: (x, scope) => {
      const applied = dense(3).apply(x, scope);
      const bias = scope.parameter("bias");
      return { ...applied, output: add(applied.output, stopGradient(multiply(bias, bias))) };
    },
  };

  test("a mistake that the first point hides is found at the second", async () => {
    const spec = { ...small, model: chain(dense(6), tanh(), forgetful) };
    expect(await gradientCheck(spec)).toMatchObject({ verdict: "right" });
    const both = await gradientCheck(spec, { checkAt: [0, 50] });
    expect(both.points.map(({ step, verdict }) => [step, verdict])).toEqual([
      [0, "right"],
      [50, "wrong"],
    ]);
    expect(both.verdict).toBe("wrong");
    expect(both.parameters[0]?.path).toBe("dense2.bias");
    expect(both.summary).toContain("After 50 steps");
  });

  test("a cost that is no number has no slope", async () => {
    const x = state("x", ndarray(Float64Array.of(0), [1]));
    const error = await gradientCheck({ cost: sum(log(x)), parameters: new Map([["x", x]]) }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "gradient/not-finite", message: expect.stringContaining("-Infinity") });
  });

  test("what is right stays right, with running statistics and masks", async () => {
    const model = chain(dense(6), batchNorm(), relu(), dropout({ keep: 0.8 }), dense(3));
    const report = await gradientCheck({ ...small, model, penalty: l2(0.1) }, { checkAt: [0, 50] });
    expect(report.points.map(({ verdict }) => verdict)).toEqual(["right", "right"]);
  });
});

describe("I10 kinks, batch norm in training, fused cross-entropy", () => {
  test("numbers at a kink and beside one are left out and counted", async () => {
    const x = state("x", ndarray(Float64Array.of(0, 1e-6, 0.5, -0.5), [1, 4]));
    const { output } = buildModel(relu(), x, { variables: new Map(), mode: "train" });
    const cost = sum(multiply(add(output, 1), add(output, 1)));
    const report = await checkGradients({ cost, parameters: new Map([["x", x]]) });
    expect(report).toMatchObject({ verdict: "right", kinks: 2 });
    expect(report.parameters[0]?.checked).toBe(2);
    expect(report.summary).toContain("2 kinks left out");
  });

  test("batch norm and cross-entropy of logits", async () => {
    const model = chain(dense(6), batchNorm(), tanh(), dense(3));
    expect((await gradientCheck({ ...small, model })).error).toBeLessThan(1e-7);
  });
});
