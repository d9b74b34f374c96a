import { type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { known } from "../base/error.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { inRange } from "../base/range.ts";
import { chain } from "../nn/chain.ts";
import { dense } from "../nn/dense.ts";
import type { Layer } from "../nn/layer.ts";
import { checkTrained } from "./check-job.ts";
import type { Trained } from "./trained.ts";

/** The result of pruning. */
export interface Pruned {
  readonly trained: Trained;
  /** Hidden units that were removed. */
  readonly units: number;
  /** The fraction of zeros among the weights before units were removed. */
  readonly zeros: number;
}

/**
 * Sets weights of magnitude up to `upTo` to 0 and removes the hidden units of dense layers that nothing after them
 * depends on: at 0 (the default) the model predicts the same, and its file is smaller. L1 with `proximal` produces such
 * zeros. Units are removed between dense layers of one sequential model with nothing but per-unit layers between.
 */
export function prune(trained: Trained, { upTo = 0 }: { readonly upTo?: number } = {}): Pruned {
  checkTrained("prune", trained);
  inRange("upTo", upTo, { atLeast: 0 });
  const weights = new Map(
    [...trained.weights].map(([path, array]) => [path, isPenalized(path) ? cut(array, upTo) : array]),
  );
  const all = [...weights]
    .filter(([path]) => isPenalized(path) && trained.weights.has(path))
    .map(([, { data }]) => data);
  const total = all.reduce((sum, { length }) => sum + length, 0);
  const zero = all.reduce((sum, data) => sum + data.filter((x: number) => x === 0).length, 0);
  const zeros = zero / Math.max(1, total);
  if (!chain.is(trained.model)) return { trained: { ...trained, weights }, units: 0, zeros };
  const named = [...(trained.model.layers ?? [])];
  let units = 0;
  // from last to first, since units may be needed only by later units that are removed
  for (let i = named.length - 2; i >= 0; i--) {
    const next = nextDense(named, i);
    if (next === undefined) continue;
    const [name, layer] = known(named[i], "a layer");
    const [nextName] = known(named[next], "the next layer");
    const outgoing = weights.get(`${nextName}.weights`);
    if (outgoing === undefined || !weights.has(`${name}.weights`)) continue;
    const needed = neededRows(outgoing);
    if (needed.length === outgoing.shape[0]) continue;
    units += (outgoing.shape[0] ?? 0) - needed.length;
    weights.set(`${nextName}.weights`, take(outgoing, needed, 0));
    for (const [own] of named.slice(i, next))
      for (const [path, array] of weights)
        if (path.startsWith(`${own}.`)) weights.set(path, take(array, needed, array.shape.length - 1));
    const { units: _, ...options } = dense.valuesOf(layer);
    named[i] = [name, dense(needed.length, options)];
  }
  const model = units === 0 ? trained.model : chain(...named.map(([, layer]) => layer));
  return { trained: { ...trained, model, weights }, units, zeros };
}

function cut(array: NdArray, upTo: number): NdArray {
  return upTo === 0 ? array : { ...array, data: array.data.map((x: number) => (Math.abs(x) <= upTo ? 0 : x)) };
}

/** The dense layer that follows the dense layer i with per-unit layers between; undefined where there is none. */
function nextDense(named: readonly (readonly [name: string, layer: Layer])[], i: number): number | undefined {
  const isDense = (place: number): boolean => dense.is(known(named[place], "a layer")[1]);
  if (!isDense(i)) return undefined;
  const next = named.findIndex(([, layer], j) => j > i && layer.perUnit !== true);
  return next > i && isDense(next) ? next : undefined;
}

/** The rows with a nonzero element; the first row if there is none, since a layer needs at least one unit. */
function neededRows({ data, shape }: NdArray): readonly number[] {
  const [rows = 0, width = 1] = shape;
  const needed: number[] = [];
  for (let row = 0; row < rows; row++)
    if (data.subarray(row * width, (row + 1) * width).some((x: number) => x !== 0)) needed.push(row);
  return needed.length === 0 ? [0] : needed;
}

/** The slices of an array at the given indices along an axis. */
function take({ data, shape, dtype }: NdArray, places: readonly number[], axis: number): NdArray {
  const inner = elementsOf(shape.slice(axis + 1));
  const length = shape[axis] ?? 1;
  const outer = elementsOf(shape.slice(0, axis));
  const kept = new Float32Array(outer * places.length * inner);
  let to = 0;
  for (let o = 0; o < outer; o++)
    for (const place of places)
      for (let k = 0; k < inner; k++) kept[to++] = data[(o * length + place) * inner + k] ?? 0;
  return ndarray(kept, shape.with(axis, places.length), dtype);
}
