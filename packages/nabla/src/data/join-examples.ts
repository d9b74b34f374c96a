/** Examples one after another. */
import { type ArrayData, allocate, type NdArray } from "../array/ndarray.ts";
import { elementsOf, sameShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { isNamed } from "../base/named.ts";
import type { Examples, StoredExamples } from "./examples.ts";

/**
 * The rows of both, those of the first before those of the second. Throws `data/unlike` where shapes or dtypes differ,
 * and for masks of positions; masks of whole rows, which are their weights, are joined too.
 */
export function joinExamples(a: Examples, b: Examples): Examples;
export function joinExamples(a: Examples | StoredExamples, b: Examples): Examples | StoredExamples;
export function joinExamples(a: Examples | StoredExamples, b: Examples): Examples | StoredExamples {
  const common = { rows: a.rows + b.rows, targets: joined(a.targets, b.targets), ...joinedMasks(a, b) };
  if (!("read" in a)) return { ...a, ...common, inputs: joined(a.inputs, b.inputs) };
  checkAlike(a.inputs, b.inputs);
  const { dtype, shape } = a.inputs;
  return {
    ...a,
    ...common,
    inputs: { dtype, shape: [common.rows, ...shape.slice(1)] },
    read: (indices, into) => readEither(a, b, indices, into),
  };
}

/** How much the rows of both count. Throws `data/unlike` for masks of positions. */
function joinedMasks(a: Examples | StoredExamples, b: Examples): Pick<Examples, "mask"> {
  if (a.mask === undefined && b.mask === undefined) return {};
  const of = ({ mask, rows }: Examples | StoredExamples): NdArray => {
    const own = mask ?? { dtype: "float32", shape: [rows], data: new Float32Array(rows).fill(1) };
    if (!isNamed(own) && own.shape.length === 1) return own;
    throw new NablaError(
      "data/unlike",
      "examples with masks of positions cannot be joined",
      "give one part, with its mask",
    );
  };
  return { mask: joined(of(a), of(b)) };
}

/** Copies inputs of the first part, which reads them, and of the second, which has them in memory. */
function readEither(a: StoredExamples, b: Examples, indices: ArrayLike<number>, into: ArrayData): void {
  const width = elementsOf(b.inputs.shape.slice(1));
  const one = new Uint32Array(1);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i] ?? 0;
    const place = into.subarray(i * width, (i + 1) * width);
    one[0] = row;
    if (row < a.rows) a.read(one, place);
    else place.set(b.inputs.data.subarray((row - a.rows) * width, (row - a.rows + 1) * width));
  }
}

function checkAlike(a: Pick<NdArray, "dtype" | "shape">, b: Pick<NdArray, "dtype" | "shape">): void {
  if (a.dtype === b.dtype && sameShape(a.shape.slice(1), b.shape.slice(1))) return;
  const message = `rows of ${b.dtype} [${b.shape.slice(1)}] cannot follow rows of ${a.dtype} [${a.shape.slice(1)}]`;
  throw new NablaError("data/unlike", message, "prepare both by the same preparation");
}

function joined(a: NdArray, b: NdArray): NdArray {
  checkAlike(a, b);
  const data: ArrayData = allocate(a.dtype, a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { dtype: a.dtype, shape: [(a.shape[0] ?? 0) + (b.shape[0] ?? 0), ...a.shape.slice(1)], data };
}
