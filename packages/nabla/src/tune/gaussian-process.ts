/** Regression by a Gaussian process with the Matérn 5/2 kernel (Rasmussen and Williams 2006, sections 2.2, 4.2.1 and 5.4). */
import { appendRow, solveLower, solveUpper } from "./cholesky.ts";
import type { Axis, Units } from "./space.ts";

/** Mean and standard deviation of what is expected at a point. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** A fitted process. */
export interface GaussianProcess {
  readonly at: (point: Units) => Belief;
  /** Counts a value as measured; the lengths stay as they are. */
  readonly believe: (point: Units, value: number) => void;
}

const LENGTHS = [0.1, 0.25, 0.6, 1.5, 5];
const NOISES = [1e-4, 1e-2, 0.1];

/**
 * The kernel of two rows, by the squared distance with a weight for each axis. Two values of a choice are 1 apart, and
 * so is an axis that is active for one of them alone.
 */
function matern(a: Float64Array, b: Float64Array, cells: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const off = (a[i] ?? 0) - (b[i] ?? 0);
    const square = !Number.isNaN(off) && cells[i] === 0 ? off * off : apart(a[i] ?? 0, b[i] ?? 0, cells[i] ?? 0);
    sum += square * (weights[i] ?? 0);
  }
  const far = Math.sqrt(5 * sum);
  return (1 + far + (far * far) / 3) * Math.exp(-far);
}

function apart(a: number, b: number, cells: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? 0 : 1;
  return Math.abs(a - b) * cells < 0.5 ? 0 : 1;
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
  const cells = Float64Array.from(axes, ({ domain }) => (domain.ordered ? 0 : domain.cells));
  const rowOf = (point: Units): Float64Array => Float64Array.from(axes, ({ path }) => point[path] ?? Number.NaN);
  const points = measured.map(rowOf);
  const y = new Float64Array(points.length + spare);
  y.set(values);
  const n = y.length;
  const weights = new Float64Array(axes.length);
  let noise = NOISES[1] ?? 0;

  const near = (row: Float64Array, count: number): Float64Array => {
    const kernel = new Float64Array(count);
    for (let i = 0; i < count; i++) kernel[i] = matern(row, points[i] ?? row, cells, weights);
    return kernel;
  };
  const factor = (): Float64Array => {
    const lower = new Float64Array(n * n);
    for (const [i, point] of points.entries()) {
      const row = near(point, i + 1);
      row[i] = 1 + noise;
      appendRow(lower, n, i, row);
    }
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
  return {
    at: (point) => {
      const kernel = near(rowOf(point), points.length);
      let [mean, known] = [0, 0];
      for (let i = 0; i < kernel.length; i++) mean += (kernel[i] ?? 0) * (pulls[i] ?? 0);
      for (const part of solveLower(lower, n, points.length, kernel)) known += part * part;
      return { mean, deviation: Math.sqrt(Math.max(1e-12, 1 - known)) };
    },
    believe: (point, value) => {
      const count = points.push(rowOf(point));
      const row = near(rowOf(point), count);
      row[count - 1] = 1 + noise;
      appendRow(lower, n, count - 1, row);
      y[points.length - 1] = value;
      pulls = solved();
    },
  };
}
