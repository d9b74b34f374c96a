/** Examples in memory that all threads see: prepared once, copied once. */
import type { ArrayData, Examples, NdArray } from "nabla";
import type { Beginning } from "../experiment/begun.ts";

/** The two parts that a trial is about. */
export interface TrialData {
  readonly train: Examples;
  readonly dev: Examples;
  /** What each training begins with, where it goes on from a model. */
  readonly begun?: Pick<Beginning, "weights">;
}

/** The same examples with their numbers in shared memory, which threads are handed and do not copy. */
export function shareData({ train, dev, begun }: TrialData): TrialData {
  const shared = { train: shareExamples(train), dev: shareExamples(dev) };
  if (begun === undefined) return shared;
  const weights = new Map([...begun.weights].map(([path, array]) => [path, shareArray(array)]));
  return { ...shared, begun: { weights } };
}

function shareExamples(examples: Examples): Examples {
  const { inputs, targets, mask } = examples;
  const counts = mask !== undefined && "dtype" in mask ? { mask: shareArray(mask as NdArray) } : {};
  return { ...examples, inputs: shareArray(inputs), targets: shareArray(targets), ...counts };
}

function shareArray(array: NdArray): NdArray {
  const { data } = array;
  if (data.buffer instanceof SharedArrayBuffer) return array;
  const Typed = data.constructor as new (memory: SharedArrayBuffer) => ArrayData;
  const shared = new Typed(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  return { ...array, data: shared };
}
