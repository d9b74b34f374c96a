/** Views: tensors that read the storage of another tensor through strides, without copying. */
import { type Size, sizeOf, stridesOf } from "../../array/shape.ts";
import { type Along, type Permuted, slicedOf } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Window, windowOf } from "../../graph/window.ts";

/** A tensor as strided storage of another one, its `base`. Offset and strides count elements. */
export interface TensorView {
  readonly base: Tensor;
  readonly offset: number;
  readonly strides: readonly number[];
}

const VIEWS = new Set(["reshape", "broadcast", "transpose", "slice", "stopGradient", "patches"]);

/** Whether a node only rearranges existing numbers. */
export function isView(node: Tensor): boolean {
  return VIEWS.has(node.op.opName);
}

/** Resolves views to their bases, memoized. A reshape that no strides can express is its own base. */
export function viewer(): (node: Tensor) => TensorView {
  const known = new Map<Tensor, TensorView>();
  return (node) => {
    const chain: Tensor[] = [];
    let at = node;
    while (isView(at) && !known.has(at)) {
      chain.push(at);
      at = at.inputs[0] ?? at;
    }
    let layout = known.get(at) ?? whole(at);
    known.set(at, layout);
    for (const view of chain.toReversed()) {
      layout = follow(view, sizeOf((view.inputs[0] ?? view).shape), layout) ?? whole(view);
      known.set(view, layout);
    }
    return layout;
  };
}

function whole(node: Tensor): TensorView {
  return { base: node, offset: 0, strides: stridesOf(sizeOf(node.shape)) };
}

function follow(node: Tensor, from: Size, { base, offset, strides }: TensorView): TensorView | undefined {
  const size = sizeOf(node.shape);
  if (node.op.opName === "stopGradient") return { base, offset, strides };
  if (node.op.opName === "broadcast") {
    const lead = size.length - from.length;
    return {
      base,
      offset,
      strides: size.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : (strides[i - lead] ?? 0))),
    };
  }
  if (node.op.opName === "transpose") {
    const { order = [] } = node.attributes as Permuted;
    return { base, offset, strides: order.map((axis) => strides[axis] ?? 0) };
  }
  if (node.op.opName === "slice") {
    const { axis, from: start } = slicedOf(node);
    return { base, offset: offset + start * (strides[axis] ?? 0), strides };
  }
  if (node.op.opName === "patches") return { base, offset, strides: patchStrides(strides, windowOf(node)) };
  const reshaped = reshapeStrides(from, strides, size);
  return reshaped === undefined ? undefined : { base, offset, strides: reshaped };
}

/** Patches are overlapping views: the same numbers are read with additional strides. */
export function patchStrides(strides: readonly number[], { stride, dilation }: Window): readonly number[] {
  const spatial = strides.slice(1, -1);
  const moves = spatial.map((step, i) => step * (stride[i] ?? 1));
  const points = spatial.map((step, i) => step * (dilation[i] ?? 1));
  return [strides[0] ?? 0, ...moves, ...points, strides.at(-1) ?? 0];
}

/** The strides that read `from` (with `strides`) as `to`, or undefined when a copy is needed. */
export function reshapeStrides(from: Size, strides: readonly number[], to: Size): readonly number[] | undefined {
  const runs = contiguousRuns(from, strides);
  const result = new Array<number>(to.length).fill(0);
  let run = runs.pop();
  let left = run?.length ?? 1;
  let stride = run?.stride ?? 1;
  for (let i = to.length - 1; i >= 0; i--) {
    const length = to[i] ?? 1;
    if (length === 1) continue;
    if (left === 1) {
      run = runs.pop();
      left = run?.length ?? 1;
      stride = run?.stride ?? 1;
    }
    if (left % length !== 0) return undefined;
    result[i] = stride;
    stride *= length;
    left /= length;
  }
  return result;
}

/** Merges neighboring dimensions that one stride can traverse; dimensions of length 1 are dropped. */
function contiguousRuns(size: Size, strides: readonly number[]): { length: number; stride: number }[] {
  const runs: { length: number; stride: number }[] = [];
  for (const [i, length] of size.entries()) {
    if (length === 1) continue;
    const stride = strides[i] ?? 0;
    const last = runs.at(-1);
    if (last !== undefined && last.stride === stride * length) {
      last.length *= length;
      last.stride = stride;
    } else runs.push({ length, stride });
  }
  return runs;
}

/** The part of a larger tensor that a smaller one fills when it starts at `from` along `axis`. */
export function partOf(
  size: Size,
  axis: number,
  from: number,
): { readonly offset: number; readonly strides: readonly number[] } {
  const strides = stridesOf(size);
  return { offset: from * (strides[axis] ?? 0), strides };
}

/** The target strides of a reduction over a loop of the input's size: 0 along what is reduced. */
export function reductionStrides(
  size: Size,
  along: Along,
): { readonly strides: readonly number[]; readonly reduced: readonly boolean[] } {
  const axes = typeof along.axes === "number" ? [along.axes] : (along.axes ?? []);
  const kept = stridesOf(size.map((length, i) => (axes.includes(i) ? 1 : length)));
  return {
    strides: kept.map((stride, i) => (axes.includes(i) ? 0 : stride)),
    reduced: size.map((_, i) => axes.includes(i)),
  };
}
