import type { DType } from "../../array/dtype.ts";
import type { Buffer, LoopKernel, Store, Value, View } from "../loop.ts";

/** A value of a nest: as in the loop form, but with numbered inputs and its strides per dimension of the nest. */
export interface Node {
  readonly value: Value;
  readonly inputs: readonly number[];
  readonly dtype: DType;
  /** For loads and indices: the strides over the dimensions of the nest. */
  readonly strides: readonly number[];
  /** For loads: the byte address of the element at index zero. For indices: the offset. */
  readonly base: number;
  /** Which dimensions the value changes along. */
  readonly along: readonly boolean[];
}

/** Where a nest puts the value of a node. */
export interface Target {
  readonly buffer: number;
  readonly node: number;
  readonly dtype: DType;
  readonly base: number;
  readonly strides: readonly number[];
  readonly reduce: Store["reduce"];
}

/** A loop kernel in the order in which it is run: few dimensions, none of size one, the last one over vector lanes. */
export interface Nest {
  readonly sizes: readonly number[];
  readonly reduced: readonly boolean[];
  /** In an order in which inputs come first; loads of the same place are one node. */
  readonly nodes: readonly Node[];
  readonly targets: readonly Target[];
}

/** Orders the dimensions of a loop kernel and merges those that can be walked as one. */
export function arrange(kernel: LoopKernel, buffers: readonly Buffer[], bytes: number): Nest {
  const values = valuesOf(kernel.stores);
  const strided = values.flatMap((value) => stridesOf(value));
  const targets = kernel.stores.map((store) => store.target.strides);
  const groups = mergeDimensions(kernel, strided, targets);
  const regroup = (strides: readonly number[]) => groups.map((group) => strides[group.inner] ?? 0);
  const numbers = new Map<Value, number>();
  const places = new Map<string, number>();
  const nodes: Node[] = [];
  for (const value of values) {
    const place = value.kind === "load" ? placeOf(value.view) : undefined;
    const same = place === undefined ? undefined : places.get(place);
    numbers.set(value, same ?? nodes.length);
    if (same !== undefined) continue;
    if (place !== undefined) places.set(place, nodes.length);
    const inputs = value.kind === "apply" ? value.inputs.map((input) => numbers.get(input) ?? 0) : [];
    const [own] = stridesOf(value);
    const strides = own === undefined ? groups.map(() => 0) : regroup(own);
    const along = strides.map((stride, d) => stride !== 0 || inputs.some((input) => nodes[input]?.along[d] === true));
    nodes.push({ value, inputs, dtype: value.dtype, strides, base: baseOf(value, buffers, bytes), along });
  }
  return {
    sizes: groups.map((group) => group.size),
    reduced: groups.map((group) => group.reduced),
    nodes,
    targets: kernel.stores.map((store) => ({
      buffer: store.target.buffer,
      node: numbers.get(store.value) ?? 0,
      dtype: buffers[store.target.buffer]?.dtype ?? store.value.dtype,
      base: addressOf(store.target, buffers, bytes),
      strides: regroup(store.target.strides),
      reduce: groups.some((group) => group.reduced) ? store.reduce : undefined,
    })),
  };
}

/** The byte address of a view's element at index zero. */
export function addressOf(view: View, buffers: readonly Buffer[], bytes: number): number {
  return (buffers[view.buffer]?.address ?? 0) + view.offset * bytes;
}

function placeOf({ buffer, offset, strides }: View): string {
  return `${buffer} ${offset} ${strides.join()}`;
}

function baseOf(value: Value, buffers: readonly Buffer[], bytes: number): number {
  if (value.kind === "load") return addressOf(value.view, buffers, bytes);
  return value.kind === "index" ? value.offset : 0;
}

function stridesOf(value: Value): readonly (readonly number[])[] {
  if (value.kind === "load") return [value.view.strides];
  return value.kind === "index" ? [value.strides] : [];
}

/** All values of stores, inputs first, each once. Iterative, since chains may be long. */
export function valuesOf(stores: readonly Store[]): readonly Value[] {
  const done = new Set<Value>();
  const pending: Value[] = stores.map((store) => store.value).reverse();
  while (pending.length > 0) {
    const value = pending.at(-1);
    if (value === undefined || done.has(value)) {
      pending.pop();
      continue;
    }
    const missing = value.kind === "apply" ? value.inputs.filter((input) => !done.has(input)) : [];
    if (missing.length === 0) {
      done.add(value);
      pending.pop();
    } else pending.push(...missing.reverse());
  }
  return [...done];
}

interface Group {
  readonly size: number;
  readonly reduced: boolean;
  /** The dimension of the kernel whose strides the group has. */
  readonly inner: number;
}

/**
 * Puts the dimensions in the order kept, reduced, vector; drops those of size one; and joins neighbors that every view
 * walks as one. The vector dimension is the last one unless another has more neighboring elements.
 */
function mergeDimensions(
  kernel: LoopKernel,
  loads: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): readonly Group[] {
  const all = [...loads, ...targets];
  const dimensions = kernel.sizes.map((_, d) => d).filter((d) => kernel.sizes[d] !== 1);
  if (dimensions.length === 0) return [{ size: 1, reduced: false, inner: 0 }];
  const vector = chooseVector(kernel, dimensions, all);
  const others = dimensions.filter((d) => d !== vector);
  const reduces = dimensions.some((d) => kernel.reduced[d] === true);
  const isReduced = (d: number) => kernel.reduced[d] === true;
  const outer = reduces ? [...others.filter((d) => !isReduced(d)), ...others.filter(isReduced)] : others;
  const groups: Group[] = [];
  for (const d of [...outer, vector]) {
    const group = { size: kernel.sizes[d] ?? 1, reduced: isReduced(d), inner: d };
    const last = groups.at(-1);
    const joins =
      last !== undefined &&
      last.reduced === group.reduced &&
      all.every((strides) => (strides[last.inner] ?? 0) === (strides[d] ?? 0) * group.size);
    if (joins) groups[groups.length - 1] = { ...group, size: last.size * group.size };
    else groups.push(group);
  }
  return groups;
}

/** The dimension along which the vectors lie: the one with the fewest single-lane accesses for its size. */
function chooseVector(kernel: LoopKernel, dimensions: readonly number[], all: readonly (readonly number[])[]): number {
  let best = dimensions.at(-1) ?? 0;
  let least = Number.POSITIVE_INFINITY;
  for (const d of [...dimensions].reverse()) {
    const size = kernel.sizes[d] ?? 1;
    let cost = 1;
    for (const strides of all) cost += strides[d] === 0 || strides[d] === 1 ? 1 : 4;
    const padded = (cost * Math.ceil(size / 4) * 4) / size;
    if (padded < least * 0.75) {
      best = d;
      least = padded;
    }
  }
  return best;
}
