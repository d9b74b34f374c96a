import { balancedLoss, ndarray, softmaxCrossEntropy } from "nabla";
import { expect, test } from "vitest";
import type { Facts } from "../../src/experiment/choice.ts";
import { jobOf, resolvedFrom, resolveExperiment } from "../../src/experiment/resolve.ts";

const facts: Facts = {
  task: "classification",
  split: { train: 0.6, dev: 0.2, test: 0.2 },
  rows: 1000,
  shape: [4],
  numbers: [0, 1, 2, 3],
  texts: [],
  outputs: 3,
};
const bare = { data: "/a.csv", target: "y" };

test("what is left open is closed, and the same job comes from its own record", () => {
  const resolved = resolveExperiment(bare, facts);
  expect(resolved).toMatchObject({
    loss: { kind: "softmaxCrossEntropy", smoothing: 0 },
    optimizer: { kind: "adamW", rate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correct: true, decay: 0.5 },
    augment: [],
    scaling: "smoothClip",
    batch: 32,
    epochs: 94,
    selection: "cost",
    patience: 94,
    schedule: { kind: "cosine", floor: 0, per: "step" },
  });
  const again = JSON.parse(JSON.stringify(resolved));
  expect(again).toEqual(resolved);
  expect(resolvedFrom(again, "run")).toEqual(resolved);
  expect(jobOf(again).model.options).toEqual(jobOf(resolved).model.options);
});

test("few rows: as many epochs as 3000 steps take, up to 400, and a run that recorded no selection keeps its own", () => {
  const epochsOf = (rows: number): number => resolveExperiment(bare, { ...facts, rows }).epochs;
  expect([20, 300, 600, 1900].map(epochsOf)).toEqual([400, 300, 158, 60]);
  expect(resolveExperiment({ ...bare, batch: 100 }, { ...facts, rows: 3000 }).epochs).toBe(100);
  const { selection: _, ...before } = resolveExperiment(bare, facts);
  expect(resolvedFrom(JSON.parse(JSON.stringify(before)), "run").selection).toBe("error");
});

test("dropout is for the default network of more than three inputs", () => {
  const keepOf = (experiment: object, inputs: number): unknown => {
    const { model } = resolveExperiment({ ...bare, ...experiment }, { ...facts, shape: [inputs] });
    return JSON.parse(JSON.stringify(model)).layers.find(({ kind }: { kind: string }) => kind === "dropout")?.keep;
  };
  expect([3, 4].map((inputs) => keepOf({}, inputs))).toEqual([undefined, 0.9]);
  expect(keepOf({ hidden: [8] }, 4)).toBeUndefined();
});

test("more rows: fuller batches, fewer epochs", () => {
  expect(resolveExperiment(bare, { ...facts, rows: 500_000 })).toMatchObject({ batch: 128, epochs: 30 });
  expect(resolveExperiment(bare, { ...facts, rows: 5_000_000 })).toMatchObject({ batch: 512, epochs: 10 });
});

test("what is said counts: rate over the optimizer's, hidden layers without dropout of their own", () => {
  const resolved = resolveExperiment({ ...bare, hidden: [8], optimizer: "rmsprop", rate: 0.5 }, facts);
  expect(resolved.optimizer).toMatchObject({ kind: "rmsprop", rate: 0.5 });
  expect(Object.keys(resolved.optimizer ?? {}).length).toBeGreaterThan(2);
  expect(resolved.model).toEqual({
    kind: "chain",
    layers: [
      { kind: "periodic", count: 4, deviation: 0.1 },
      { kind: "dense", units: 8 },
      { kind: "relu" },
      { kind: "dense", units: 3 },
    ],
  });
  expect(jobOf(resolved).optimizer.rate).toBe(0.5);
});

test("waves are for measured numbers in networks with hidden layers", () => {
  const first = (experiment: object, about: Facts): unknown =>
    (resolveExperiment({ ...bare, ...experiment }, about).model as { layers: readonly unknown[] }).layers[0];
  const some = { ...facts, numbers: [1, 3] };
  expect(first({ periodic: 2 }, some)).toEqual({ kind: "periodic", count: 2, deviation: 0.1, inputs: [1, 3] });
  for (const [experiment, about] of [
    [{ periodic: 0 }, some],
    [{ hidden: [] }, some],
    [{}, { ...facts, numbers: [] }],
  ] as const)
    expect(first(experiment, about)).toMatchObject({ kind: "dense" });
  expect(first({}, { ...facts, shape: [8, 8, 1], numbers: [] })).toMatchObject({ kind: "conv2d" });
});

test.each([
  [600, [16, 32, 64], 64, ["shift", "rotate", "scale"]],
  [45_000, [32, 64, 128], 128, []],
])("of %i images the network is as wide as there is to learn", (rows, filters, units, changes) => {
  const { model, augment } = resolveExperiment(bare, { ...facts, rows, shape: [28, 28, 1], numbers: [] });
  const { layers } = model as { layers: readonly { kind: string; filters?: number; units?: number }[] };
  expect(layers.flatMap((layer) => layer.filters ?? [])).toEqual(filters);
  expect(layers.find(({ kind }) => kind === "dense")).toMatchObject({ units });
  expect(augment).toMatchObject(changes.map((kind) => ({ kind })));
});

test("two networks at once, and a loss for the other task, are refused", () => {
  const both = { ...bare, layers: ["relu"], hidden: [3] };
  expect(() => resolveExperiment(both, facts)).toThrow(expect.objectContaining({ code: "experiment/both" }));
  expect(() => resolveExperiment({ ...bare, loss: "huber" }, facts)).toThrow(
    expect.objectContaining({ code: "experiment/loss", message: expect.stringContaining("huber") }),
  );
});

test("averages of weights, mixup, proximal penalties and any chain of links reach the job", () => {
  const transforms = [{ kind: "clipGlobalNorm", most: 1 }, "adam", { kind: "maxNorm", most: 3 }];
  const resolved = resolveExperiment(
    {
      ...bare,
      average: { kind: "movingAverage", keep: 0.99 },
      mixup: 0.2,
      shuffle: false,
      penalty: { kind: "l1", strength: 1e-3, proximal: true },
      optimizer: { kind: "accumulate", every: 4, optimizer: { kind: "sequence", rate: 0.01, links: transforms } },
      schedule: { kind: "warmup", epochs: 2, schedule: { kind: "onPlateau", patience: 3 } },
    },
    facts,
  );
  const job = jobOf(JSON.parse(JSON.stringify(resolved)));
  expect(job).toMatchObject({ mixup: 0.2, shuffle: false, average: { options: { keep: 0.99 } } });
  expect(job.penalty?.shrink).toBeDefined();
  expect(job.optimizer.every).toBe(4);
  expect(job.optimizer.transforms.map(({ kind }) => kind)).toEqual(["clipGlobalNorm", "adam", "maxNorm"]);
  expect(() => jobOf({ ...resolved, average: "movingAverge" })).toThrow(
    expect.objectContaining({ code: "options/kind", hint: expect.stringContaining("movingAverage") }),
  );
});

test("classes are balanced by weights of the loss, by rows, or not; earlier records said true and false", () => {
  const targets = ndarray(Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 2), [9]);
  const known: Facts = { ...facts, balanced: (loss) => balancedLoss(loss, targets) };
  const lossOf = (balance: "none" | "rows" | "weights", more = {}) =>
    resolveExperiment({ ...bare, balance, ...more }, known).loss;
  expect(lossOf("weights")).toEqual({ kind: "softmaxCrossEntropy", smoothing: 0, weights: [0.5, 1.5, 3] });
  expect(lossOf("weights", { loss: { kind: "focal", gamma: 1 } })).toEqual({
    kind: "focal",
    gamma: 1,
    weights: [0.5, 1.5, 3],
  });
  for (const balance of ["none", "rows"] as const)
    expect(lossOf(balance)).toEqual({ kind: "softmaxCrossEntropy", smoothing: 0 });
  const record = JSON.parse(JSON.stringify(resolveExperiment(bare, known)));
  const read = (balance: unknown) => resolvedFrom({ ...record, balance: balance as never }, "run").balance;
  expect([true, false, "weights", undefined].map(read)).toEqual(["rows", "none", "weights", "none"]);
  expect(() => read("all")).toThrow("balance must be none, rows or weights");
  const numbers = { ...known, task: "regression" } as const;
  expect(() => resolveExperiment({ ...bare, balance: "rows" }, numbers)).toThrow("the target holds numbers");
  const head = { target: "a", outputs: 3, loss: softmaxCrossEntropy(), weight: 1, usualLoss: 1, usualError: 1 };
  const several = { ...known, task: "multitask", heads: () => [head] } as const;
  expect(() => resolveExperiment({ ...bare, balance: "rows" }, several)).toThrow("several targets unbalance another");
});
