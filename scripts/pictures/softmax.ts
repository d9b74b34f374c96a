/** Which class softmax regression gives to each point of the plane. */
import {
  adam,
  fork,
  type Job,
  ndarray,
  network,
  normal,
  reference,
  fit as runTraining,
  seedKey,
  softmaxCrossEntropy,
} from "nabla";
import { drawCharts, type Mark, type Point } from "./chart.ts";

const centers: readonly Point[] = [
  [-1.6, -0.8],
  [1.5, -1],
  [0.2, 1.4],
];
const edge = 4;

export async function softmaxRegions(): Promise<string> {
  const draws = normal(fork(seedKey(3), "points"), 240);
  const points = Array.from({ length: 120 }, (_, i): Point => {
    const [x, y] = centers[i % 3] ?? [0, 0];
    return [x + 0.75 * (draws[2 * i] ?? 0), y + 0.75 * (draws[2 * i + 1] ?? 0)];
  });
  const inputs = ndarray(Float32Array.from(points.flat()), [120, 2]);
  const targets = ndarray(
    Int32Array.from({ length: 120 }, (_, i) => i % 3),
    [120],
  );
  const job: Job = {
    model: network({ hidden: [], outputs: 3 }),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.1 }),
    train: { rows: 120, inputs, targets },
    batch: 120,
    epochs: 200,
    engine: reference,
  };
  const { trained } = await runTraining(job);
  const weights = [...(trained.weights.get("dense1.weights")?.data ?? [])];
  const bias = [...(trained.weights.get("dense1.bias")?.data ?? [])];
  const marks = [0, 1, 2].flatMap((one): Mark[] => [
    { kind: "area", color: one, points: region(one, { weights, bias }) },
    { kind: "dots", color: one, label: `class ${one}`, points: points.filter((_, i) => i % 3 === one), size: 3.2 },
  ]);
  return drawCharts({
    title: "Softmax regression of three classes",
    x: { label: "x1", from: -edge, to: edge },
    y: { label: "x2", from: -edge, to: edge },
    marks,
  });
}

/** The part of the square where a class has the largest logit: the square, cut by a straight line for each other class. */
function region(one: number, { weights, bias }: { weights: readonly number[]; bias: readonly number[] }): Point[] {
  let corners: Point[] = [
    [-edge, -edge],
    [edge, -edge],
    [edge, edge],
    [-edge, edge],
  ];
  for (const other of [0, 1, 2].filter((name) => name !== one)) {
    const lead = ([x, y]: Point): number => {
      const logit = (name: number): number =>
        x * (weights[name] ?? 0) + y * (weights[3 + name] ?? 0) + (bias[name] ?? 0);
      return logit(one) - logit(other);
    };
    corners = corners.flatMap((from, i): Point[] => {
      const to = corners[(i + 1) % corners.length] ?? from;
      const [a, b] = [lead(from), lead(to)];
      const crossing: Point = [
        from[0] + (a / (a - b)) * (to[0] - from[0]),
        from[1] + (a / (a - b)) * (to[1] - from[1]),
      ];
      return [...(a >= 0 ? [from] : []), ...(a >= 0 !== b >= 0 ? [crossing] : [])];
    });
  }
  return corners;
}
