/** Eigenvalues of a symmetric matrix that is known only by what it does to vectors (Lanczos 1950). */
import { type Key, normal } from "../base/random.ts";

/** What a symmetric matrix makes of a vector. */
export type Apply = (vector: Float64Array) => Float64Array | Promise<Float64Array>;

/** Options of `lanczos`. */
export interface LanczosOptions {
  readonly size: number;
  /** Products at most; as many as `size` give all eigenvalues, fewer the outermost well. */
  readonly steps: number;
  readonly key: Key;
}

/** Ritz values, ascending: all eigenvalues where steps reach the size, else the outermost ones and some between. */
export async function lanczos(apply: Apply, { size, steps, key }: LanczosOptions): Promise<Float64Array> {
  const diagonal: number[] = [];
  const beside: number[] = [];
  const basis: Float64Array[] = [];
  let vector = unit(normal(key, size));
  for (let step = 0; step < Math.min(size, steps); step++) {
    basis.push(vector);
    const next = Float64Array.from(await apply(vector));
    const along = dot(next, vector);
    diagonal.push(along);
    // Against every vector so far, twice: rounding would else bring found eigenvalues back as copies.
    for (let pass = 0; pass < 2; pass++) for (const one of basis) take(next, one, dot(next, one));
    const length = Math.sqrt(dot(next, next));
    const scale = Math.max(...diagonal.map(Math.abs), ...beside, Number.MIN_VALUE);
    if (!(length > 1e-12 * scale)) {
      // A subspace of its own: go on from outside it, joined by nothing.
      const fresh = normal({ seed: [key.seed[0], key.seed[1] + basis.length] }, size);
      for (let pass = 0; pass < 2; pass++) for (const one of basis) take(fresh, one, dot(fresh, one));
      beside.push(0);
      vector = unit(fresh);
    } else {
      beside.push(length);
      vector = next.map((x) => x / length);
    }
  }
  return eigenvaluesOf(diagonal, beside.slice(0, -1));
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] ?? 0) * (b[i] ?? 0);
  return total;
}

function take(from: Float64Array, vector: Float64Array, by: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - by * (vector[i] ?? 0);
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((x) => x / length);
}

/**
 * The eigenvalues of a symmetric tridiagonal matrix, ascending, by bisection: the signs of a Sturm sequence count those
 * below a number (Golub and Van Loan, section 8.4).
 */
export function eigenvaluesOf(diagonal: readonly number[], beside: readonly number[]): Float64Array {
  const radius = diagonal.map((_, i) => Math.abs(beside[i - 1] ?? 0) + Math.abs(beside[i] ?? 0));
  const low = Math.min(...diagonal.map((x, i) => x - (radius[i] ?? 0)));
  const high = Math.max(...diagonal.map((x, i) => x + (radius[i] ?? 0)));
  const below = (x: number): number => {
    let count = 0;
    let pivot = 1;
    for (let i = 0; i < diagonal.length; i++) {
      const side = beside[i - 1] ?? 0;
      pivot = (diagonal[i] ?? 0) - x - (i === 0 ? 0 : (side * side) / pivot);
      if (pivot === 0) pivot = Number.EPSILON * Math.max(Math.abs(x), Number.MIN_VALUE / Number.EPSILON);
      if (pivot < 0) count += 1;
    }
    return count;
  };
  return Float64Array.from(diagonal, (_, i) => {
    let [from, to] = [low, high];
    for (let halving = 0; halving < 200 && to - from > 1e-15 * Math.max(Math.abs(from), Math.abs(to)); halving++) {
      const middle = from + (to - from) / 2;
      if (below(middle) > i) to = middle;
      else from = middle;
    }
    return from + (to - from) / 2;
  });
}
