import type { LoopKernel, Store, Value, View } from "../loop.ts";

/** The same loop with as few dimensions as its strides allow: neighbors that one stride can traverse are merged. */
export function collapse(loop: LoopKernel): LoopKernel {
  const strides: (readonly number[])[] = [];
  const seen = new Set<Value>();
  const collect = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    if (value.kind === "load") strides.push(value.view.strides);
    else if (value.kind === "index") strides.push(value.strides);
    else if (value.kind === "apply") value.inputs.forEach(collect);
  };
  for (const store of loop.stores) {
    strides.push(store.target.strides);
    collect(store.value);
  }
  const kept: number[][] = [];
  for (const [d, size] of loop.sizes.entries()) {
    if (size === 1) continue;
    const last = kept.at(-1);
    const before = last?.at(-1);
    const joins =
      before !== undefined &&
      loop.reduced[before] === loop.reduced[d] &&
      strides.every((stride) => stride[before] === (stride[d] ?? 0) * size);
    if (joins) last?.push(d);
    else kept.push([d]);
  }
  const pick = (all: readonly number[]): number[] => kept.map((dims) => all[dims.at(-1) ?? 0] ?? 0);
  return {
    ...loop,
    sizes: kept.map((dims) => dims.reduce((product, d) => product * (loop.sizes[d] ?? 1), 1)),
    reduced: kept.map((dims) => loop.reduced[dims[0] ?? 0] ?? false),
    stores: restride(loop.stores, pick),
  };
}

/** The same stores with other strides throughout; shared values stay shared. */
export function restride(stores: readonly Store[], strides: (of: readonly number[]) => readonly number[]): Store[] {
  return renewed(stores, { view: (old) => ({ ...old, strides: strides(old.strides) }), strides });
}

/** The same stores with other views of buffers; shared values stay shared. */
export function relocated(stores: readonly Store[], view: (old: View) => View): Store[] {
  return renewed(stores, { view, strides: (old) => old });
}

function renewed(
  stores: readonly Store[],
  {
    view,
    strides,
  }: { readonly view: (old: View) => View; readonly strides: (of: readonly number[]) => readonly number[] },
): Store[] {
  const made = new Map<Value, Value>();
  const renew = (value: Value): Value => {
    if (value.kind === "load") return { ...value, view: view(value.view) };
    if (value.kind === "index") return { ...value, strides: strides(value.strides) };
    return value.kind === "apply" ? { ...value, inputs: value.inputs.map(rebuild) } : value;
  };
  const rebuild = (value: Value): Value => {
    const done = made.get(value);
    if (done !== undefined) return done;
    const next = renew(value);
    made.set(value, next);
    return next;
  };
  return stores.map((store) => ({ ...store, target: view(store.target), value: rebuild(store.value) }));
}
