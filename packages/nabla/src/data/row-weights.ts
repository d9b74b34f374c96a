/** How much rows count: a column of numbers from 0, which costs and errors are weighted means by. */
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";

/**
 * The weights of a column as float32 [rows]. Throws `data/weights` for a row whose weight is missing, below 0 or without
 * bound.
 */
export function rowWeights({
  name,
  values: { data, shape },
}: {
  readonly name: string;
  readonly values: NdArray;
}): NdArray {
  if (shape.length !== 1)
    throw new NablaError("data/weights", `column ${name} holds several numbers a row, and a weight is one`);
  const row = wrongWeight(data);
  if (row < 0) return ndarray(Float32Array.from(data), [data.length]);
  const found = data[row] ?? Number.NaN;
  const what = Number.isNaN(found)
    ? "the weight is missing"
    : `a weight is a finite number from 0, and this one is ${found}`;
  throw new NablaError(
    "data/weights",
    `column ${name}, row ${row}: ${what}`,
    "mend the column, or leave such rows out",
  );
}

/** The first row whose weight is none; -1 where all are weights. */
export function wrongWeight(data: ArrayLike<number>): number {
  for (let row = 0; row < data.length; row++) {
    const weight = data[row] ?? Number.NaN;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) return row;
  }
  return -1;
}
