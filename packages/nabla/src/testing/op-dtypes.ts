/** Every op on every dtype: what the comparison of engines runs, so that none computes garbage of a dtype it forgot. */
import type { DType } from "../array/dtype.ts";
import { allocate, type NdArray } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { fork, seedKey, uniform53 } from "../base/random.ts";
import type { Engine } from "../engine/contract.ts";
import { type Comparison, compareOn, type OpTrial } from "./op-trials.ts";

/** What an op made of operands of one dtype: an engine's result beside the reference's, or the sentence of a refusal. */
export type DTypeResult = Comparison | { readonly refused: NablaError };

/** Numbers of a dtype for a trial: floats as the trial asks, whole numbers in the given range, bool by the sign. */
export interface DTypeDraw {
  readonly dtype: DType;
  /** Whole numbers lie from -most to most. Default 4. */
  readonly most?: number;
}

/**
 * Runs a trial with operands of one dtype; those that a trial gives as arrays stay what they are. What is no
 * `NablaError` is thrown on: an op that fails inside an engine did not declare its dtypes.
 */
export async function runOnDType(engine: Engine, trial: OpTrial, draw: DTypeDraw): Promise<DTypeResult> {
  const arrays = trial.trial.inputs.map((given, i) =>
    "data" in given ? given : drawn(given, { ...draw, trial: trial.trial, name: `${trial.name} ${draw.dtype} ${i}` }),
  );
  try {
    return await compareOn(engine, trial, arrays);
  } catch (error) {
    if (error instanceof NablaError) return { refused: error };
    throw error;
  }
}

interface Draw extends DTypeDraw {
  readonly trial: OpTrial["trial"];
  readonly name: string;
}

function drawn(shape: readonly number[], { dtype, most = 4, trial, name }: Draw): NdArray {
  const { from = -1, to = 1 } = trial;
  const data = allocate(dtype, elementsOf(shape));
  for (const [i, u] of uniform53(fork(seedKey(3), name), data.length).entries()) {
    if (dtype === "bool") data[i] = u < 0.5 ? 0 : 1;
    else data[i] = dtype === "int32" ? Math.floor((2 * most + 1) * u) - most : from + (to - from) * u;
  }
  return { dtype, shape, data };
}
