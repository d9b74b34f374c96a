import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { value } from "../../src/engine/program.ts";
import { writeSafetensors } from "../../src/exchange/safetensors.ts";
import { matmul } from "../../src/graph/contraction.ts";
import { constant } from "../../src/graph/leaf.ts";
import { transpose } from "../../src/graph/movement.ts";
import { relu, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { l1, l2, type Penalty, penaltyFrom, softened, sumOfSquares } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { momentum } from "../../src/optim/momentum.ts";
import { optimizerFrom } from "../../src/optim/optimizers.ts";
import { cosine } from "../../src/optim/schedule.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { fit } from "../../src/train/fit.ts";
import { modelCost } from "../../src/train/model-cost.ts";
import { prune } from "../../src/train/prune.ts";
import type { Run } from "../../src/train/run.ts";
import { evaluate, predict } from "../../src/train/trained.ts";
import { defaultSpace } from "../../src/tune/default-space.ts";
import { readDigits } from "../train/digits.ts";
import { ring } from "../train/small-job.ts";

const digits = readDigits(1);
const list = (array: NdArray | undefined): readonly number[] => Array.from(array?.data ?? []);
const share = (numbers: readonly number[], is: (x: number) => boolean) => numbers.filter(is).length / numbers.length;

test("C3 Frobenius' square is the trace of WᵀW; WᵀW itself, as the notes have it, is a matrix", async () => {
  const w = constant(ndarray(Float64Array.of(1, -2, 3, 0), [2, 2]));
  const product = list(await value(matmul(transpose(w), w)));
  expect(product).toEqual([10, -2, -2, 4]);
  expect((product[0] ?? 0) + (product[3] ?? 0)).toBe(list(await value(sumOfSquares(w)))[0]);
});

test("C4 C5 C10 gradients are right with each penalty in the cost", async () => {
  for (const penalty of [
    l2(0.7, { reduction: "examples" }),
    l1(0.3),
    penaltyFrom({ kind: "elastic", l1: 0.1, l2: 0.2 }),
  ]) {
    const model = chain(dense(5), tanh(), dense(2));
    const spec = modelCost({ model, loss: softmaxCrossEntropy(), penalty, examples: ring(10, 1) });
    expect((await checkGradients(spec)).verdict).toBe("right");
  }
});

test("C7 a number alone is the strength of L2, which is searched on a logarithmic scale", () => {
  const { penalty } = defaultSpace();
  expect(penalty.kind).toBe("logUniform");
  // half of the draws lie below the geometric mean of the ends, not below their half
  const { from, to } = penalty.options as { readonly from: number; readonly to: number };
  expect(penalty.at(0.5) / Math.sqrt(from * to)).toBeCloseTo(1, 9);
  expect(penaltyFrom(0.01)).toMatchObject({ kind: "l2", settings: { l2: 0.01 } });
});

/** Fifty columns of which five count. */
function sparse(seed: number): Examples {
  const key = seedKey(seed);
  const draws = normal(fork(key, "x"), 200 * 50);
  const noise = normal(fork(key, "noise"), 200);
  const truth = (row: number): number =>
    [3, -2, 2.5, -3, 1.5].reduce((sum, w, j) => sum + w * (draws[row * 50 + 10 * j] ?? 0), 0);
  return {
    rows: 200,
    inputs: ndarray(Float32Array.from(draws), [200, 50]),
    targets: ndarray(
      Float32Array.from({ length: 200 }, (_, row) => truth(row) + 0.1 * (noise[row] ?? 0)),
      [200, 1],
    ),
  };
}

async function sparseWeights(penalty: Penalty): Promise<readonly number[]> {
  const optimizer = gradientDescent({ rate: 0.05 });
  const run = await fit({
    model: chain(dense(1)),
    loss: squaredError(),
    optimizer,
    penalty,
    train: sparse(3),
    batch: 200,
    epochs: 400,
  });
  return list(run.trained.weights.get("dense1.weights"));
}

test("C6 the soft threshold finds four of five zeros exactly and keeps what counts; L2 and plain L1 find none", async () => {
  const proximal = await sparseWeights(l1(0.4, { proximal: true }));
  expect(share(proximal, (w) => w === 0)).toBeGreaterThanOrEqual(0.8);
  for (const [j, w] of [3, -2, 2.5, -3, 1.5].entries()) expect(proximal[10 * j]).toBeCloseTo(w - 0.1 * Math.sign(w), 1);
  expect(share(await sparseWeights(l2(0.4)), (w) => w === 0)).toBe(0);
  const plain = await sparseWeights(l1(0.4));
  expect(share(plain, (w) => w === 0)).toBe(0);
  expect(share(plain, (w) => Math.abs(w) < 0.02)).toBeGreaterThan(0.8);
});

test("C6 one step is soft(w - rate·slope, rate·λ/2m), the reported cost counts the penalty", async () => {
  const inputs = ndarray([1, 0, 0, 1], [2, 2]);
  const job = {
    model: chain(dense(1, { bias: false })),
    loss: squaredError(),
    optimizer: gradientDescent({ rate: 0.5 }),
  };
  const rows = { rows: 2, inputs, targets: ndarray([0, 0], [2, 1]) };
  const begun = await fit({ ...job, train: rows, epochs: 0 });
  const penalty = l1(0.4, { proximal: true, reduction: "examples" });
  const run = await fit({ ...job, penalty, train: rows, epochs: 1 });
  const [before, behind] = [
    list(begun.trained.weights.get("dense1.weights")),
    list(run.trained.weights.get("dense1.weights")),
  ];
  for (const [i, w] of before.entries()) {
    const next = w - 0.5 * w; // the mean of (w_i)² over two rows has the slope w_i
    expect(behind[i]).toBeCloseTo(Math.sign(next) * Math.max(Math.abs(next) - (0.5 * 0.4) / 4, 0), 6);
  }
  const losses = before.reduce((sum, w) => sum + w * w, 0) / 2;
  expect(run.history[0]?.cost).toBeCloseTo(losses + (0.4 / 4) * before.reduce((sum, w) => sum + Math.abs(w), 0), 5);
  expect(list(await value(softened(constant(ndarray([3, -3, 0.5], [3])), 1)))).toEqual([2, -2, 0]);
});

test("C6 with accumulated gradients the threshold acts once an update", async () => {
  const optimizer = optimizerFrom({ kind: "accumulate", every: 4, optimizer: { kind: "gradientDescent", rate: 1e-9 } });
  const job = { model: chain(dense(1)), loss: squaredError(), train: sparse(1), batch: 50, epochs: 1, shuffle: false };
  const begun = await fit({ ...job, optimizer, epochs: 0 });
  const run = await fit({ ...job, optimizer: { ...optimizer, rate: 1e-9 }, penalty: l1(2e7, { proximal: true }) });
  const [before, behind] = [begun, run].map(({ trained }) => list(trained.weights.get("dense1.weights")));
  expect(before).toHaveLength(50);
  for (const [i, w] of (before ?? []).entries())
    expect(behind?.[i]).toBeCloseTo(Math.sign(w) * Math.max(Math.abs(w) - 0.01, 0), 4);
});

test("C6 pruning takes out the units that nothing needs: a smaller model with the same answers", async () => {
  const model = chain(dense(64), relu(), dense(32), batchNorm(), tanh(), dense(10));
  const run = await fit({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: momentum({ rate: 0.5 }),
    penalty: l1(0.004, { proximal: true }),
    ...digits,
    epochs: 20,
  });
  const small = prune(run.trained);
  expect(small.zeros).toBeGreaterThan(0.5);
  expect(small.units).toBeGreaterThan(5);
  const size = (weights: ReadonlyMap<string, NdArray>) =>
    [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(size(small.trained.weights)).toBeLessThan(0.95 * size(run.trained.weights));
  const [before, behind] = [
    await predict(run.trained, digits.dev.inputs),
    await predict(small.trained, digits.dev.inputs),
  ];
  for (const [i, answer] of list(before.answers).entries()) expect(behind.answers.data[i]).toBeCloseTo(answer, 5);
  const file = ({ weights }: Run["trained"]) => writeSafetensors(weights).length;
  expect(file(small.trained)).toBeLessThan(0.95 * file(run.trained));
  expect(prune(run.trained, { upTo: 0.01 }).zeros).toBeGreaterThanOrEqual(small.zeros);
});

test("C8 batch norm's scale and shift are left alone by default, and included when asked", async () => {
  const strong = async (except?: readonly string[]): Promise<Run> => {
    const penalty = l2(5, except === undefined ? {} : { except });
    const model = chain(dense(6), batchNorm(), relu(), dense(2));
    return fit({
      model,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.05 }),
      penalty,
      train: ring(200, 1),
      epochs: 30,
    });
  };
  const norm = ({ trained }: Run) => Math.hypot(...list(trained.weights.get("batchNorm1.scale")));
  expect(norm(await strong())).toBeGreaterThan(1);
  expect(norm(await strong([]))).toBeLessThan(0.1);
});

const rank = (numbers: readonly number[]) => numbers.map((x) => numbers.filter((y) => y < x).length);
function spearman(a: readonly number[], b: readonly number[]): number {
  const [ra, rb] = [rank(a), rank(b)];
  const mean = (a.length - 1) / 2;
  const dot = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, x, i) => sum + (x - mean) * ((q[i] ?? 0) - mean), 0);
  return dot(ra, rb) / Math.sqrt(dot(ra, ra) * dot(rb, rb));
}

/** Numbers that a straight line explains in part: x + sin(3y). */
function bent(rows: number): Examples {
  const draws = normal(seedKey(8), rows * 2);
  const truth = (x: number, y: number): number => x + Math.sin(3 * y);
  const targets = Float32Array.from({ length: rows }, (_, i) => truth(draws[2 * i] ?? 0, draws[2 * i + 1] ?? 0));
  return { rows, inputs: ndarray(Float32Array.from(draws), [rows, 2]), targets: ndarray(targets, [rows, 1]) };
}

test("C13 C14 with a larger λ the weights shrink, the training error grows, and the tanh network turns linear", async () => {
  const strengths = [0, 1e-4, 1e-3, 1e-2, 0.03, 0.06, 0.1];
  const [norms, costs, fits]: [number[], number[], number[]] = [[], [], []];
  const examples = bent(300);
  for (const strength of strengths) {
    const job = { loss: squaredError(), optimizer: adam({ rate: 0.01 }), train: examples, epochs: 150, seed: 2 };
    const model = chain(dense(24), tanh(), dense(24), tanh(), dense(1));
    const run = await fit({ ...job, model, penalty: l2(strength), schedule: cosine() });
    const weights = [...run.trained.weights]
      .filter(([path]) => path.endsWith("weights"))
      .flatMap(([, one]) => list(one));
    norms.push(Math.hypot(...weights));
    costs.push(run.train.cost);
    fits.push(await linearity(run, examples));
  }
  expect(spearman(strengths, norms)).toBeLessThan(-0.9);
  expect(spearman(strengths, costs)).toBeGreaterThan(0.9);
  expect(norms.at(-1)).toBeGreaterThan(0); // L2 shrinks, it does not set to 0
  expect(fits[0]).toBeLessThan(0.9);
  expect(fits.at(-1)).toBeGreaterThan(0.99);
});

/** R² of a network's answers against their best linear fit, by least squares. */
async function linearity({ trained }: Run, { inputs, rows }: Examples): Promise<number> {
  const { answers } = await predict(trained, inputs);
  const x = (i: number): readonly number[] => [1, inputs.data[2 * i] ?? 0, inputs.data[2 * i + 1] ?? 0];
  const a = [0, 1, 2].map(() => [0, 0, 0, 0]);
  for (let i = 0; i < rows; i++)
    for (const [p, line] of a.entries())
      for (const [q, factor] of [...x(i), answers.data[i] ?? 0].entries())
        line[q] = (line[q] ?? 0) + (x(i)[p] ?? 0) * factor;
  const w = solve(a);
  const mean = list(answers).reduce((sum, y) => sum + y / rows, 0);
  let [left, total] = [0, 0];
  for (const [i, y] of list(answers).entries()) {
    left += (y - x(i).reduce((sum, value, j) => sum + value * (w[j] ?? 0), 0)) ** 2;
    total += (y - mean) ** 2;
  }
  return 1 - left / total;
}

function solve(a: number[][]): readonly number[] {
  for (let p = 0; p < a.length; p++) {
    const top = a[p] as number[];
    for (let q = 0; q < a.length; q++) {
      if (q === p) continue;
      const line = a[q] as number[];
      const factor = (line[p] ?? 0) / (top[p] ?? 1);
      for (let k = p; k <= a.length; k++) line[k] = (line[k] ?? 0) - factor * (top[k] ?? 0);
    }
  }
  return a.map((line, p) => (line[a.length] ?? 0) / (line[p] ?? 1));
}

test("C15 at the best λ the gap between dev and training error is at least 30% smaller, over ten seeds", async () => {
  const mean = async (strength: number) => {
    let [gap, dev] = [0, 0];
    for (let seed = 1; seed <= 10; seed++) {
      const penalty = l2(strength);
      const job = {
        loss: softmaxCrossEntropy(),
        optimizer: adam({ rate: 5e-3 }),
        penalty,
        batch: 40,
        epochs: 60,
        seed,
      };
      const run = await fit({ ...job, model: chain(dense(48), relu(), dense(10)), train: mislabelled(seed) });
      const measured = await evaluate(run.trained, digits.dev);
      gap += (measured.error - run.train.error) / 10;
      dev += measured.error / 10;
    }
    return { gap, dev };
  };
  const plain = await mean(0);
  const best = [await mean(0.01), await mean(0.03), await mean(0.1)].toSorted((a, b) => a.dev - b.dev)[0];
  expect(best?.dev).toBeLessThan(plain.dev);
  expect(best?.gap).toBeLessThan(0.7 * plain.gap);
});

/** A hundred and twenty digits, every fifth with a wrong label. */
function mislabelled(seed: number): Examples {
  const few = takeExamples(
    digits.train,
    Uint32Array.from({ length: 120 }, (_, i) => (i * 7 + seed * 53) % digits.train.rows),
  );
  for (let i = 0; i < few.rows; i += 5) few.targets.data[i] = ((few.targets.data[i] ?? 0) + 1 + (i % 9)) % 10;
  return few;
}
