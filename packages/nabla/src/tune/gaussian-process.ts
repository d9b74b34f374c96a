/** Regression by a Gaussian process with the Matérn 5/2 kernel (Rasmussen and Williams 2006, sections 2.2, 4.2.1 and 5.4). */
import { appendRow, solveLower, solveUpper } from "./cholesky.ts";
import type { Axis, Units } from "./space.ts";

/** Mean and standard deviation of what is expected at a point. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

export interface GaussianProcess {
  readonly at: (point: Units) => Belief;
  /** Counts a value as measured; the lengths stay as they are. */
  readonly believe: (point: Units, value: number) => void;
}

const LENGTHS = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 10];
const NOISES = [1e-4, 1e-2, 0.1];

/** Squared distances along each axis; of two values of a choice 1, and where an axis is not active for both 1 or 0. */
function squares(axes: readonly Axis[], a: Units, b: Units): Float64Array {
  return Float64Array.from(axes, ({ path, domain }) => {
    const [one, other] = [a[path], b[path]];
    if (one === undefined || other === undefined) return one === other ? 0 : 1;
    if (domain.ordered) return (one - other) ** 2;
    return Math.abs(one - other) * domain.cells < 0.5 ? 0 : 1;
  });
}

function matern(along: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < along.length; i++) sum += (along[i] ?? 0) * (weights[i] ?? 0);
  const far = Math.sqrt(5 * sum);
  return (1 + far + (far * far) / 3) * Math.exp(-far);
}

/**
 * Fits to values of mean 0 and variance 1 at points: lengths of each axis and noise are those of a few steps, one axis
 * after the other, that make the values most likely. `spare` points can be believed later.
 */
export function gaussianProcess(
  axes: readonly Axis[],
  measured: readonly Units[],
  values: readonly number[],
  spare: number,
): GaussianProcess {
  const points = [...measured];
  const y = new Float64Array(points.length + spare);
  y.set(values);
  const n = y.length;
  const pairs = points.map((a, i) => points.slice(0, i + 1).map((b) => squares(axes, a, b)));
  const weights = new Float64Array(axes.length);
  let noise = NOISES[1] ?? 0;

  const factor = (): Float64Array => {
    const matrix = new Float64Array(n * n);
    for (const [i, row] of pairs.entries())
      for (const [j, along] of row.entries()) matrix[i * n + j] = matern(along, weights) + (i === j ? noise : 0);
    const lower = new Float64Array(n * n);
    for (let i = 0; i < points.length; i++) appendRow(lower, n, i, matrix.subarray(i * n, i * n + n));
    return lower;
  };
  const likelihood = (): number => {
    const lower = factor();
    let log = 0;
    for (const part of solveLower(lower, n, points.length, y)) log -= 0.5 * part * part;
    for (let i = 0; i < points.length; i++) log -= Math.log(lower[i * n + i] ?? 1);
    return log;
  };
  const settle = (choices: readonly number[], set: (choice: number) => void): void => {
    const found = choices.map((choice) => {
      set(choice);
      return likelihood();
    });
    set(choices[found.indexOf(Math.max(...found))] ?? 1);
  };
  settle(LENGTHS, (length) => weights.fill(length ** -2));
  for (let place = 0; place < axes.length; place++)
    settle(LENGTHS, (length) => {
      weights[place] = length ** -2;
    });
  settle(NOISES, (choice) => {
    noise = choice;
  });

  const lower = factor();
  const solved = (): Float64Array => solveUpper(lower, n, points.length, solveLower(lower, n, points.length, y));
  let pulls = solved();
  const near = (point: Units): Float64Array =>
    Float64Array.from(points, (other) => matern(squares(axes, point, other), weights));
  return {
    at: (point) => {
      const kernel = near(point);
      const mean = kernel.reduce((sum, k, i) => sum + k * (pulls[i] ?? 0), 0);
      const known = solveLower(lower, n, points.length, kernel).reduce((sum, part) => sum + part * part, 0);
      return { mean, deviation: Math.sqrt(Math.max(1e-12, 1 - known)) };
    },
    believe: (point, value) => {
      const row = Float64Array.from([...near(point), 1 + noise]);
      points.push(point);
      appendRow(lower, n, points.length - 1, row);
      y[points.length - 1] = value;
      pulls = solved();
    },
  };
}
