/**
 * Draws that are new at every run. A seed, or the graph's seed and how many draws there were before, fix the numbers;
 * a new session restarts the sequence.
 */
import type { DType } from "../array/dtype.ts";
import type { Shape, Size } from "../array/shape.ts";
import { add, cos, floor, log, multiply, negate, sqrt, subtract } from "../graph/elementwise.ts";
import { cast } from "../graph/movement.ts";
import { randomUniform as uniformNode } from "../graph/selection.ts";
import type { Tensor as Node, Operand } from "../graph/tensor.ts";
import { getDefaultGraph, type Named, type Tensor } from "./graph.ts";

/** Options of `randomUniform`. */
export interface DrawOptions extends Named {
  /** Draws of one seed are the same numbers. By default the seed of the graph and the number of draws before it. */
  readonly seed?: number | undefined;
  /** float32 by default. */
  readonly dtype?: DType;
}

/** Numbers in [0, 1) from a draw's key; `stream` separates several sequences of one draw. */
export function drawn(
  key: Node,
  shape: Shape,
  { dtype = "float32", stream = 0 }: { dtype?: DType; stream?: number } = {},
): Node {
  const draws = uniformNode(key, { shape, stream });
  return dtype === "float32" ? draws : cast(draws, { dtype });
}

/** Uniform draws in [minval, maxval); of whole numbers where the dtype is int32. */
export function randomUniform(
  shape: Size,
  {
    minval = 0,
    maxval = 1,
    seed,
    dtype = "float32",
    ...named
  }: DrawOptions & { readonly minval?: number; readonly maxval?: number } = {},
): Tensor {
  const graph = getDefaultGraph();
  const float = dtype === "int32" ? "float32" : dtype;
  const draws = add(multiply(drawn(graph.key(seed), shape, { dtype: float }), maxval - minval), minval);
  return graph.record("randomUniform", dtype === "int32" ? cast(floor(draws), { dtype }) : draws, {
    inputs: [],
    ...named,
  });
}

/** Options of `randomNormal` and `truncatedNormal`. */
export interface NormalOptions extends DrawOptions {
  /** 0 by default. */
  readonly mean?: number;
  /** The deviation; 1 by default. */
  readonly stddev?: number;
}

/** Normal draws (Box and Muller 1958). */
export function randomNormal(shape: Size, options: NormalOptions = {}): Tensor {
  return spread("randomNormal", options, (key, dtype) => {
    const radius = sqrt(multiply(log(subtract(1, drawn(key, shape, { dtype }))), -2));
    return multiply(radius, cos(multiply(drawn(key, shape, { dtype, stream: 1 }), 2 * Math.PI)));
  });
}

// what the standard normal distribution has between -2 and 2
const WITHIN = 0.9544997361036416;

/** Normal draws without those beyond two deviations: the inverse of the distribution function, evenly drawn between. */
export function truncatedNormal(shape: Size, options: NormalOptions = {}): Tensor {
  return spread("truncatedNormal", options, (key, dtype) => {
    const even = subtract(multiply(drawn(key, shape, { dtype }), 2 * WITHIN), WITHIN);
    return multiply(inverseErf(even), Math.SQRT2);
  });
}

type Standard = (key: Node, dtype: DType) => Node;

function spread(kind: string, options: NormalOptions, standard: Standard): Tensor {
  const { mean = 0, stddev = 1, seed, dtype = "float32", ...named } = options;
  const graph = getDefaultGraph();
  const draws = add(multiply(standard(graph.key(seed), dtype), stddev), mean);
  return graph.record(kind, draws, { inputs: [], ...named });
}

/** From the highest power down (Giles: Approximating the erfinv function, 2010, table 5, the central part). */
const CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];

/** The inverse of the error function, to float32, for |x| below 0.99. */
function inverseErf(x: Node): Node {
  const w = subtract(negate(log(multiply(subtract(1, x), add(x, 1)))), 2.5);
  const [highest = 0, ...rest] = CENTRAL;
  return multiply(
    x,
    rest.reduce<Operand>((sum, coefficient) => add(multiply(sum, w), coefficient), highest),
  );
}
