/** Small seeded tasks that a healthy network learns in a moment; faults are planted in them. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { fork, type Key, normal, seedKey, uniform } from "../../base/random.ts";
import type { Examples } from "../../data/examples.ts";

/** Inputs [rows, features] and what to learn from them. */
export interface SyntheticTask {
  readonly rows: number;
  readonly seed: number;
  /** Inputs of each row; 2 by default. */
  readonly features?: number;
}

function inputsOf({ rows, seed, features = 2 }: SyntheticTask): NdArray {
  return ndarray(Float32Array.from(normal(fork(seedKey(seed), "inputs"), rows * features)), [rows, features]);
}

function classes(inputs: NdArray, of: (row: (i: number) => number) => number): Examples {
  const [rows = 0, width = 1] = inputs.shape;
  const codes = Int32Array.from({ length: rows }, (_, row) => of((i) => inputs.data[row * width + i] ?? 0));
  return { rows, inputs, targets: ndarray(codes, [rows]) };
}

function numbers(inputs: NdArray, of: (row: (i: number) => number) => number): Examples {
  const [rows = 0, width = 1] = inputs.shape;
  const values = Float32Array.from({ length: rows }, (_, row) => of((i) => inputs.data[row * width + i] ?? 0));
  return { rows, inputs, targets: ndarray(values, [rows, 1]) };
}

/** Two classes by the sign of a product: exclusive or, which is not linearly separable. */
export function crossing(ground: SyntheticTask): Examples {
  return classes(widened(ground, 0.15), (x) => Number(x(0) * x(1) > 0));
}

/** Pushes the first two inputs a little away from 0, so that the classes have a margin between them. */
function widened(ground: SyntheticTask, by: number): NdArray {
  const inputs = inputsOf(ground);
  const [rows = 0, width = 1] = inputs.shape;
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < Math.min(2, width); i++) {
      const at = row * width + i;
      const x = inputs.data[at] ?? 0;
      inputs.data[at] = x + by * (x < 0 ? -1 : 1);
    }
  return inputs;
}

/** Classes on a wheel of `count` sectors in the first two inputs, with a margin between them. */
export function wheel(ground: SyntheticTask, count: number): Examples {
  const inputs = inputsOf(ground);
  const [rows = 0, width = 1] = inputs.shape;
  const draws = uniform(fork(seedKey(ground.seed), "sectors"), rows * 2);
  const codes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const code = Math.floor((draws[2 * row] ?? 0) * count);
    const angle = ((code + 0.1 + 0.8 * (draws[2 * row + 1] ?? 0)) * 2 * Math.PI) / count;
    const far = 0.6 + Math.abs(inputs.data[row * width] ?? 0);
    inputs.data[row * width] = far * Math.cos(angle);
    inputs.data[row * width + 1] = far * Math.sin(angle);
    codes[row] = code;
  }
  return { rows, inputs, targets: ndarray(codes, [rows]) };
}

/** Two classes separated by a hyperplane through all inputs, those within `margin` of it pushed away. */
export function halves(ground: SyntheticTask, margin = 0.2): Examples {
  const inputs = inputsOf(ground);
  const [rows = 0, width = 1] = inputs.shape;
  const side = (row: number): number => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (inputs.data[row * width + i] ?? 0) * (i % 2 === 0 ? 1 : -1);
    return sum / Math.sqrt(width);
  };
  for (let row = 0; row < rows; row++) {
    const push = (side(row) < 0 ? -margin : margin) / Math.sqrt(width);
    for (let i = 0; i < width; i++) {
      const at = row * width + i;
      inputs.data[at] = (inputs.data[at] ?? 0) + push * (i % 2 === 0 ? 1 : -1);
    }
  }
  const codes = Int32Array.from({ length: rows }, (_, row) => Number(side(row) > 0));
  return { rows, inputs, targets: ndarray(codes, [rows]) };
}

/** A smooth number of the first two inputs with a mean of about 0 and a deviation of about 1. */
export function hill(ground: SyntheticTask): Examples {
  return numbers(inputsOf(ground), (x) => Math.sin(1.5 * x(0)) + 0.6 * x(1));
}

/** Nothing in three cases of five, else a burst that is large on one side: its median is 0, its mean is not. */
export function bursts(ground: SyntheticTask): Examples {
  const draws = uniform(fork(seedKey(ground.seed), "bursts"), ground.rows);
  let row = 0;
  return numbers(inputsOf(ground), (x) => {
    const bursting = (draws[row] ?? 0) < 0.4;
    row += 1;
    return bursting ? (x(0) > 0 ? 7.5 : 0.5) : 0;
  });
}

/** The examples with inputs changed: x becomes of(x, feature). */
export function mapInputs(examples: Examples, of: (x: number, feature: number) => number): Examples {
  const { data, shape } = examples.inputs;
  const [, width = 1] = shape;
  const changed = Float32Array.from(data, (x, at) => of(x, at % width));
  return { ...examples, inputs: ndarray(changed, [...shape]) };
}

/** The examples with one more input, which may depend on the target. */
export function extended(examples: Examples, of: (target: number, row: number) => number): Examples {
  const [rows = 0, width = 1] = examples.inputs.shape;
  const data = new Float32Array(rows * (width + 1));
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) data[row * (width + 1) + i] = examples.inputs.data[row * width + i] ?? 0;
    data[row * (width + 1) + width] = of(examples.targets.data[row] ?? 0, row);
  }
  return { ...examples, inputs: ndarray(data, [rows, width + 1]) };
}

/** The examples with a share of the classes redrawn among `count`. */
export function mislabelled(examples: Examples, share: number, count: number, key: Key): Examples {
  const [which, what] = [uniform(fork(key, "which"), examples.rows), uniform(fork(key, "what"), examples.rows)];
  const codes = Int32Array.from(examples.targets.data, (code, row) =>
    (which[row] ?? 1) < share ? Math.floor((what[row] ?? 0) * count) : code,
  );
  return { ...examples, targets: ndarray(codes, [examples.rows]) };
}
