/** Points that fill a cube evenly from the first on (Sobol' 1967). */

/**
 * For each axis after the first: the inner coefficients of a primitive polynomial and the first direction numbers, one
 * for each degree (Joe and Kuo, new-joe-kuo-6.21201, dimensions 2 to 37).
 */
const TABLE: readonly (readonly [inner: number, first: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
  [4, [1, 3, 7, 13, 13, 15, 69]],
  [7, [1, 1, 3, 13, 7, 35, 63]],
  [8, [1, 3, 5, 9, 1, 25, 53]],
  [14, [1, 3, 1, 13, 9, 35, 107]],
  [19, [1, 3, 1, 5, 27, 61, 31]],
  [21, [1, 1, 5, 11, 19, 41, 61]],
  [28, [1, 3, 5, 3, 3, 13, 69]],
  [31, [1, 1, 7, 13, 1, 19, 1]],
  [32, [1, 3, 7, 5, 13, 19, 59]],
  [37, [1, 1, 3, 9, 25, 29, 41]],
  [41, [1, 3, 5, 13, 23, 1, 55]],
  [42, [1, 3, 7, 3, 13, 59, 17]],
  [50, [1, 3, 1, 3, 5, 53, 69]],
  [55, [1, 1, 5, 5, 23, 33, 13]],
  [56, [1, 1, 7, 7, 1, 61, 123]],
  [59, [1, 1, 7, 9, 13, 61, 49]],
  [62, [1, 3, 3, 5, 3, 55, 33]],
];

/** How many axes the sequence has. */
export const SOBOL_AXES: number = TABLE.length + 1;
const BITS = 32;

/** The direction numbers of an axis from 0 on, each in the upper bits of a word. */
function directionsOf(axis: number): Uint32Array {
  const [inner = 0, first = []] = TABLE[axis - 1] ?? [];
  const degree = first.length;
  const directions = new Uint32Array(BITS);
  for (let k = 0; k < BITS; k++) {
    if (axis === 0) directions[k] = 1 << (BITS - 1 - k);
    else if (k < degree) directions[k] = (first[k] ?? 0) << (BITS - 1 - k);
    else {
      const before = directions[k - degree] ?? 0;
      let next = before ^ (before >>> degree);
      for (let i = 1; i < degree; i++) if ((inner >> (degree - 1 - i)) & 1) next ^= directions[k - i] ?? 0;
      directions[k] = next;
    }
  }
  return directions;
}

/** Point `index` of the unshifted sequence on an axis below `SOBOL_AXES`, as a word of 32 bits; in the order of Gray codes. */
export function sobolWord(axis: number, index: number): number {
  const directions = directionsOf(axis);
  let word = 0;
  for (let gray = index ^ (index >>> 1), k = 0; gray > 0; gray >>>= 1, k++) if (gray & 1) word ^= directions[k] ?? 0;
  return word >>> 0;
}
