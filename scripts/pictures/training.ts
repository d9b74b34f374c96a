/** Pictures of trainings. */
import {
  adam,
  constant,
  evaluate,
  fork,
  gradientDescent,
  he,
  type Job,
  l2,
  lecun,
  moments,
  ndarray,
  network,
  normal,
  ops,
  reference,
  fit as runTraining,
  seedKey,
  softmaxCrossEntropy,
  squaredError,
  train,
  uniform,
  value,
} from "nabla";
import { drawCharts, type Mark, type Point } from "./chart.ts";
import { noisyRing } from "./data.ts";

/** Mean costs and the size of the weights of three trainings with a penalty. */
async function trainWith(strength: number): Promise<{ seen: number; dev: number; norm: number }> {
  const total = { seen: 0, dev: 0, norm: 0 };
  const seeds = [1, 2, 3];
  for (const seed of seeds) {
    const job: Job = {
      model: network({ hidden: [16, 16], outputs: 2 }),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.02 }),
      penalty: l2(strength),
      train: noisyRing(80, 10 + seed, 0.15),
      batch: 80,
      epochs: 150,
      seed,
      engine: reference,
    };
    const { train: seen, trained } = await runTraining(job);
    const { cost } = await evaluate(trained, noisyRing(1000, 20 + seed, 0.15), { engine: reference });
    let squares = 0;
    for (const [path, { data }] of trained.weights)
      if (path.endsWith("weights")) for (const weight of data) squares += weight * weight;
    total.seen += seen.cost / seeds.length;
    total.dev += cost / seeds.length;
    total.norm += Math.sqrt(squares) / seeds.length;
  }
  return total;
}

export async function l2Sweep(): Promise<string> {
  const strengths = [1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3];
  const found: ({ strength: number } & Awaited<ReturnType<typeof trainWith>>)[] = [];
  for (const strength of strengths) found.push({ strength, ...(await trainWith(strength)) });
  const line = (key: "seen" | "dev" | "norm"): Point[] => found.map((one) => [one.strength, one[key]]);
  const x = { label: "strength of L2", log: true };
  return drawCharts(
    {
      title: "Cost",
      x,
      y: { label: "", from: 0, to: 1.8 },
      marks: [
        { kind: "line", color: 0, label: "train", points: line("seen") },
        { kind: "line", color: 1, label: "dev", points: line("dev") },
      ],
    },
    {
      title: "Size of the weights",
      x,
      y: { label: "√Σw²", from: 0 },
      marks: [{ kind: "line", color: 2, points: line("norm") }],
    },
  );
}

export async function earlyStopping(): Promise<string> {
  const job: Job = {
    model: network({ hidden: [32, 32], outputs: 2 }),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.01 }),
    train: noisyRing(80, 11, 0.15),
    dev: noisyRing(400, 2, 0.15),
    batch: 20,
    epochs: 60,
    engine: reference,
  };
  const { history } = await runTraining(job);
  const lowest = history.reduce((least, record) => ((record.dev?.cost ?? 9) < (least.dev?.cost ?? 9) ? record : least));
  const best: Point = [lowest.epoch, lowest.dev?.cost ?? 0];
  return drawCharts({
    title: "Early stopping",
    x: { label: "epoch" },
    y: { label: "cost", from: 0, to: 1 },
    marks: [
      { kind: "line", color: "faint", dashed: true, points: [[best[0], 0], best], size: 1.5 },
      { kind: "line", color: 0, label: "train", points: history.map(({ epoch, train: { cost } }) => [epoch, cost]) },
      { kind: "line", color: 1, label: "dev", points: history.map(({ epoch, dev }) => [epoch, dev?.cost ?? 0]) },
      { kind: "dots", color: 1, points: [best], size: 5 },
    ],
    notes: [{ at: [best[0], best[1] - 0.12], text: "these weights are kept" }],
  });
}

export async function batchSizeNoise(): Promise<string> {
  const rows = 256;
  const inputs = ndarray(Float32Array.from(normal(fork(seedKey(1), "x"), rows)), [rows, 1]);
  const noise = normal(fork(seedKey(1), "noise"), rows);
  const targets = ndarray(
    Float32Array.from(noise, (e, i) => 3 * (inputs.data[i] ?? 0) + e),
    [rows, 1],
  );
  const marks: Mark[] = [];
  for (const [color, batch] of [
    [3, 1],
    [0, 32],
    [2, 256],
  ] as const) {
    const points: Point[] = [];
    const job = {
      model: network({ hidden: [], outputs: 1 }),
      loss: squaredError(),
      optimizer: gradientDescent({ rate: 0.02 }),
    };
    let [step, before] = [0, 0];
    // single-row batches tell of themselves only now and then, so the epoch is cut short by taking fewer rows
    const few = batch === 1 ? 50 : rows;
    const part = {
      rows: few,
      inputs: ndarray(inputs.data.slice(0, few), [few, 1]),
      targets: ndarray(targets.data.slice(0, few), [few, 1]),
    };
    for await (const event of train({ ...job, batch, epochs: 100, train: part, engine: reference })) {
      if (event.kind === "epoch") [step, before] = [event.step, 0];
      if (event.kind === "progress") {
        const sum = event.cost * event.stepOfEpoch;
        if (event.step <= 100) points.push([event.step, sum - before]);
        before = sum;
      }
      if (event.kind === "epoch" && batch === 256) points.push([step, event.cost]);
      if (step > 100) break;
    }
    marks.push({ kind: "line", color, label: `batch of ${batch}`, points, size: batch === 1 ? 1 : 2 });
  }
  return drawCharts({
    title: "The cost of each step",
    x: { label: "step", to: 100 },
    y: { label: "cost", from: 0, to: 22 },
    marks,
  });
}

export async function activationsOverDepth(): Promise<string> {
  const [units, rows, key] = [64, 60, seedKey(1)];
  const normalWeights = (deviation: number) => (layer: string) =>
    normal(fork(key, layer), units * units).map((w) => w * deviation);
  const preset = (initializer: ReturnType<typeof he>) => (layer: string) =>
    Float64Array.from(initializer.fill([units, units], { in: units, out: units }, fork(key, layer)).data);
  const ways = {
    "N(0, 1)": normalWeights(1),
    "rand·√(2/n)": (layer: string) => uniform(fork(key, layer), units * units).map((w) => w * Math.sqrt(2 / units)),
    "He 2/n": preset(he()),
    "1/n": preset(lecun()),
    "0.01·N(0, 1)": normalWeights(0.01),
  };
  const marks: Mark[] = [];
  for (const [color, [label, weights]] of Object.entries(ways).entries()) {
    let a = ndarray(Float64Array.from(normal(key, rows * units)), [rows, units]);
    const points: Point[] = [[0, 1]];
    for (let layer = 1; layer <= 50; layer++) {
      const w = constant(ndarray(weights(`layer ${layer}`), [units, units]));
      a = await value(ops.maximum(ops.matmul(constant(a), w), 0), {}, { engine: reference });
      const { squares, count } = moments(a.data);
      points.push([layer, Math.sqrt(squares / count)]);
    }
    marks.push({ kind: "line", color: [1, 3, 2, 0, 4][color] ?? 0, label, points });
  }
  return drawCharts({
    title: "Deviation of activations",
    x: { label: "layer of 64 rectifiers" },
    y: { label: "", log: true, from: 1e-70, to: 1e50, ticks: [1e-60, 1e-40, 1e-20, 1, 1e20, 1e40] },
    marks,
  });
}
