/** Pictures of what the course draws on the board, from real trainings: fits, dropout, batch norm, slopes, boxes, growing data. */
import {
  adam,
  batchNorm,
  chain,
  dense,
  dropout,
  type Examples,
  evaluate,
  fork,
  gradientDescent,
  ndarray,
  network,
  normal,
  predict,
  relu,
  fit as runTraining,
  seedKey,
  sigmoid,
  softmaxCrossEntropy,
  squaredError,
  tanh,
  uniform,
} from "nabla";
import { learningCurve } from "nabla/diagnose";
import { coarseToFine, logInteger, logUniform, study } from "nabla/tune";
import { type Chart, drawCharts, type Mark, type Point } from "./chart.ts";
import { noisyRing } from "./data.ts";

/** Points about a wave, as examples of one input and one number. */
function wave(rows: number, seed: number): Examples {
  const key = seedKey(seed);
  const x = Float32Array.from(uniform(fork(key, "x"), rows), (draw) => 2 * draw - 1);
  const noise = normal(fork(key, "noise"), rows);
  const y = Float32Array.from(x, (at, row) => Math.sin(3.5 * at) + 0.25 * (noise[row] ?? 0));
  return { rows, inputs: ndarray(x, [rows, 1]), targets: ndarray(y, [rows, 1]) };
}

function pointsOf({ rows, inputs, targets }: Examples): Point[] {
  return Array.from({ length: rows }, (_, row): Point => [inputs.data[row] ?? 0, targets.data[row] ?? 0]);
}

/** A straight line, a small network and a large one on the same sixteen points. */
export async function underfitRightOverfit(): Promise<string> {
  const [seen, dev] = [wave(16, 3), wave(200, 4)];
  const fits: readonly (readonly [name: string, hidden: readonly number[], epochs: number])[] = [
    ["underfit", [], 300],
    ["right", [6], 300],
    ["overfit", [48, 48], 4000],
  ];
  const charts: Chart[] = [];
  for (const [name, hidden, epochs] of fits) {
    const model = chain(...hidden.flatMap((units) => [dense(units), tanh()]), dense(1));
    const optimizer = adam({ rate: 0.02 });
    const { trained, train } = await runTraining({
      model,
      loss: squaredError(),
      optimizer,
      train: seen,
      batch: 16,
      epochs,
    });
    const unseen = await evaluate(trained, dev);
    const xs = Float32Array.from({ length: 101 }, (_, i) => i / 50 - 1);
    const { answers } = await predict(trained, ndarray(xs, [101, 1]));
    charts.push({
      title: name,
      x: { label: "x", from: -1, to: 1 },
      y: { label: `train ${train.cost.toFixed(2)}, dev ${unseen.cost.toFixed(2)}`, from: -2, to: 2 },
      marks: [
        { kind: "dots", color: 1, points: pointsOf(seen), size: 3 },
        { kind: "line", color: 0, points: Array.from(xs, (x, i): Point => [x, answers.data[i] ?? 0]) },
      ],
    });
  }
  return drawCharts(...charts);
}

/** The same network without and with dropout: what train gains and what dev gains. */
export async function dropoutCurves(): Promise<string> {
  const charts: Chart[] = [];
  for (const keep of [1, 0.6]) {
    const behind = keep < 1 ? [dropout({ keep })] : [];
    const { history } = await runTraining({
      model: chain(dense(64), relu(), ...behind, dense(64), relu(), ...behind, dense(2)),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.01 }),
      train: noisyRing(80, 11, 0.15),
      dev: noisyRing(400, 2, 0.15),
      batch: 20,
      epochs: 60,
    });
    charts.push({
      title: keep < 1 ? "Dropout, keep 0.6" : "No dropout",
      x: { label: "epoch" },
      y: { label: "cost", from: 0, to: 2 },
      marks: [
        { kind: "line", color: 0, label: "train", points: history.map(({ epoch, train }) => [epoch, train.cost]) },
        { kind: "line", color: 1, label: "dev", points: history.map(({ epoch, dev }) => [epoch, dev?.cost ?? 0]) },
      ],
    });
  }
  return drawCharts(...charts);
}

/** Eight layers of sigmoids with and without batch norm, epoch by epoch. */
export async function batchNormSpeed(): Promise<string> {
  const marks: Mark[] = [];
  for (const [color, normalize] of [false, true].entries()) {
    const layers = Array.from({ length: 8 }, () => [dense(24), ...(normalize ? [batchNorm()] : []), sigmoid()]);
    const { history } = await runTraining({
      model: chain(...layers.flat(), dense(2)),
      loss: softmaxCrossEntropy(),
      optimizer: gradientDescent({ rate: 0.3 }),
      train: noisyRing(512, 5, 0),
      batch: 64,
      epochs: 60,
    });
    const points = history.map(({ epoch, cost }): Point => [epoch, cost]);
    marks.push({ kind: "line", color: 1 - color, label: normalize ? "with batch norm" : "without", points });
  }
  return drawCharts({
    title: "Eight layers of sigmoids",
    x: { label: "epoch" },
    y: { label: "train cost", from: 0, to: 1 },
    marks,
  });
}

/** Slopes by one step and by two, and how far they are off for each length of the step, in float64. */
export async function slopesByDifferences(): Promise<string> {
  const cost = (x: number): number => x ** 3;
  const [at, step] = [1, 0.6];
  const curve = Array.from({ length: 61 }, (_, i): Point => [i / 30, cost(i / 30)]);
  const secant = (from: number, to: number): Point[] => [
    [from, cost(from)],
    [to, cost(to)],
  ];
  const tangent: Point[] = [
    [at - step, cost(at) - 3 * step],
    [at + step, cost(at) + 3 * step],
  ];
  const lengths = Array.from({ length: 53 }, (_, i) => 10 ** (-13 + i / 4));
  const off = (slope: number): number => Math.max(Math.abs(slope - 3) / 3, 1e-16);
  const oneSided = lengths.map((by): Point => [by, off((cost(at + by) - cost(at)) / by)]);
  const twoSided = lengths.map((by): Point => [by, off((cost(at + by) - cost(at - by)) / (2 * by))]);
  return drawCharts(
    {
      title: "The slope of θ³ at 1",
      x: { label: "θ", from: 0, to: 2 },
      y: { label: "J", from: -1, to: 5 },
      marks: [
        { kind: "line", color: "faint", points: curve },
        { kind: "line", color: 0, points: secant(at - step, at + step), label: "two" },
        { kind: "line", color: 1, points: secant(at, at + step), label: "one" },
        { kind: "line", color: 2, points: tangent, dashed: true, label: "exact" },
      ],
    },
    {
      title: "How far it is off",
      x: { label: "ε", log: true, ticks: [1e-12, 1e-9, 1e-6, 1e-3] },
      y: { label: "relative error", log: true, from: 1e-14, to: 1, ticks: [1e-12, 1e-9, 1e-6, 1e-3, 1] },
      marks: [
        { kind: "line", color: 1, points: oneSided, label: "one-sided" },
        { kind: "line", color: 0, points: twoSided, label: "two-sided" },
      ],
    },
  );
}

/** A search from coarse to fine: trials by their boxes, each drawn around those of its stage. */
export async function zoomBoxes(): Promise<string> {
  const space = { rate: logUniform(1e-4, 1), units: logInteger(4, 128) };
  const sampler = coarseToFine({ stage: 8, shrink: 0.5, explore: 0 });
  const search = study({ space, sampler, seed: 1 });
  const error = ({ rate, units }: { rate: number; units: number }): number =>
    (Math.log10(rate) + 2.3) ** 2 + 0.4 * Math.log2(64 / units) ** 2;
  const points: Point[] = [];
  await search.run(32, ({ values }) => {
    points.push([values.rate, values.units]);
    return error(values);
  });
  const stages = [0, 8, 16, 24].map((from) => points.slice(from, from + 8));
  const marks = stages.flatMap((those, stage): Mark[] => [
    { kind: "line", color: stage, points: around(those), size: 1.5 },
    { kind: "dots", color: stage, points: those, label: `box ${stage + 1}`, size: 4 },
  ]);
  return drawCharts({
    title: "From coarse to fine",
    x: { label: "learning rate", log: true, from: 1e-4, to: 1 },
    y: { label: "hidden units", log: true, from: 4, to: 128, ticks: [4, 8, 16, 32, 64, 128] },
    marks,
  });
}

/** The rectangle that holds points, as a closed line. */
function around(points: readonly Point[]): Point[] {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return [
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
    [left, bottom],
  ];
}

/** Errors of train and dev over the number of rows, and what more rows would give. */
export async function growingData(): Promise<string> {
  const { points, expected } = await learningCurve(
    {
      model: network({ hidden: [16], outputs: 2 }),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.01 }),
      train: noisyRing(1024, 7, 0.05),
      dev: noisyRing(2000, 8, 0.05),
      batch: 32,
      epochs: 20,
    },
    { repeats: 3 },
  );
  const dev = points.map(({ rows, error }): Point => [rows, error]);
  const last = dev.at(-1) ?? [1, 0];
  return drawCharts({
    title: "Learning curve",
    x: { label: "training rows", log: true, ticks: [64, 128, 256, 512, 1024, 2048, 4096] },
    y: { label: "error", from: 0, to: 0.15 },
    marks: [
      {
        kind: "line",
        color: 0,
        label: "train",
        points: points.map(({ rows, trainError }): Point => [rows, trainError]),
      },
      { kind: "line", color: 1, label: "dev", points: dev },
      {
        kind: "line",
        color: 1,
        dashed: true,
        label: "expected",
        points: [last, ...expected.map(({ rows, error }): Point => [rows, error])],
      },
    ],
  });
}
