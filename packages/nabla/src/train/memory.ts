/** How much memory a training takes, before it is begun. */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { count } from "../base/text.ts";
import { blankFeeds } from "./example-inputs.ts";
import { type AnyJob, type ResolvedJob, resolveJob } from "./job.ts";
import { prepareStep, type TrainingStep } from "./step.ts";

/** Bytes that a training takes beside its data. */
export interface MemoryEstimate {
  /** Parameters, moments, averages: whatever the batch. */
  readonly fixed: number;
  /** For each row of a batch: inputs, activations, slopes. */
  readonly perRow: number;
  /** All of it at the job's batch. */
  readonly total: number;
}

/** Batches that are tried, large enough for the ways of multiplying that large batches take; all others lie on a line. */
const [FEW, MORE] = [512, 1024];

/** Estimates a step's memory: from the job's own batch up to 1024 rows, else from two that are smaller. */
export async function estimateMemory(job: AnyJob): Promise<MemoryEstimate> {
  const resolved = resolveJob(job);
  const step = await prepareStep(resolved);
  const [few, more] = [await bytesAt(step, resolved, FEW), await bytesAt(step, resolved, MORE)];
  const perRow = (more - few) / (MORE - FEW);
  const fixed = few - FEW * perRow;
  const batch = Math.min(resolved.batch, resolved.train.rows);
  const total = batch <= MORE ? await bytesAt(step, resolved, batch) : fixed + perRow * batch;
  return { fixed, perRow, total };
}

/** Whether a step fits into so many bytes. */
export async function fitsInMemory(job: AnyJob, bytes: number): Promise<boolean> {
  return (await estimateMemory(job)).total <= bytes;
}

/**
 * The largest batch, a power of two, whose step fits into so many bytes, at most as large as the training part. Throws
 * `train/memory` when not even the fewest rows fit.
 */
export async function largestBatch(job: AnyJob, bytes: number): Promise<number> {
  inRange("bytes", bytes, { above: 0 });
  const { fixed, perRow } = await estimateMemory(job);
  const fewest = job.model.minBatchSize ?? 1;
  const rows = Math.min(Math.max(fewest, (bytes - fixed) / perRow), job.train.rows);
  // small batches are multiplied in other ways, which the line does not know
  for (let batch = 2 ** Math.ceil(Math.log2(rows)); batch >= fewest; batch /= 2)
    if (batch <= job.train.rows && (await fitsInMemory({ ...job, batch }, bytes))) return batch;
  const message = `a step on ${count(fewest, "row")} takes about ${Math.ceil(fixed + fewest * perRow)} bytes, and there are ${bytes}`;
  throw new NablaError("train/memory", message, "choose a smaller model, or an optimizer that remembers less");
}

async function bytesAt(
  { program, feed, settings }: TrainingStep,
  { train }: ResolvedJob,
  rows: number,
): Promise<number> {
  const feeds: Record<string, NdArray | number> = {};
  feed(settings, 0, feeds);
  return program.bytes({ ...feeds, ...blankFeeds(train, rows) });
}
