/** Rows by number, positions, and randomness. */
import { ndarray } from "../array/ndarray.ts";
import { type Shape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { anyDType, countable, positionsOnly } from "./dtype-rule.ts";
import { op } from "./op.ts";
import type { Op } from "./tensor.ts";

const SOME_ROWS = ndarray(Int32Array.of(2, 0, 2, 4), [4]);

/**
 * The rows of a table [rows, ...] with the given numbers (int32): shape [...indices, ...row]. Outside the table: zeros.
 */
export const gather: Op<2> = op("gather", {
  arity: 2,
  dtypes: { takes: [anyDType, positionsOnly], alike: [0] },
  shape: ([table, indices]) => [...indices.shape, ...table.shape.slice(1)],
  gradient: (up, { inputs: [table, indices] }) => [scatterAdd(up, indices, { shape: table.shape }), undefined],
  trials: [{ inputs: [[5, 3], SOME_ROWS] }],
});

/** Adds rows into zeros of the given shape at the given row numbers, in order; numbers outside are skipped. */
export const scatterAdd: Op<2, { readonly shape: Shape }> = op("scatterAdd", {
  arity: 2,
  dtypes: { takes: [countable, positionsOnly], alike: [0] },
  shape: ([source, indices], { shape }) => {
    const expected = [...indices.shape, ...shape.slice(1)];
    if (showShape(expected) !== showShape(source.shape)) {
      throw new NablaError(
        "shape/scatter",
        `rows ${showShape(source.shape)} at ${showShape(indices.shape)} numbers do not fit ${showShape(shape)}`,
      );
    }
    return shape;
  },
  gradient: (up, { inputs: [, indices] }) => [gather(up, indices), undefined],
  trials: [{ inputs: [[4, 3], SOME_ROWS], attributes: { shape: [5, 3] } }],
});

/** Positions along one axis: 0, 1, 2, … as int32. */
export const iota: Op<0, { readonly shape: Shape; readonly axis: number }> = op("iota", {
  arity: 0,
  dtypes: { takes: {} },
  shape: (_, { shape }) => shape,
  dtype: () => "int32",
  gradient: () => [],
  trials: [{ inputs: [], attributes: { shape: [3, 4], axis: 1 } }],
});

/**
 * Numbers in [0, 1), float32. `key` holds three int32: two words of seed and the step. `stream` distinguishes one use
 * from another. The same key, stream and position give the same number on every engine (see base/random.ts).
 */
export const randomUniform: Op<1, { readonly shape: Shape; readonly stream: number }> = op("randomUniform", {
  arity: 1,
  dtypes: { takes: positionsOnly },
  shape: (_, { shape }) => shape,
  dtype: () => "float32",
  gradient: () => [undefined],
  trials: [{ inputs: [ndarray(Int32Array.of(7, 0, 3), [3])], attributes: { shape: [5, 9], stream: 11 } }],
});
