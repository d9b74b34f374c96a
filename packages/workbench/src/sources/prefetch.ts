/** Augmented batches from a separate thread, ready before the training needs them. */
import { type ArrayData, augmentations, type BatchWork, compact, describe, type Prefetch } from "nabla";
import { startThread } from "../host/thread.ts";
import { type Ring, ringFor, type ThreadWork } from "./prefetch-ring.ts";

/** Copies that the inputs may take: they are given to the thread in memory that both see. */
const MOST_BYTES = 2 ** 30;

/**
 * Prepares batches ahead on one thread: `train(job, { prefetch })`. What comes out is the same bit for bit, since every
 * random number is a function of seed, epoch and row. Only augmentations that data can describe are taken, and inputs of
 * at most 1 GiB.
 */
export const prefetch: Prefetch = (work) => {
  const { examples, augment, size, total } = work;
  const known = augment.every(({ kind }) => Object.hasOwn(augmentations, kind));
  const { data, dtype, shape } = examples.inputs;
  if (!known || dtype !== "float32" || data.byteLength > MOST_BYTES || total === 0) return undefined;
  const ring = ringFor(shape.slice(1).reduce((product, length) => product * length, size));
  const worker = startThread("./prefetch-thread", import.meta.url, threadWork(work, ring));
  // a thread that fails leaves all the work to the training
  worker.on("error", () => {});
  worker.unref();
  return {
    take: (epoch, index) => ring.take(epoch * total + index),
    close: () => {
      ring.close();
      void worker.terminate();
    },
  };
};

function threadWork({ examples, augment, keys, size, last, shuffle, total }: BatchWork, ring: Ring): ThreadWork {
  const { rows, inputs } = examples;
  return compact({
    rows,
    shape: inputs.shape,
    inputs: shared(inputs.data),
    augment: augment.map(describe),
    keys,
    size,
    total,
    last,
    shuffle,
    ring: ring.memory,
  });
}

function shared(data: ArrayData): SharedArrayBuffer {
  if (data.buffer instanceof SharedArrayBuffer && data.byteLength === data.buffer.byteLength) return data.buffer;
  const memory = new SharedArrayBuffer(data.byteLength);
  new Float32Array(memory).set(data);
  return memory;
}
