/** Symmetric matrices in float64, row by row, by their eigenvectors. */

/** Sweeps over all pairs of axes; matrices of some dozens of rows need less than ten. */
const SWEEPS = 60;

/** The eigenvalues of a symmetric matrix, and its eigenvectors as the columns of a matrix [n, n]. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** The eigenvectors of a symmetric matrix [n, n], by rotations (Jacobi 1846; Golub and Van Loan, section 8.5). */
export function eigenOf(symmetric: Float64Array, n: number): Eigen {
  const matrix = Float64Array.from(symmetric);
  const vectors = Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (matrix[p * n + q] === 0) continue;
        off += Math.abs(matrix[p * n + q] ?? 0);
        rotate(matrix, vectors, n, p, q);
      }
    if (off === 0) break;
  }
  return { values: Float64Array.from({ length: n }, (_, i) => matrix[i * (n + 1)] ?? 0), vectors };
}

/** Turns the axes p and q so that their covariance becomes 0. */
function rotate(matrix: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const [pp, pq, qq] = [matrix[p * n + p] ?? 0, matrix[p * n + q] ?? 0, matrix[q * n + q] ?? 0];
  const slope = (qq - pp) / (2 * pq);
  const tangent = Number.isFinite(slope) ? (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(slope, 1)) : 0;
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  const turn = (at: Float64Array, i: number, j: number): void => {
    const [one, other] = [at[i] ?? 0, at[j] ?? 0];
    at[i] = cosine * one - sine * other;
    at[j] = sine * one + cosine * other;
  };
  for (let k = 0; k < n; k++) turn(matrix, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(matrix, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q);
  matrix[p * n + q] = 0;
  matrix[q * n + p] = 0;
}
