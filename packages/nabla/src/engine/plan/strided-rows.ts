/** Kernels on a buffer of dense rows, as kernels on rows that lie further apart. */
import { invariant } from "../../base/error.ts";
import type { LoopKernel, MatmulKernel, Value, View } from "../loop.ts";
import { collapse, relocated, restride } from "./collapse.ts";
import { valueViews } from "./order.ts";

/** Rows of `width` numbers that lie densely in `buffer`, and where they lie instead: a row each `stride` numbers. */
export interface RowMove {
  readonly buffer: number;
  readonly width: number;
  readonly to: { readonly buffer: number; readonly offset: number; readonly stride: number };
}

/** The same kernel with the rows elsewhere; undefined where it goes through them in a way that has no strides there. */
export function withRowsAt(kernel: LoopKernel | MatmulKernel, move: RowMove): LoopKernel | MatmulKernel | undefined {
  if (kernel.kind === "loop") return movedLoop(kernel, move);
  const { batch, m, n, k } = kernel;
  const a = movedView(kernel.a, [batch, m, k], move);
  const b = movedView(kernel.b, [batch, k, n], move);
  const c = movedView(kernel.c, [batch, m, n], move);
  return a && b && c && { ...kernel, a, b, c };
}

function movedLoop(kernel: LoopKernel, move: RowMove): LoopKernel | undefined {
  const split = splitAtRows(kernel, move);
  if (viewsOf(split).some((view) => movedView(view, split.sizes, move) === undefined)) return undefined;
  const stores = relocated(split.stores, (view) => {
    const moved = movedView(view, split.sizes, move);
    invariant(moved !== undefined, "a view that was moved once");
    return moved;
  });
  return collapse({ ...split, stores });
}

/** Dimensions that go on from one row to the next are two: rows, and what is in a row. */
function splitAtRows(kernel: LoopKernel, { buffer, width }: RowMove): LoopKernel {
  for (const view of viewsOf(kernel)) {
    if (view.buffer !== buffer) continue;
    for (const [d, size] of kernel.sizes.entries()) {
      const stride = view.strides[d] ?? 0;
      const inRow = width / stride;
      if (stride <= 0 || stride >= width || !Number.isInteger(inRow) || size <= inRow || size % inRow !== 0) continue;
      const two = <T>(all: readonly T[], pair: readonly [T, T]): readonly T[] => all.toSpliced(d, 1, ...pair);
      const reduced = kernel.reduced[d] ?? false;
      return splitAtRows(
        {
          ...kernel,
          sizes: two(kernel.sizes, [size / inRow, inRow]),
          reduced: two(kernel.reduced, [reduced, reduced]),
          stores: restride(kernel.stores, (strides) => two(strides, [(strides[d] ?? 0) * inRow, strides[d] ?? 0])),
        },
        { buffer, width, to: { buffer, offset: 0, stride: width } },
      );
    }
  }
  return kernel;
}

/** A view with the rows elsewhere; undefined where one of its dimensions leaves a row. */
function movedView(view: View, sizes: readonly number[], { buffer, width, to }: RowMove): View | undefined {
  if (view.buffer !== buffer) return view;
  const column = view.offset % width;
  let last = column;
  const strides: number[] = [];
  for (const [d, stride] of view.strides.entries()) {
    if (stride < 0) return undefined;
    const isAlongRows = stride % width === 0;
    strides.push(isAlongRows ? (stride / width) * to.stride : stride);
    if (!isAlongRows) last += ((sizes[d] ?? 1) - 1) * stride;
  }
  if (last >= width) return undefined;
  const row = (view.offset - column) / width;
  return { buffer: to.buffer, offset: to.offset + row * to.stride + column, strides };
}

function viewsOf({ stores }: LoopKernel): readonly View[] {
  return [...stores.map(({ target }) => target), ...valueViews(stores.map(({ value }): Value => value))];
}
