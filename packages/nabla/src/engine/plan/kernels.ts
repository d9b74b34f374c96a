/** Lowers the ops that have kernels of their own to the loop IR. */
import { elementsOf, type Size, sizeOf, stridesOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { paddedOf } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { windowOf } from "../../graph/window.ts";
import type { KnownGraph } from "../contract.ts";
import type { Kernel, LoopKernel, Store, View } from "../loop.ts";
import { collapse } from "./collapse.ts";
import type { BufferSpec, LoweredProgram } from "./lowered-program.ts";
import { numberValue } from "./scalars.ts";
import { partOf, patchStrides, reshapeStrides } from "./views.ts";

/** The context of a lowering. */
export interface LoweringContext {
  /** The view of an operand. */
  readonly view: (node: Tensor) => View;
  /** The buffer of a stored node. */
  readonly buffer: (node: Tensor) => number;
  /** The view of an operand after copying it to contiguous memory. */
  readonly dense: (node: Tensor) => View;
  /** A new buffer of so many float32. */
  readonly scratch: (elements: number) => number;
  /** A new buffer like one of another program. */
  readonly add: (spec: BufferSpec) => number;
  /** Lowers a graph inside an op to a program of its own. */
  readonly lower: (graph: KnownGraph) => LoweredProgram;
}

/** Turns a node into kernels. */
export type Lowering = (node: Tensor, places: LoweringContext) => readonly Kernel[];

function whole(node: Tensor, places: LoweringContext): View {
  return { buffer: places.buffer(node), offset: 0, strides: stridesOf(sizeOf(node.shape)) };
}

function operands(node: Tensor): readonly [Tensor, Tensor] {
  return [known(node.inputs[0], "operand"), known(node.inputs[1] ?? node.inputs[0], "operand")];
}

/** An operand reshaped: through strides if they allow it, else through a copy. */
function readAs(
  operand: Tensor,
  places: LoweringContext,
  reshapeTo: (size: Size, view: View) => readonly number[] | undefined,
): View {
  const size = sizeOf(operand.shape);
  const view = places.view(operand);
  const strides = reshapeTo(size, view);
  if (strides !== undefined) return { ...view, strides };
  const dense = places.dense(operand);
  return { ...dense, strides: known(reshapeTo(size, dense), "strides of a dense copy") };
}

/** A batch of matrices: leading dimensions are flattened into one. */
function stack(size: Size, view: View): readonly number[] | undefined {
  const lead = size.slice(0, -2);
  const strides = reshapeStrides(lead, view.strides.slice(0, -2), [elementsOf(lead)]);
  return strides && [...strides, ...view.strides.slice(-2)];
}

/** A table as rows of numbers: trailing dimensions are flattened into one. */
function table(size: Size, view: View): readonly number[] | undefined {
  const rest = size.slice(1);
  const strides = reshapeStrides(rest, view.strides.slice(1), [elementsOf(rest)]);
  return strides && [view.strides[0] ?? 0, ...strides];
}

function place(from: Tensor, into: Tensor, axis: number, at: number, places: LoweringContext): LoopKernel {
  const sizes = sizeOf(from.shape);
  const target = { buffer: places.buffer(into), ...partOf(sizeOf(into.shape), axis, at) };
  const value = { kind: "load", view: places.view(from), dtype: from.dtype } as const;
  const stores = [{ target, value }];
  return collapse({ kind: "loop", label: into.op.opName, sizes, reduced: sizes.map(() => false), stores });
}

function rowsOf(
  node: Tensor,
  places: LoweringContext,
  tall: Size,
): { rows: number; columns: number; tableRows: number; indices: View } {
  const [, numbers] = operands(node);
  const rows = elementsOf(sizeOf(numbers.shape));
  const indices = readAs(numbers, places, (size, view) => reshapeStrides(size, view.strides, [rows]));
  return { rows, columns: elementsOf(tall.slice(1)), tableRows: tall[0] ?? 0, indices };
}

function fill(elements: number, store: Store): LoopKernel {
  return { kind: "loop", label: "fill", sizes: [elements], reduced: [false], stores: [store] };
}

/** Every point of a window, in row-major order. */
function pointsOf(size: readonly number[]): readonly (readonly number[])[] {
  return size.reduce<readonly (readonly number[])[]>(
    (points, length) => points.flatMap((point) => Array.from({ length }, (_, i) => [...point, i])),
    [[]],
  );
}

/** How each op that is no loop over single elements becomes kernels, by the op's name. */
export const lowerings: Readonly<Record<string, Lowering>> = {
  matmul: (node, places) => {
    const [x, y] = operands(node);
    const size = sizeOf(node.shape);
    const [m = 1, k = 1] = sizeOf(x.shape).slice(-2);
    const target = whole(node, places);
    return [
      {
        kind: "matmul",
        label: `matmul ${m}x${k}x${size.at(-1)}`,
        batch: elementsOf(size.slice(0, -2)),
        m,
        n: size.at(-1) ?? 1,
        k,
        a: readAs(x, places, stack),
        b: readAs(y, places, stack),
        c: { ...target, strides: known(stack(size, target), "strides of a product") },
      },
    ];
  },
  argmax: (node, places) => {
    const [x] = operands(node);
    const axis = Number(node.attributes.axis);
    const size = sizeOf(x.shape);
    const view = places.view(x);
    const last = <T>(all: readonly T[]): T[] => [...all.toSpliced(axis, 1), ...all.slice(axis, axis + 1)];
    return [
      {
        kind: "argmax",
        label: "argmax",
        sizes: last(size),
        source: { ...view, strides: last(view.strides) },
        target: whole(node, places),
      },
    ];
  },
  gather: (node, places) => {
    const [source] = operands(node);
    const sizes = rowsOf(node, places, sizeOf(source.shape));
    const target = { buffer: places.buffer(node), offset: 0, strides: [sizes.columns, 1] };
    return [{ kind: "gather", label: "gather", ...sizes, table: readAs(source, places, table), target }];
  },
  scatterAdd: (node, places) => {
    const [source] = operands(node);
    const sizes = rowsOf(node, places, sizeOf(node.shape));
    const flat = readAs(source, places, (size, view) =>
      reshapeStrides(size, view.strides, [sizes.rows, sizes.columns]),
    );
    const target = { buffer: places.buffer(node), offset: 0, strides: [sizes.columns, 1] };
    return [{ kind: "scatter", label: "scatterAdd", ...sizes, source: flat, target }];
  },
  randomUniform: (node, places) => {
    const [key] = operands(node);
    const stream = Number(node.attributes.stream) >>> 0;
    const target = { buffer: places.buffer(node), offset: 0, strides: [1] };
    return [
      {
        kind: "random",
        label: "random",
        elements: elementsOf(sizeOf(node.shape)),
        stream,
        key: places.view(key),
        target,
      },
    ];
  },
  pad: (node, places) => {
    const [x] = operands(node);
    const { axis, before, value = 0 } = paddedOf(node);
    const target = { buffer: places.buffer(node), offset: 0, strides: [1] };
    const clear = fill(elementsOf(sizeOf(node.shape)), { target, value: numberValue(value, node.dtype) });
    return [clear, place(x, node, axis, before, places)];
  },
  unpatches: (node, places) => {
    const [x] = operands(node);
    const size = sizeOf(node.shape);
    const window = windowOf(node);
    const spread = patchStrides(stridesOf(size), window);
    const from = places.view(x);
    const spatial = window.size.length;
    const sizes = [...sizeOf(x.shape).slice(0, 1 + spatial), size.at(-1) ?? 1];
    const outer = <T>(all: readonly T[]): T[] => [...all.slice(0, 1 + spatial), ...all.slice(-1)];
    const whole = { buffer: places.buffer(node), offset: 0, strides: [1] };
    const clear: LoopKernel = fill(elementsOf(size), { target: whole, value: numberValue(0, node.dtype) });
    // One pass for each point of the window; within a pass all target elements are distinct.
    const passes = pointsOf(window.size).map((point): LoopKernel => {
      const shift = (strides: readonly number[]): number =>
        point.reduce((total, at, i) => total + at * (strides[1 + spatial + i] ?? 0), 0);
      const target = { buffer: whole.buffer, offset: shift(spread), strides: outer(spread) };
      const source = { ...from, offset: from.offset + shift(from.strides), strides: outer(from.strides) };
      const before = { kind: "load", view: target, dtype: node.dtype } as const;
      const added = { kind: "load", view: source, dtype: node.dtype } as const;
      const value = { kind: "apply", name: "add", inputs: [before, added], dtype: node.dtype } as const;
      return collapse({
        kind: "loop",
        label: "unpatches",
        sizes,
        reduced: sizes.map(() => false),
        stores: [{ target, value }],
      });
    });
    return [clear, ...passes];
  },
  concatPair: (node, places) => {
    const [x, y] = operands(node);
    const axis = Number(node.attributes.axis);
    return [place(x, node, axis, 0, places), place(y, node, axis, sizeOf(x.shape)[axis] ?? 0, places)];
  },
};
