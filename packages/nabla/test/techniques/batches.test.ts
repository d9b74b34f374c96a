import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { seedKey } from "../../src/base/random.ts";
import { augmentationFrom } from "../../src/data/augment/augmentations.ts";
import { type BatchStorage, batches } from "../../src/data/batches.ts";
import type { Examples, StoredExamples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { ring } from "../train/small-job.ts";

describe("batches of an epoch", () => {
  it("J1 50 million rows go by in 50,000 batches of 1000, in the room of one", () => {
    const rows = 50_000_000;
    const none = { dtype: "float32", shape: [rows, 0], data: new Float32Array(0) } as const;
    let read = 0;
    const stored: StoredExamples = { rows, inputs: none, targets: none, read: (indices) => (read += indices.length) };
    const before = process.memoryUsage().arrayBuffers;
    let [count, last, most] = [0, -1, 0];
    const rooms = new Set<ArrayBufferLike>();
    for (const { indices } of batches(stored, { size: 1000, shuffle: false })) {
      if (indices[0] !== last + 1) throw new Error(`batch ${count} begins at ${indices[0]}`);
      last = indices[999] ?? -1;
      count++;
      rooms.add(indices.buffer);
      if (count % 10_000 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect([count, last, read, rooms.size]).toEqual([50_000, rows - 1, rows, 1]);
    expect(most).toBeLessThan(2 ** 20);
  });

  it("J1 a batch is put together where it is wanted, such as in an engine's memory", () => {
    const inputs = ndarray([0, 1, 2, 3, 4, 5], [6, 1]);
    const examples: Examples = { rows: 6, inputs, targets: ndarray(Int32Array.of(0, 1, 2, 3, 4, 5), [6]) };
    const place: BatchStorage = {
      inputs: ndarray(new Float32Array(4), [4, 1]),
      targets: ndarray(new Int32Array(4), [4]),
    };
    const found = Array.from(
      batches(examples, { size: 4, key: seedKey(1), into: (rows) => (rows === 4 ? place : undefined) }),
      (batch) => [
        batch.inputs.data === place.inputs.data,
        [...batch.inputs.data].join() === [...batch.targets.data].join(),
      ],
    );
    expect(found).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it("J1 training on stored rows, and with noise on tables, is a function of the seed alone", async () => {
    const examples = ring(100, 1);
    const stored: StoredExamples = {
      ...examples,
      inputs: { dtype: "float32", shape: examples.inputs.shape },
      read: (indices, into) => {
        for (let i = 0; i < indices.length; i++)
          for (let k = 0; k < 2; k++) into[2 * i + k] = examples.inputs.data[2 * (indices[i] ?? 0) + k] ?? 0;
      },
    };
    const costs = async (train: Examples | StoredExamples, seed: number) => {
      const model = chain(dense(4), relu(), dense(2));
      const augment = [augmentationFrom({ kind: "noise", deviation: 0.2 })];
      const job = { model, loss: softmaxCrossEntropy(), optimizer: adam(), train, augment, batch: 32, epochs: 3, seed };
      return (await fit(job)).history.map(({ cost }) => cost);
    };
    const first = await costs(examples, 1);
    expect(await costs(stored, 1)).toEqual(first);
    expect(await costs(examples, 2)).not.toEqual(first);
  });
});
