/** All parameters as one long vector, as the textbook's theta. */
import { allocate, type NdArray } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";

/** Where a parameter lies in the vector: numbers `from` up to but not with `to`. */
export interface VectorPart {
  readonly path: string;
  readonly shape: Size;
  readonly dtype: NdArray["dtype"];
  readonly from: number;
  readonly to: number;
}

/** Parameters laid end to end, in the order of their paths in the model. */
export interface ParameterVector {
  readonly data: Float64Array;
  readonly parts: readonly VectorPart[];
}

/** Lays arrays end to end, in the order of the map, row by row. */
export function flattenParameters(arrays: ReadonlyMap<string, NdArray>): ParameterVector {
  const parts: VectorPart[] = [];
  let length = 0;
  for (const [path, { shape, dtype, data }] of arrays) {
    parts.push({ path, shape, dtype, from: length, to: length + data.length });
    length += data.length;
  }
  const all = new Float64Array(length);
  for (const [i, { data }] of [...arrays.values()].entries()) all.set(data, parts[i]?.from ?? 0);
  return { data: all, parts };
}

/** The arrays that `flatten` laid end to end. Throws `gradient/vector` when the vector has another length. */
export function unflatten({ data, parts }: ParameterVector): ReadonlyMap<string, NdArray> {
  const length = parts.at(-1)?.to ?? 0;
  if (data.length !== length) {
    throw new NablaError("gradient/vector", `the parameters have ${length} numbers, the vector has ${data.length}`);
  }
  return new Map(
    parts.map(({ path, shape, dtype, from, to }) => {
      const storage = allocate(dtype, elementsOf(shape));
      storage.set(data.subarray(from, to));
      return [path, { dtype, shape, data: storage }];
    }),
  );
}

/** The name of a number in the vector: `dense1.weights[3, 2]`. */
export function placeIn({ parts }: Pick<ParameterVector, "parts">, index: number): string {
  const part = parts.find(({ from, to }) => index >= from && index < to);
  return part === undefined
    ? `number ${index}`
    : `${part.path}[${indicesOf(index - part.from, part.shape).join(", ")}]`;
}

/** The position along each axis of an element counted row by row. */
export function indicesOf(element: number, shape: Size): Size {
  let rest = element;
  return shape
    .toReversed()
    .map((length) => {
      const here = rest % length;
      rest = (rest - here) / length;
      return here;
    })
    .toReversed();
}
