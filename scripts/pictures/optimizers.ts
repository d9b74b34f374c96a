/** Pictures of optimizers, schedules and searches. */
import {
  adam,
  constantRate,
  cosine,
  exponential,
  fork,
  gradientDescent,
  inverseTime,
  momentum,
  type Optimizer,
  ops,
  rmsprop,
  seedKey,
  squareRoot,
  staircase,
  uniform,
  warmup,
} from "nabla";
import { type Chart, drawCharts, type Mark, type Point } from "./chart.ts";
import { ellipses, type Ground, walk } from "./walk.ts";

const bowl =
  (steep: number): Ground =>
  (x, y) =>
    ops.multiply(ops.add(ops.multiply(x, x), ops.multiply(ops.multiply(y, y), steep)), 0.5);

function contours(a: number, b: number, levels: readonly number[]): Mark[] {
  return ellipses(a, b, levels).map((points) => ({ kind: "line", color: "faint", points, size: 1 }));
}

function path(points: readonly Point[], color: number, label: string): Mark[] {
  return [
    { kind: "line", color, label, points, size: 1.8 },
    { kind: "dots", color, points, size: 2.2 },
  ];
}

export async function pathsOnARavine(): Promise<string> {
  const optimizers: readonly (readonly [string, Optimizer])[] = [
    ["gradient descent", gradientDescent({ rate: 0.038 })],
    ["momentum", momentum({ rate: 0.15 })],
    ["RMSprop", rmsprop({ rate: 0.35 })],
    ["Adam", adam({ rate: 0.6 })],
  ];
  const marks = contours(0.5, 25, [0.5, 2, 6, 14, 26, 42]);
  for (const [i, [label, optimizer]] of optimizers.entries())
    marks.push(...path(await walk(optimizer, { ground: bowl(50), start: [-9, 1.1], steps: 40 }), i, label));
  const title = "Forty steps on a ravine";
  return drawCharts({ title, x: { label: "w1", from: -10, to: 4 }, y: { label: "w2", from: -1.4, to: 1.4 }, marks });
}

export async function pathsOverASaddle(): Promise<string> {
  const ground: Ground = (x, y) => ops.subtract(ops.multiply(x, x), ops.multiply(y, y));
  const over = ([, y]: Point): boolean => Math.abs(y) >= 1;
  const made = [gradientDescent, momentum, rmsprop, adam].map((make) => make({ rate: 0.1 }));
  const labels = ["gradient descent", "momentum", "RMSprop", "Adam"];
  const marks: Mark[] = [];
  for (const [i, optimizer] of made.entries()) {
    const points = await walk(optimizer, { ground, start: [1, 1e-6], steps: 200, over });
    marks.push({
      kind: "line",
      color: i,
      label: labels[i] ?? "",
      points: points.map(([, y], step) => [step, Math.abs(y)]),
    });
  }
  return drawCharts({
    title: "Leaving the saddle x² − y²",
    x: { label: "step" },
    y: { label: "|y|", log: true, from: 1e-6, to: 1.3 },
    marks,
  });
}

export async function normalizedInputs(): Promise<string> {
  const panels: Chart[] = [];
  for (const [title, steep, rate] of [
    ["Inputs as they are", 25, 0.075],
    ["Normalized inputs", 1, 0.6],
  ] as const) {
    const points = await walk(gradientDescent({ rate }), {
      ground: bowl(steep),
      start: [-4, 0.8 * (steep === 1 ? 3 : 1)],
      steps: 25,
    });
    const marks = [...contours(0.5, steep / 2, [0.3, 1.2, 3, 6, 10]), ...path(points, steep === 1 ? 2 : 1, "25 steps")];
    panels.push({ title, x: { label: "w1", from: -5, to: 5 }, y: { label: "w2", from: -4.6, to: 4.6 }, marks });
  }
  return drawCharts(...panels);
}

export async function learningRateSchedules(): Promise<string> {
  const schedules = {
    constant: constantRate(),
    "inverse time": inverseTime({ decay: 0.1 }),
    exponential: exponential({ base: 0.95 }),
    "square root": squareRoot(),
    staircase: staircase({ factor: 0.5, every: 10 }),
    cosine: cosine(),
    warmup: warmup({ epochs: 5, schedule: cosine() }),
  };
  const marks = Object.entries(schedules).map(([label, { factor }], color): Mark => {
    const points = Array.from({ length: 500 }, (_, step): Point => {
      return [step / 10, factor({ step, epoch: Math.floor(step / 10), epochs: 50, stepsPerEpoch: 10 })];
    });
    return { kind: "line", color: color === 0 ? "faint" : color - 1, label, points, dashed: label === "warmup" };
  });
  return drawCharts({
    title: "Shares of the rate",
    x: { label: "epoch" },
    y: { label: "share", from: 0, to: 1 },
    marks,
  });
}

export async function gridAndRandom(): Promise<string> {
  const axis = (name: string): number[] => [...uniform(fork(seedKey(4), name), 25)];
  const [xs, ys] = [axis("x"), axis("y")];
  const grid = Array.from({ length: 25 }, (_, i): Point => [0.1 + 0.2 * (i % 5), 0.1 + 0.2 * Math.floor(i / 5)]);
  const random = xs.map((x, i): Point => [x, ys[i] ?? 0]);
  const chart = (title: string, color: number, points: readonly Point[]): Chart => ({
    title,
    x: { label: "what matters", from: 0, to: 1 },
    y: { label: "what does not", from: 0, to: 1 },
    marks: [
      { kind: "bars", color: "faint", points: points.map(([x]) => [x, 0.03]), size: 2 },
      { kind: "dots", color, points, size: 4 },
    ],
  });
  return drawCharts(chart("On a grid: 5 values", 1, grid), chart("At random: 25 values", 2, random));
}
