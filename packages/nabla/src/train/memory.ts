/** Estimates the memory of a training before it starts. */
import type { NdArray } from "../array/ndarray.ts";
import { elementsOf, sizeOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { count } from "../base/text.ts";
import type { Tensor } from "../graph/tensor.ts";
import { defaults } from "./defaults.ts";
import { blankFeeds, freeLengths } from "./example-inputs.ts";
import { type AnyJob, type ResolvedJob, resolveJob } from "./job.ts";
import { meterFor } from "./measures.ts";
import { prepareStep, type TrainingStep } from "./step.ts";

/**
 * Bytes by which a process grows at most in its first training, in addition to its data. The young generation of the host's heap
 * is not among them: hosts widen it to its full size sooner or later, whatever they run (3 x 16 MiB in Node 24).
 */
export interface MemoryEstimate {
  /** Parameters, moments, averages, their initial values, the saved weights, threads, and the host's own: whatever the batch size. */
  readonly fixed: number;
  /** For each row of a batch: inputs, activations, gradients. */
  readonly perRow: number;
  /** The total at the job's batch size. */
  readonly total: number;
}

/** What the host grows by in any training, in Node 24: compiled code, and what compiling it takes. */
const HOST_BYTES = 3 * 2 ** 20;
/** Arrays of a batch that are made before the first step, and wait to be collected during it. */
const BATCHES_MADE = 2;

/** Batch sizes that are measured, large enough for the matmul kernels of large batches; all others are on a line. */
const [FEW, MORE] = [512, 1024];

/** Estimates a training's memory: from the job's own batch size up to 1024, else from two that are smaller. */
export async function estimateMemory(job: AnyJob): Promise<MemoryEstimate> {
  const { fixed, perRow, at } = await estimates(job);
  return { fixed, perRow, total: await at(Math.min(resolveJob(job).batch, job.train.rows)) };
}

/** The memory of a training at any batch size. */
async function estimates(
  job: AnyJob,
): Promise<Omit<MemoryEstimate, "total"> & { readonly at: (rows: number) => Promise<number> }> {
  const resolved = resolveJob(job);
  const step = await prepareStep(resolved);
  const others = otherBytes(step);
  const evaluation = await evaluationUse(step, resolved);
  const measured = async (rows: number): Promise<number> => {
    const own = await stepUse(step, resolved, rows);
    // programs of one memory share their scratch; a larger one is allocated anew, and the smaller one is not freed
    const larger = evaluation.scratch > own.scratch ? evaluation.scratch : 0;
    const engine = own.states + own.inputs + own.constants + own.scratch;
    // states move into memory that threads share, and are there twice meanwhile
    const moved = own.threads > 0 ? own.states : 0;
    const collected = HOST_BYTES + own.threads + moved + BATCHES_MADE * own.inputs;
    return collected + others + engine + evaluation.inputs + evaluation.constants + larger;
  };
  const [few, more] = [await measured(FEW), await measured(MORE)];
  const perRow = (more - few) / (MORE - FEW);
  const fixed = few - FEW * perRow;
  return { fixed, perRow, at: (rows) => (rows <= MORE ? measured(rows) : Promise.resolve(fixed + perRow * rows)) };
}

/** Whether a training fits into this many bytes in addition to its data. */
export async function fitsInMemory(job: AnyJob, bytes: number): Promise<boolean> {
  return (await estimateMemory(job)).total <= bytes;
}

/**
 * The largest batch size, a power of two, whose training fits into this many bytes, at most the size of the training
 * set. Throws `train/memory` when not even the smallest batch fits.
 */
export async function largestBatch(job: AnyJob, bytes: number): Promise<number> {
  inRange("bytes", bytes, { above: 0 });
  const { fixed, perRow, at } = await estimates(job);
  const fewest = job.model.minBatchSize ?? 1;
  const rows = Math.min(Math.max(fewest, (bytes - fixed) / perRow), job.train.rows);
  // small batches use other matmul kernels, which the line does not model
  for (let batch = 2 ** Math.ceil(Math.log2(rows)); batch >= fewest; batch /= 2)
    if (batch <= job.train.rows && (await at(batch)) <= bytes) return batch;
  const message = `a training on ${count(fewest, "row")} at a time takes about ${Math.ceil(fixed + fewest * perRow)} bytes, and there are ${bytes}`;
  throw new NablaError("train/memory", message, "choose a smaller model, or an optimizer with less state");
}

/**
 * Memory beyond what the programs report: the initial value of every state, the best weights so far, and those that are
 * returned.
 */
function otherBytes({ program, states }: TrainingStep): number {
  const bytesOf = (tensors: Iterable<Tensor>): number =>
    [...tensors].reduce((sum, { shape }) => sum + 4 * elementsOf(sizeOf(shape)), 0);
  return bytesOf(program.states) + 2 * bytesOf(states.values());
}

async function stepUse({ program, feed, settings }: TrainingStep, { train }: ResolvedJob, rows: number) {
  const use = await program.memoryUseAt(freeLengths(train, rows));
  if (use !== undefined) return use;
  const feeds: Record<string, NdArray | number> = {};
  feed(settings, 0, feeds);
  return program.memoryUse({ ...feeds, ...blankFeeds(train, rows) });
}

async function evaluationUse({ program: share, states: kept }: TrainingStep, { model, loss, train }: ResolvedJob) {
  const meter = await meterFor({ model, loss, kept }, train, { share });
  return meter.memoryUse(Math.min(defaults.evaluationBatch, train.rows));
}
