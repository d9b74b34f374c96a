/** What to take in place of a training that is too large for the engine's memory. */
import { NablaError } from "../base/error.ts";
import { count } from "../base/text.ts";
import { MOST_PAGES } from "../engine/wasm/module.ts";
import { freeLengths } from "./example-inputs.ts";
import { minBatchSizeOf, type ResolvedJob } from "./job.ts";
import type { TrainingStep } from "./step.ts";

/** What WebAssembly holds. */
const MOST_BYTES = MOST_PAGES * 65536;

/**
 * The error of a step on `rows` rows with what would fit as its hint, where it is that the step takes more than the engine
 * can hold: the largest batch, a power of two. Any other error as it is. Nothing is taken for it: memory is only computed.
 */
export async function withWhatFits(
  error: unknown,
  rows: number,
  { step, job }: { readonly step: TrainingStep; readonly job: ResolvedJob },
): Promise<unknown> {
  if (!(error instanceof NablaError) || error.code !== "engine/memory") return error;
  const bytesOf = async (batch: number): Promise<number> => {
    const use = await step.program.memoryUseAt(freeLengths(job.train, batch));
    return use === undefined ? Number.NaN : use.states + use.inputs + use.constants + use.scratch;
  };
  // where the machine itself has nothing left, nobody knows how much it will have
  if (!((await bytesOf(rows)) > MOST_BYTES)) return error;
  const fewest = minBatchSizeOf(job.model);
  let batch = 2 ** Math.floor(Math.log2(rows - 1));
  while (batch >= fewest && (await bytesOf(batch)) > MOST_BYTES) batch /= 2;
  const hint =
    batch < fewest
      ? `not even a batch of ${count(fewest, "row")} fits: take smaller inputs or a smaller model`
      : `a batch of ${count(batch, "row")} fits, and to accumulate over ${Math.ceil(rows / batch)} of them makes steps of as many rows as now`;
  return new NablaError(error.code, error.sentence, hint, error.where);
}
