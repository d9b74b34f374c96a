/** Straight lines through the parameters, and the cost along them. */
import type { NdArray } from "../array/ndarray.ts";
import { bits, fork, type Key, permutation } from "../base/random.ts";
import type { Program } from "../engine/program.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A direction in the numbers of one parameter: those with `indices` move, each by its weight. */
export interface Line {
  readonly indices: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** Options of `linesFor`. */
export interface LineOptions {
  /** Numbers at most, drawn where there are more. */
  readonly most: number;
  /** Random directions in place of single numbers. */
  readonly directions: number | undefined;
}

/**
 * The lines to check a parameter of `length` numbers along: single numbers, or random directions of length 1. Those are made
 * when they are asked for, since each has as many numbers as the parameter.
 */
export function linesFor(length: number, key: Key, { most, directions }: LineOptions): Iterable<Line> {
  if (directions === undefined || length <= directions) {
    return Array.from(permutation(key, length).subarray(0, most), (index) => ({ indices: [index], weights: [1] }));
  }
  const indices = Uint32Array.from({ length }, (_, i) => i);
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < directions; i++) yield { indices, weights: weightsOf(fork(key, `direction ${i}`), length) };
    },
  };
}

/** Random numbers, uniform on 256 of both signs, scaled to the length 1. */
function weightsOf(key: Key, length: number): Float64Array {
  const bytes = new Uint8Array(bits(key, Math.ceil(length / 4)).buffer);
  const weights = new Float64Array(length);
  let square = 0;
  for (let i = 0; i < length; i++) {
    const weight = (bytes[i] ?? 0) - 127.5;
    weights[i] = weight;
    square += weight * weight;
  }
  const scale = 1 / Math.sqrt(square);
  for (let i = 0; i < length; i++) weights[i] = (weights[i] ?? 0) * scale;
  return weights;
}

/** The slope along a line according to a gradient. */
export function slopeAlong({ indices, weights }: Line, gradient: ArrayLike<number>): number {
  let slope = 0;
  for (let k = 0; k < indices.length; k++) slope += (weights[k] ?? 0) * (gradient[indices[k] ?? 0] ?? 0);
  return slope;
}

/** The cost as a function of one parameter. */
export class CostLine {
  readonly #program: Program;
  readonly #tensor: Tensor;
  readonly #kept: NdArray;
  readonly #moved: NdArray;
  readonly #cost: () => Promise<number>;

  /** Reads the parameter as it is now. */
  static async open(program: Program, tensor: Tensor, cost: () => Promise<number>): Promise<CostLine> {
    const nothing: NdArray = { dtype: "float64", shape: [0], data: new Float64Array(0) };
    // a state that the cost does not read is no state of the program
    const kept = program.states.includes(tensor) ? await program.read(tensor) : nothing;
    return new CostLine(program, tensor, { kept, cost });
  }

  constructor(
    program: Program,
    tensor: Tensor,
    { kept, cost }: { readonly kept: NdArray; readonly cost: () => Promise<number> },
  ) {
    this.#program = program;
    this.#tensor = tensor;
    this.#kept = kept;
    this.#moved = { ...kept, data: kept.data.slice() };
    this.#cost = cost;
  }

  get length(): number {
    return this.#kept.data.length;
  }

  /** The cost `by` along a line. The parameter is left there until `restore`. */
  async at({ indices, weights }: Line, by: number): Promise<number> {
    const [kept, moved] = [this.#kept.data, this.#moved.data];
    for (let k = 0; k < indices.length; k++) {
      const i = indices[k] ?? 0;
      moved[i] = (kept[i] ?? 0) + by * (weights[k] ?? 0);
    }
    this.#program.write(this.#tensor, this.#moved);
    const cost = await this.#cost();
    for (let k = 0; k < indices.length; k++) moved[indices[k] ?? 0] = kept[indices[k] ?? 0] ?? 0;
    return cost;
  }

  /** Puts the parameter back to where it was. */
  restore(): void {
    if (this.#kept.data.length > 0) this.#program.write(this.#tensor, this.#kept);
  }
}
