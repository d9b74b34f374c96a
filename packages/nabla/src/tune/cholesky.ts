/** Symmetric matrices in float64, row by row, as products of a lower triangle and its transpose. */

/** Computes row i of a triangle of width n, of which the rows before are known, from row i of the matrix. */
export function appendRow(lower: Float64Array, n: number, i: number, row: Float64Array): void {
  for (let j = 0; j <= i; j++) {
    let rest = row[j] ?? 0;
    for (let k = 0; k < j; k++) rest -= (lower[i * n + k] ?? 0) * (lower[j * n + k] ?? 0);
    lower[i * n + j] = i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / (lower[j * n + j] ?? 1);
  }
}

/** The x with L x = b, for the first `size` rows of a triangle of width n. */
export function solveLower(lower: Float64Array, n: number, size: number, b: Float64Array): Float64Array {
  const x = Float64Array.from(b.subarray(0, size));
  for (let i = 0; i < size; i++) {
    let rest = x[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (lower[i * n + k] ?? 0) * (x[k] ?? 0);
    x[i] = rest / (lower[i * n + i] ?? 1);
  }
  return x;
}

/** The x with Lᵀ x = b. */
export function solveUpper(lower: Float64Array, n: number, size: number, b: Float64Array): Float64Array {
  const x = Float64Array.from(b.subarray(0, size));
  for (let i = size - 1; i >= 0; i--) {
    let rest = x[i] ?? 0;
    for (let k = i + 1; k < size; k++) rest -= (lower[k * n + i] ?? 0) * (x[k] ?? 0);
    x[i] = rest / (lower[i * n + i] ?? 1);
  }
  return x;
}
