import { ndarray } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { number } from "../base/field.ts";
import { normal } from "../base/random.ts";
import { initializer } from "./initializer.ts";

/**
 * Rows or columns, whichever are fewer, orthogonal to each other and of length `gain` (Saxe, McClelland, Ganguli 2014):
 * depth then neither grows nor shrinks signals in a linear network. Leading dimensions count as rows.
 */
export const orthogonal = initializer(
  "orthogonal",
  { gain: number({ default: 1, source: "Saxe et al. 2014", help: "the length of rows or columns" }) },
  ({ gain }) =>
    (shape, _, key) => {
      const columns = shape.at(-1) ?? 1;
      const rows = elementsOf(shape) / columns;
      const tall = rows >= columns;
      const [count, length] = tall ? [columns, rows] : [rows, columns];
      const basis = orthonormal(normal(key, count * length), count, length);
      const at = (row: number, column: number): number => (tall ? column * length + row : row * length + column);
      return ndarray(
        Float32Array.from(
          { length: rows * columns },
          (_x, i) => gain * (basis[at(Math.floor(i / columns), i % columns)] ?? 0),
        ),
        shape,
      );
    },
  { help: "orthogonal rows or columns of length gain" },
);

/** Gram and Schmidt's procedure, each vector projected twice, which is enough for full accuracy (Giraud et al. 2005). */
function orthonormal(vectors: Float64Array, count: number, length: number): Float64Array {
  const vector = (i: number): Float64Array => vectors.subarray(i * length, (i + 1) * length);
  for (let i = 0; i < count; i++) {
    const own = vector(i);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = vector(j);
        const share = dot(own, other);
        for (let k = 0; k < length; k++) own[k] = (own[k] ?? 0) - share * (other[k] ?? 0);
      }
    }
    const norm = Math.sqrt(dot(own, own));
    for (let k = 0; k < length; k++) own[k] = (own[k] ?? 0) / norm;
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] ?? 0) * (b[i] ?? 0);
  return total;
}

/** Ones on the diagonal times `gain`: a layer that at first hands its inputs on. */
export const identityInitializer = initializer(
  "identity",
  { gain: number({ default: 1, source: "the identity", help: "what the diagonal holds" }) },
  ({ gain }) =>
    (shape) => {
      const columns = shape.at(-1) ?? 1;
      const numbers = Float32Array.from({ length: elementsOf(shape) }, (_, i) =>
        Math.floor(i / columns) === i % columns ? gain : 0,
      );
      return ndarray(numbers, shape);
    },
  { help: "gain on the diagonal: a layer that at first hands its inputs on" },
);
