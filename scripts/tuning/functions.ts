/** Functions with known minima, on which samplers are measured. */
import { type Space, uniform } from "nabla/tune";

/** Something to be minimized, as a study would: by values of a space. */
export interface Landscape {
  readonly name: string;
  readonly space: Space;
  readonly costOf: (values: Readonly<Record<string, unknown>>) => number;
  /** The least cost there is. */
  readonly least: number;
}

/** Branin's function of two numbers, with three equal minima (Dixon and Szegö 1978). */
export const branin: Landscape = {
  name: "Branin",
  space: { x: uniform(-5, 10), y: uniform(0, 15) },
  costOf: ({ x, y }) => {
    const [a, b] = [Number(x), Number(y)];
    const bow = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
    return bow * bow + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
  },
  least: 0.39788735772973816,
};

const HEIGHTS = [1, 1.2, 3, 3.2];
const SCALES = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const PLACES = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Hartmann's function of six numbers (Dixon and Szegö 1978). */
export const hartmann6: Landscape = {
  name: "Hartmann-6",
  space: Object.fromEntries([1, 2, 3, 4, 5, 6].map((axis) => [`x${axis}`, uniform(0, 1)])),
  costOf: (values) => {
    const x = [1, 2, 3, 4, 5, 6].map((axis) => Number(values[`x${axis}`]));
    return -HEIGHTS.reduce((total, height, i) => {
      const off = x.reduce((sum, at, j) => sum + (SCALES[i]?.[j] ?? 0) * (at - (PLACES[i]?.[j] ?? 0)) ** 2, 0);
      return total + height * Math.exp(-off);
    }, 0);
  },
  least: -3.322368011391339,
};
