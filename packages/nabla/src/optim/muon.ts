import { list, number, wholeNumber } from "../base/field.ts";
import { EXEMPT, isPenalized } from "../base/parameter-path.ts";
import { textType } from "../base/value-type.ts";
import { matmul } from "../graph/contraction.ts";
import { add, divide, maximum, multiply, sqrt } from "../graph/elementwise.ts";
import { reshape, sum, transpose } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { adamBetas, adamNumbers } from "./adam.ts";
import { decay, decayed } from "./decay.ts";
import { optimizer, rate } from "./optimizer.ts";
import { adamEpsilon, betaRange, eachParameter, flushed, flushedSquare, transform } from "./transform.ts";

const source = "Jordan et al. 2024";

const fields = {
  momentum: number({
    ...betaRange,
    default: 0.95,
    source,
    adjustable: true,
    help: "the share of the past in the averaged gradients of matrices (with Nesterov's look ahead)",
  }),
  iterations: wholeNumber({
    atLeast: 1,
    default: 5,
    source,
    help: "iterations of Newton and Schulz that make a direction orthogonal",
  }),
  ...adamBetas,
  epsilon: adamEpsilon,
  byAdam: list(textType, {
    default: [...EXEMPT, "table"],
    source: "Jordan et al. 2024: vectors and embeddings",
    help: "matrices that are learned by Adam all the same, by last name or path (`dense3.weights`)",
  }),
};

/** The quintic a·x + b·x³ + c·x⁵, whose iterates take every singular value from 0 to 1 near 1. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
/** The smallest length that a direction is divided by. */
const SHORTEST = 1e-7;
/** The root mean square of Adam's directions, which those of matrices get too (Liu et al. 2025, section 2.2). */
const ADAM_SIZE = 0.2;

/** A parameter as one matrix: all axes but the last together. */
function sidesOf(shape: Tensor["shape"]): readonly [rows: number, columns: number] {
  const columns = Number(shape.at(-1));
  return [shape.slice(0, -1).reduce<number>((product, dim) => product * Number(dim), 1), columns];
}

/** Near U·Vᵀ of the singular value decomposition U·S·Vᵀ of a matrix, by iterations of Newton and Schulz. */
function orthogonal(matrix: Tensor, iterations: number): Tensor {
  const [rows = 1, columns = 1] = matrix.shape.map(Number);
  const isTall = rows > columns;
  let x = isTall ? transpose(matrix) : matrix;
  x = divide(x, maximum(sqrt(sum(multiply(x, x))), SHORTEST));
  for (let i = 0; i < iterations; i++) {
    const gram = matmul(x, transpose(x));
    const inner = add(multiply(gram, B), multiply(matmul(gram, gram), C));
    x = add(multiply(x, A), matmul(inner, x));
  }
  return isTall ? transpose(x) : x;
}

/**
 * Averaged gradients of matrices, made orthogonal and as large as Adam's directions (Jordan et al. 2024; Liu et al. 2025);
 * kernels of convolutions are one matrix each. Vectors, and what `byAdam` names, get Adam's directions.
 */
export const scaleByMuon = transform(
  "muon",
  fields,
  ({ iterations, byAdam }) => {
    const isMatrix = (path: string, shape: Tensor["shape"]): boolean => shape.length > 1 && isPenalized(path, byAdam);
    return {
      ...eachParameter<
        "velocity" | "second",
        { readonly momentum: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
      >({
        slots: { velocity: 0, second: 0 },
        numbers: ({ momentum, ...adam }, step) => ({
          momentum,
          fresh: 1 - momentum,
          ...adamNumbers(adam, step, true),
        }),
        update: (gradient, { path, number: fed, slot }) => {
          if (isMatrix(path, gradient.shape)) {
            const averaged = (past: Tensor): Tensor =>
              add(multiply(past, fed("momentum")), multiply(gradient, fed("fresh")));
            const velocity = flushed(averaged(slot("velocity")));
            const sides = sidesOf(gradient.shape);
            const made = orthogonal(reshape(averaged(velocity), { shape: sides }), iterations);
            const direction = multiply(
              reshape(made, { shape: gradient.shape }),
              ADAM_SIZE * Math.sqrt(Math.max(...sides)),
            );
            return { direction, velocity, second: slot("second") };
          }
          const velocity = flushed(add(multiply(slot("velocity"), fed("beta1")), multiply(gradient, fed("share1"))));
          const second = flushedSquare(
            add(multiply(slot("second"), fed("beta2")), multiply(multiply(gradient, gradient), fed("share2"))),
          );
          const divisor = add(multiply(sqrt(second), fed("scale2")), fed("epsilon"));
          return { direction: divide(multiply(velocity, fed("scale1")), divisor), velocity, second };
        },
      }),
      // matrices need no second moments
      slotShape: (slot, shape, path) => (slot === "second" && isMatrix(path, shape) ? [] : shape),
    };
  },
  { help: "orthogonal directions of matrices, and Adam's of all else", adaptive: true },
);

/** Muon for matrices and Adam for all else, at one rate and with decoupled weight decay. */
export const muon = optimizer(
  "muon",
  { rate: rate(0.001, "PyTorch; as AdamW's, Liu et al. 2025"), ...fields, ...decayed(0.1, "Liu et al. 2025; PyTorch") },
  ({ decay: strength, except, ...options }) => [scaleByMuon(options), decay({ strength, except })],
  { help: "orthogonal steps of matrices, and Adam's of all else" },
);
