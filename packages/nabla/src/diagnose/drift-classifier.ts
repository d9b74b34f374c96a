/** A classifier of two samples (two-sample test): where it can separate them, their distributions differ. */
import { type NdArray, ndarray, zeros } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { fork, type Key, permutation } from "../base/random.ts";
import type { Engine } from "../engine/contract.ts";
import { compile, type Program } from "../engine/program.ts";
import { matmul } from "../graph/contraction.ts";
import { add, multiply, softplus, subtract } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { input, state } from "../graph/leaf.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Auc, aucOf, meanAuc } from "./drift-statistics.ts";

/** Steps of accelerated descent: enough for a ranking, few enough to leave low-variance directions near zero. */
const STEPS = 50;
const MOMENTUM = 0.9;
/** On the squared weights; features are standardized. */
const PENALTY = 0.02;
/** Squares of wild values would drown all others. */
const WIDEST = 3;

/** Two samples that a classifier learns to tell apart. */
export interface Samples {
  /** float32 [rows, features], standardized; the rows of the first sample, then those of the second. */
  readonly inputs: NdArray;
  /** Rows of the first sample. */
  readonly first: number;
}

/**
 * The AUC of a logistic regression on the features and their squares, cross-fitted: two halves, each scored by what was
 * learned from the other (Kim, Ramdas, Singh and Wasserman 2021; Lopez-Paz and Oquab 2017). Within a half scores are of
 * one classifier, so its AUC is honest, and halves are averaged.
 */
export async function crossFittedAuc(
  { inputs, first }: Samples,
  { key, engine }: { readonly key: Key; readonly engine?: Engine | undefined },
): Promise<Auc> {
  const [rows = 0, features = 0] = inputs.shape;
  const wide = withSquares(inputs.data, rows, features);
  const halves = halvesOf(first, rows, key);
  const learner = await learnerFor(features * 2, engine);
  const found: Auc[] = [];
  for (const [i, held] of halves.entries()) {
    const weights = await learn(learner, { wide, features: features * 2, first, learn: halves[1 - i] ?? held });
    const scores = Array.from(held, (row) => scoreOf(wide, weights, row));
    const middle = held.findIndex((row) => row >= first);
    found.push(aucOf(scores.slice(0, middle), scores.slice(middle)));
  }
  return meanAuc(found);
}

/** Two halves of each sample, its rows in ascending order of sample. Of an odd number one row stays out. */
function halvesOf(first: number, rows: number, key: Key): readonly [Uint32Array, Uint32Array] {
  const a = permutation(fork(key, "first"), first);
  const b = permutation(fork(key, "second"), rows - first).map((row) => row + first);
  const [n, m] = [a.length >> 1, b.length >> 1];
  const half = (i: number): Uint32Array =>
    Uint32Array.from([...a.subarray(i * n, (i + 1) * n), ...b.subarray(i * m, (i + 1) * m)]);
  return [half(0), half(1)];
}

/** [rows, 2 features]: x next to x² - 1, both clipped. */
function withSquares(data: NdArray["data"], rows: number, features: number): Float32Array {
  const wide = new Float32Array(rows * features * 2);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < features; i++) {
      const x = Math.max(-WIDEST, Math.min(WIDEST, data[row * features + i] ?? 0));
      wide[row * features * 2 + i] = x;
      wide[row * features * 2 + features + i] = (x * x - 1) / Math.SQRT2;
    }
  }
  return wide;
}

interface Learner {
  readonly program: Program;
  readonly states: readonly Tensor[];
}

/** Logistic regression as a program: every run is one step of Nesterov's descent on all rows. */
async function learnerFor(features: number, engine: Engine | undefined): Promise<Learner> {
  const x = input("x", ["rows", features]);
  const signs = input("signs", ["rows", 1]); // 1 for the second sample, 0 for the first
  const shares = input("shares", ["rows", 1]); // so that both samples weigh one half
  const rate = input("rate", []);
  const weights = state("weights", zeros([features, 1]));
  const bias = state("bias", zeros([1, 1]));
  const logits = add(matmul(x, weights), bias);
  const loss = sum(multiply(shares, subtract(softplus(logits), multiply(signs, logits))));
  const cost = add(loss, multiply(PENALTY / 2, sum(multiply(weights, weights))));
  const kept = [weights, bias];
  const speeds = kept.map((weight, i) => state(`speed${i}`, zeros(weight.shape as readonly number[])));
  const slopes = grad(cost, kept);
  const updates = kept.flatMap((weight, i) => {
    const [speed, slope] = [speeds[i] ?? weight, slopes[i] ?? weight];
    const next = subtract(multiply(MOMENTUM, speed), multiply(rate, slope));
    const moved = add(weight, subtract(multiply(MOMENTUM, next), multiply(rate, slope)));
    return [[speed, next] as const, [weight, moved] as const];
  });
  const program = await compile({ inputs: [x, signs, shares, rate], outputs: {}, updates }, compact({ engine }));
  return { program, states: [...kept, ...speeds] };
}

interface Lesson {
  readonly wide: Float32Array;
  readonly features: number;
  readonly first: number;
  readonly learn: Uint32Array;
}

/** The weights that separate the samples. */
async function learn(
  { program, states }: Learner,
  { wide, features, first, learn: rows }: Lesson,
): Promise<NdArray["data"]> {
  for (const state of states) program.write(state, zeros(state.shape as readonly number[]));
  const many = rows.length;
  const firsts = rows.filter((row) => row < first).length;
  const blank = ndarray(new Float32Array(many * features), [many, features]);
  const column = ndarray(new Float32Array(many), [many, 1]);
  // every step takes the rows from where the engine has them
  const x = (await program.inputBuffer("x", { x: blank, signs: column, shares: column, rate: 0 })) ?? blank;
  for (const [i, row] of rows.entries()) x.data.set(wide.subarray(row * features, (row + 1) * features), i * features);
  const signs = ndarray(
    Float32Array.from(rows, (row) => Number(row >= first)),
    [many, 1],
  );
  const shares = ndarray(
    Float32Array.from(rows, (row) => 0.5 / (row < first ? firsts : many - firsts)),
    [many, 1],
  );
  const rate = 1 / (steepestCurve(x) / 4 + PENALTY);
  for (let step = 0; step < STEPS; step++) await program.run({ x, signs, shares, rate });
  return (await program.read(states[0] as Tensor)).data;
}

/** The largest eigenvalue of XᵀX / rows, a little above: power iteration; a quarter of it bounds the curvature. */
function steepestCurve({ data, shape: [rows = 0, features = 0] }: NdArray): number {
  let direction = new Float64Array(features).fill(1 / Math.sqrt(features));
  let value = 1;
  for (let round = 0; round < 8; round++) {
    const next = new Float64Array(features);
    for (let row = 0; row < rows; row++) {
      let dot = 0;
      for (let i = 0; i < features; i++) dot += (data[row * features + i] ?? 0) * (direction[i] ?? 0);
      for (let i = 0; i < features; i++) next[i] = (next[i] ?? 0) + dot * (data[row * features + i] ?? 0);
    }
    value = Math.sqrt(next.reduce((total, x) => total + x * x, 0)) / rows;
    if (value === 0) return 1;
    direction = next.map((x) => x / (value * rows));
  }
  return 1.2 * value + 1; // the bias is one more feature
}

function scoreOf(wide: Float32Array, weights: NdArray["data"], row: number): number {
  let score = 0;
  for (let i = 0; i < weights.length; i++) score += (wide[row * weights.length + i] ?? 0) * (weights[i] ?? 0);
  return score;
}
