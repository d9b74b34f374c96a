/** Reads that an invariant says succeed: where it is broken, an error says so, and no 0 or "" takes the place of what is lost. */
import { invariant } from "./error.ts";

/** The value at an index that lies within the array. */
export function at<T>(array: ArrayLike<T>, index: number): T {
  const value = array[index];
  if (value === undefined) outside(array.length, index);
  return value;
}

// apart, so that `at` is small enough to be inlined in loops
function outside(length: number, index: number): never {
  invariant(false, `index ${index} of an array of ${length}`);
}
