import { setImmediate } from "node:timers/promises";
import {
  adam,
  augmentationFrom,
  augmenterFor,
  batches,
  brokenLabels,
  chain,
  dense,
  type Examples,
  fit,
  flatten,
  fork,
  type Job,
  ndarray,
  relu,
  seedKey,
  softmaxCrossEntropy,
  train,
} from "nabla";
import { describe, expect, it } from "vitest";
import { prefetch } from "../../src/sources/prefetch.ts";

const rows = 90;
const examples: Examples = {
  rows,
  inputs: ndarray(
    Float32Array.from({ length: rows * 36 }, (_, i) => Math.sin(i * i)),
    [rows, 6, 6],
  ),
  targets: ndarray(
    Int32Array.from({ length: rows }, (_, i) => i % 3),
    [rows],
  ),
};
const augment = ["flip", "rotate", "elasticDistortion", "noise"].map((kind) => augmentationFrom(kind));
const keys = { order: fork(seedKey(1), "batches"), augment: fork(seedKey(1), "augment") };
const work = { examples, augment, keys, size: 20, last: "keep", shuffle: true, total: 5 } as const;

describe("prefetch", () => {
  it("gives the very batches that would be put together without it, short last ones and later epochs too", async () => {
    const ahead = prefetch(work);
    const augmenter = augmenterFor(augment, { shape: [6, 6], key: keys.augment });
    const found = [0, 0, 0, 0, 0];
    for (let epoch = 0; Math.min(...found) < 3 && epoch < 100_000; epoch++) {
      for (const batch of batches(examples, { size: 20, key: keys.order, epoch, augment: augmenter })) {
        const inputs = ahead?.take(epoch, batch.index);
        if (inputs !== undefined) {
          expect(inputs.subarray(0, batch.inputs.data.length)).toEqual(batch.inputs.data);
          found[batch.index] = (found[batch.index] ?? 0) + 1;
        }
        await setImmediate();
      }
    }
    expect(Math.min(...found)).toBeGreaterThanOrEqual(3);
    ahead?.close();
  });

  it("trains to the same bits with it and without it", async () => {
    const job: Job = {
      model: chain(flatten(), dense(8), relu(), dense(3)),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ rate: 0.01 }),
      train: examples,
      augment,
      batch: 20,
      epochs: 6,
      seed: 4,
    };
    const [plain, ahead] = [await fit(job), await fit(job, { prefetch })];
    expect(ahead.trained.weights).toEqual(plain.trained.weights);
    expect(ahead.history.map(({ cost }) => cost)).toEqual(plain.history.map(({ cost }) => cost));
  });

  it("declines what data cannot describe, and lets go when a training is left early", async () => {
    const own = { kind: "own", options: {}, init: () => ({}), augmenterFor, brokenLabels };
    expect(prefetch({ ...work, augment: [own] })).toBeUndefined();
    let closed = 0;
    const watched = (given: Parameters<typeof prefetch>[0]) => {
      const ahead = prefetch(given);
      return ahead && { ...ahead, close: () => [ahead.close(), closed++] };
    };
    const model = chain(flatten(), dense(3));
    const events = train(
      { model, loss: softmaxCrossEntropy(), optimizer: adam(), train: examples, augment },
      { prefetch: watched },
    );
    for await (const event of events) if (event.kind === "epoch") break;
    expect(closed).toBe(1);
  });
});
