import { expect, test } from "vitest";
import { filled, type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { value } from "../../src/engine/program.ts";
import { cos, divide, less, log, multiply, select, sqrt, subtract } from "../../src/graph/elementwise.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant, state } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import { relu, tanh } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout, spatialDropout, withoutDropout } from "../../src/nn/dropout.ts";
import { flatten } from "../../src/nn/flatten.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { toJson } from "../../src/nn/layers.ts";
import { buildModel } from "../../src/nn/model.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { drawPredictions } from "../../src/train/draw-predictions.ts";
import { fit } from "../../src/train/fit.ts";
import { modelCost } from "../../src/train/model-cost.ts";
import { train } from "../../src/train/train.ts";
import { evaluate, predict } from "../../src/train/trained.ts";
import { apply, list } from "../nn/apply.ts";
import { readDigits } from "../train/digits.ts";
import { ring, smallJob } from "../train/small-job.ts";

const parts = readDigits(1);

/** The notes' `np.random.randn(…) < keep_prob` in place of our mask: normal draws from the even ones (Box and Muller 1958). */
const literal = (keep: number): Layer => ({
  ...dropout({ keep }),
  apply: (x, scope) => {
    const [u, v] = [scope.uniform("u", x.shape), scope.uniform("v", x.shape)];
    const normalDraws = multiply(sqrt(multiply(log(subtract(1, u)), -2)), cos(multiply(v, 2 * Math.PI)));
    return { output: select(less(normalDraws, keep), divide(x, keep), 0), buffers: new Map() };
  },
});

test("D2 D4 the notes' randn keeps .788 for .8, .691 for .5 and .841 where all is to be kept; ours what is asked for", async () => {
  const DRAWS = 1e5;
  for (const [keep, share] of [
    [0.8, 0.7881],
    [0.5, 0.6915],
    [1, 0.8413],
  ] as const) {
    for (const [layer, expected] of [
      [literal(keep), share],
      [dropout({ keep }), keep],
    ] as const) {
      const { output } = await apply(layer, filled([250, 400], 1), { mode: "train" });
      const numbers = list(output);
      const four = 4 * Math.sqrt((expected * (1 - expected)) / DRAWS); // of the deviations that chance allows
      expect(Math.abs(numbers.filter((x) => x !== 0).length / DRAWS - expected)).toBeLessThanOrEqual(four);
      // the mean of ones is 1, and for the notes' draws .985 at .8
      const mean = numbers.reduce((sum, x) => sum + x, 0) / DRAWS;
      expect(Math.abs(mean - expected / keep)).toBeLessThanOrEqual(four / keep);
    }
  }
});

test("D3 what lies below the keep probability is kept, not dropped", async () => {
  const { output } = await apply(dropout({ keep: 0.9 }), filled([100, 100], 1), { mode: "train" });
  expect(Math.abs(list(output).filter((x) => x === 0).length / 1e4 - 0.1)).toBeLessThan(4 * 0.003); // four deviations
});

test("D5 the slope is the upstream one times mask over keep, and a frozen mask passes the gradient check", async () => {
  const x = state("x", ndarray(Float64Array.from(normal(seedKey(4), 40)), [8, 5]));
  const upstream = ndarray(Float64Array.from(normal(seedKey(5), 40)), [8, 5]);
  const { output, random } = buildModel(dropout({ keep: 0.6 }), x, { variables: new Map(), mode: "train" });
  expect(random).toBeDefined();
  const feeds = { random: ndarray(Int32Array.of(1, 2, 3), [3]), keep: 0.6 };
  const [slope] = grad(sum(multiply(output, constant(upstream))), [x]);
  const [given, slopes] = [await value(output, feeds), await value(slope ?? x, feeds)];
  for (const [i, dx] of Array.from(slopes.data).entries())
    expect(dx).toBeCloseTo(given.data[i] === 0 ? 0 : (upstream.data[i] ?? 0) / 0.6, 12);
  const model = chain(dense(6), tanh(), dropout({ keep: 0.5 }), dense(2));
  const spec = modelCost({ model, loss: softmaxCrossEntropy(), examples: ring(12, 1) });
  expect((await checkGradients(spec)).verdict).toBe("right");
});

test("D6 predicting twice is the same; drawn predictions differ, on request alone, and say how unsure they are", async () => {
  const model = chain(dense(32), relu(), dropout({ keep: 0.5 }), dense(2));
  const { trained } = await fit({ ...smallJob(), model, epochs: 40 });
  const rows = ring(200, 77);
  const [one, two] = [await predict(trained, rows.inputs), await predict(trained, rows.inputs)];
  expect(list(two.answers)).toEqual(list(one.answers));
  const drawn = await drawPredictions(trained, rows.inputs, { draws: 40 });
  expect(list((await drawPredictions(trained, rows.inputs, { draws: 40 })).answers)).toEqual(list(drawn.answers));
  expect(list((await drawPredictions(trained, rows.inputs, { draws: 40, seed: 9 })).answers)).not.toEqual(
    list(drawn.answers),
  );
  expect(Math.max(...list(drawn.deviations))).toBeGreaterThan(0.05);
  // less sure where it is wrong
  const spread = (wrong: boolean) => {
    const seen = Array.from({ length: rows.rows }, (_, row) => row).filter(
      (row) => (one.classes?.data[row] !== rows.targets.data[row]) === wrong,
    );
    return seen.reduce((total, row) => total + (drawn.deviations.data[2 * row] ?? 0), 0) / seen.length;
  };
  expect(spread(true)).toBeGreaterThan(spread(false));
});

test("D8 every layer keeps its own share", async () => {
  const model = chain(dropout({ keep: 0.9 }), dropout({ keep: 0.5 }));
  const { output } = await apply(model, filled([300, 300], 1), { mode: "train" });
  expect(list(output).filter((x) => x !== 0).length / 9e4).toBeCloseTo(0.45, 2);
  const start = (
    await train({
      ...smallJob(),
      model: chain(dropout({ keep: 0.9 }), dense(4), relu(), dropout({ keep: 0.5 }), dense(2)),
    }).next()
  ).value;
  expect(start).toMatchObject({ settings: { "dropout1.keep": 0.9, "dropout2.keep": 0.5 } });
});

test("D9 dropping many inputs is warned of; dropping few, or hidden units, is not", async () => {
  const notices = async (...before: readonly ReturnType<typeof dropout>[]) => {
    const model = chain(...before, dense(4), relu(), dropout({ keep: 0.5 }), dense(2));
    const start = (await train({ ...smallJob(), model }).next()).value;
    return start?.kind === "start" ? start.notices.filter((message) => message.includes("inputs")) : [];
  };
  expect(await notices(dropout({ keep: 0.5 }))).toEqual([expect.stringContaining("dropout1 keeps 0.5")]);
  expect(await notices(flatten(), dropout({ keep: 0.7 }))).toHaveLength(1);
  expect(await notices(dropout({ keep: 0.9 }))).toEqual([]);
  expect(await notices()).toEqual([]);
});

test("D10 spatial dropout drops whole channels of an example", async () => {
  const { output } = await apply(spatialDropout({ keep: 0.5 }), filled([40, 3, 3, 6], 1), { mode: "train" });
  const numbers = list(output);
  const dropped = Array.from({ length: 40 * 6 }, (_, i) => {
    const [example, channel] = [Math.floor(i / 6), i % 6];
    const values = Array.from({ length: 9 }, (_x, pixel) => numbers[example * 54 + pixel * 6 + channel]);
    expect(new Set(values).size).toBe(1);
    return values[0] === 0;
  });
  expect(Math.abs(dropped.filter(Boolean).length - 120)).toBeLessThan(4 * Math.sqrt(240 / 4)); // four deviations
});

test("D11 without dropout the cost of all rows never rises at a small rate; the model keeps its dropout", async () => {
  const model = chain(dense(16), tanh(), dropout({ keep: 0.5 }), dense(2));
  const job = {
    ...smallJob(),
    loss: softmaxCrossEntropy(),
    optimizer: gradientDescent({ rate: 0.05 }),
    batch: 150,
    epochs: 100,
  };
  const { penalty, schedule, dev, ...plain } = job;
  const rises = async (of: typeof model) => {
    const run = await fit({ ...plain, model: of });
    const costs = run.history.map(({ cost }) => cost);
    return costs.filter((cost, i) => i > 0 && cost > (costs[i - 1] ?? 0)).length;
  };
  expect(await rises(withoutDropout(model))).toBe(0);
  expect(await rises(model)).toBeGreaterThan(10);
  expect(toJson(withoutDropout(model))).toEqual(toJson(model));
  const run = await fit({ ...plain, model: withoutDropout(model) });
  const { trained } = run;
  // weights fit both: what was learned without dropout answers alike with it
  const [off, on] = [await evaluate(trained, ring(200, 3)), await evaluate({ ...trained, model }, ring(200, 3))];
  expect(on).toEqual(off);
  expect((await evaluate({ ...trained, model }, ring(150, 1))).cost).toBeCloseTo(run.train.cost, 6);
});

/** How unlike the weights of two copies of one feature become: |log(larger / smaller)|. */
async function unlike(seed: number, keep: number): Promise<number> {
  const draws = normal(seedKey(seed), 400);
  const inputs = ndarray(Float32Array.from(Array.from(draws).flatMap((x) => [x, x])), [400, 2]);
  const targets: NdArray = ndarray(
    Float32Array.from(draws, (x) => 2 * x),
    [400, 1],
  );
  const model = chain(...(keep < 1 ? [dropout({ keep })] : []), dense(1, { bias: false }));
  const { trained } = await fit({
    model,
    loss: squaredError(),
    optimizer: adam({ rate: 0.02 }),
    train: { rows: 400, inputs, targets },
    epochs: 30,
    seed,
  });
  const [a = 0, b = 0] = list(trained.weights.get("dense1.weights"));
  return a * b <= 0 ? Number.POSITIVE_INFINITY : Math.abs(Math.log(a / b));
}

test("D12 dropout spreads the weight over two copies of a feature", async () => {
  const median = async (keep: number) => {
    const all: number[] = [];
    for (let seed = 1; seed <= 20; seed++) all.push(await unlike(seed, keep));
    return all.toSorted((x, y) => x - y)[10] ?? Number.NaN;
  };
  const [plain, dropped] = [await median(1), await median(0.5)];
  expect(dropped).toBeLessThan(0.2);
  expect(plain).toBeGreaterThan(2 * dropped);
});

test("D1 the training error with dropout is measured without it", async () => {
  const model = chain(dense(64), relu(), dropout({ keep: 0.5 }), dense(10));
  const run = await fit({ model, loss: softmaxCrossEntropy(), optimizer: adam({ rate: 3e-3 }), ...parts, epochs: 4 });
  const last = run.history.at(-1);
  expect(last?.cost).toBeGreaterThan(last?.train.cost ?? 0);
});
