import { expect, test } from "vitest";
import { type Facts, jobOf, settleExperiment } from "../../src/experiment/settle.ts";

const facts: Facts = {
  task: "classification",
  split: { train: 0.6, dev: 0.2, test: 0.2 },
  rows: 1000,
  shape: [4],
  outputs: 3,
};
const bare = { data: "/a.csv", target: "y" };

test("what is left open is closed, and the same job comes from its own record", () => {
  const settled = settleExperiment(bare, facts);
  expect(settled).toMatchObject({
    loss: "softmaxCrossEntropy",
    batch: 32,
    epochs: 100,
    patience: 30,
    schedule: "cosine",
  });
  const again = JSON.parse(JSON.stringify(settled));
  expect(again).toEqual(settled);
  expect(jobOf(again).model.options).toEqual(jobOf(settled).model.options);
});

test("more rows: fuller batches, fewer epochs", () => {
  expect(settleExperiment(bare, { ...facts, rows: 500_000 })).toMatchObject({ batch: 128, epochs: 30 });
  expect(settleExperiment(bare, { ...facts, rows: 5_000_000 })).toMatchObject({ batch: 512, epochs: 10 });
});

test("what is said counts: rate over the optimizer's, hidden layers without dropout of their own", () => {
  const settled = settleExperiment({ ...bare, hidden: [8], optimizer: "rmsprop", rate: 0.5 }, facts);
  expect(settled.optimizer).toEqual({ kind: "rmsprop", rate: 0.5 });
  expect(settled.model).toEqual({
    kind: "chain",
    layers: [{ kind: "dense", units: 8 }, { kind: "relu" }, { kind: "dense", units: 3 }],
  });
  expect(jobOf(settled).optimizer.rate).toBe(0.5);
});

test("two networks at once, and a loss for the other task, are refused", () => {
  const both = { ...bare, layers: ["relu"], hidden: [3] };
  expect(() => settleExperiment(both, facts)).toThrow(expect.objectContaining({ code: "experiment/both" }));
  expect(() => settleExperiment({ ...bare, loss: "huber" }, facts)).toThrow(
    expect.objectContaining({ code: "experiment/loss", said: expect.stringContaining("huber") }),
  );
});
