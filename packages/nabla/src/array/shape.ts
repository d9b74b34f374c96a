import { NablaError } from "../base/error.ts";

/**
 * The length of one dimension: a number, or a name for a length that is known only when a program runs (`"batch"`).
 * Reshaping may multiply named lengths by each other and by a number, which reads `"batch*196"` or `"batch*time*8"`.
 */
export type Dim = number | string;

/** Lengths of the dimensions, outermost first. `[]` is a single number. */
export type Shape = readonly Dim[];

/** A shape whose lengths are all known. */
export type Size = readonly number[];

/** How a shape reads in messages: `[batch, 784]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes are the same, names included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** A shape's count as a number times names, which are sorted; a name may occur more than once. */
export function factorsOf(shape: Shape): { readonly count: number; readonly names: readonly string[] } {
  let count = 1;
  const names: string[] = [];
  for (const dim of shape) {
    if (typeof dim === "number") count *= dim;
    else
      for (const factor of dim.split("*")) {
        const number = Number(factor);
        if (Number.isNaN(number)) names.push(factor);
        else count *= number;
      }
  }
  return { count, names: names.sort() };
}

/** The one length that is a number times names: what `factorsOf` takes apart. */
export function productOf(count: number, names: readonly string[]): Dim {
  if (names.length === 0) return count;
  return [...names, ...(count === 1 ? [] : [count])].join("*");
}

/** A length once names are known; a name that is not known stays. */
export function settleDim(dim: Dim, lengths: ReadonlyMap<string, number>): Dim {
  if (typeof dim === "number") return dim;
  const { count, names } = factorsOf([dim]);
  const known = names.reduce((product, name) => product * (lengths.get(name) ?? 1), count);
  return productOf(
    known,
    names.filter((name) => !lengths.has(name)),
  );
}

/** The number of elements. */
export function elementsOf(size: Size): number {
  return size.reduce((product, dim) => product * dim, 1);
}

/** Row-major strides, counted in elements. */
export function stridesOf(size: Size): number[] {
  const strides = new Array<number>(size.length);
  let stride = 1;
  for (let i = size.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= size[i] ?? 1;
  }
  return strides;
}

/** The shape as sizes. Throws `shape/unknown` when a length is still a name. */
export function sizeOf(shape: Shape): Size {
  for (const dim of shape) {
    if (typeof dim === "string")
      throw new NablaError("shape/unknown", `the length of "${dim}" in ${showShape(shape)} is not known here`);
  }
  return shape as Size;
}

/**
 * Axis numbers from 0, negative ones counted from the end. Throws `shape/axis` outside the shape or when one repeats.
 */
export function normalizeAxes(shape: Shape, axes: number | readonly number[] | undefined): readonly number[] {
  if (axes === undefined) return shape.map((_, i) => i);
  const list = typeof axes === "number" ? [axes] : axes;
  const found = list.map((axis) => (axis < 0 ? axis + shape.length : axis));
  for (const [i, axis] of found.entries()) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length || found.indexOf(axis) !== i) {
      throw new NablaError("shape/axis", `axis ${list[i]} does not fit the shape ${showShape(shape)}`);
    }
  }
  return found;
}

/**
 * The shape that two shapes broadcast to, aligned at the last dimension; lengths of 1 repeat. Throws `shape/broadcast`.
 */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new NablaError(
      "shape/broadcast",
      `shapes ${showShape(a)} and ${showShape(b)} cannot be broadcast together: ${left} and ${right} differ`,
    );
  });
}
