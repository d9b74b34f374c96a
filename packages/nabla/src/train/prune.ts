import { type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { describe, type PlainOptions } from "../base/described.ts";
import { isPenalized, numbered } from "../base/parameter-path.ts";
import { inRange } from "../base/range.ts";
import { layerFrom } from "../nn/layers.ts";
import type { Trained } from "./trained.ts";

/** What pruning left. */
export interface Pruned {
  readonly trained: Trained;
  /** Hidden units that were taken out. */
  readonly units: number;
  /** The share of zeros among the weights before units were taken out. */
  readonly zeros: number;
}

/**
 * Sets weights of a size up to `upTo` to 0 and takes out the hidden units of dense layers on which nothing behind depends
 * any more: at 0 (the default) the model answers as before, and its file is smaller. L1 with `proximal` makes such zeros.
 * Units are taken out between dense layers of one chain with nothing but per-unit layers between.
 */
export function prune(trained: Trained, { upTo = 0 }: { readonly upTo?: number } = {}): Pruned {
  inRange("upTo", upTo, { atLeast: 0 });
  const weights = new Map(
    [...trained.weights].map(([path, array]) => [path, isPenalized(path) ? cut(array, upTo) : array]),
  );
  const all = [...weights]
    .filter(([path]) => isPenalized(path) && trained.weights.has(path))
    .map(([, { data }]) => data);
  const total = all.reduce((sum, { length }) => sum + length, 0);
  const zero = all.reduce((sum, data) => sum + data.filter((x: number) => x === 0).length, 0);
  const listed = trained.model.options.layers;
  if (!Array.isArray(listed)) return { trained: { ...trained, weights }, units: 0, zeros: zero / Math.max(1, total) };
  const layers = listed.map((layer) => ({ ...(layer as PlainOptions) }));
  const names = numbered(layers.map(({ kind }) => String(kind)));
  let units = 0;
  // from the end, since units in front may be needed only by units behind that go
  for (let i = layers.length - 2; i >= 0; i--) {
    const behind = nextDense(layers, i);
    if (behind === undefined) continue;
    const outgoing = weights.get(`${names[behind]}.weights`);
    const incoming = weights.get(`${names[i]}.weights`);
    if (outgoing === undefined || incoming === undefined) continue;
    const needed = neededRows(outgoing);
    if (needed.length === outgoing.shape[0]) continue;
    units += (outgoing.shape[0] ?? 0) - needed.length;
    weights.set(`${names[behind]}.weights`, take(outgoing, needed, 0));
    for (let j = i; j < behind; j++)
      for (const [path, array] of weights)
        if (path.startsWith(`${names[j]}.`)) weights.set(path, take(array, needed, array.shape.length - 1));
    layers[i] = { ...layers[i], units: needed.length };
  }
  const model = units === 0 ? trained.model : layerFrom({ ...describe(trained.model), layers });
  return { trained: { ...trained, model, weights }, units, zeros: zero / Math.max(1, total) };
}

function cut(array: NdArray, upTo: number): NdArray {
  return upTo === 0 ? array : { ...array, data: array.data.map((x: number) => (Math.abs(x) <= upTo ? 0 : x)) };
}

/** The dense layer that follows the dense layer i with per-unit layers between; undefined where there is none. */
function nextDense(layers: readonly PlainOptions[], i: number): number | undefined {
  if (layers[i]?.kind !== "dense") return undefined;
  for (let j = i + 1; j < layers.length; j++) {
    if (layers[j]?.kind === "dense") return j;
    if (layerFrom(layers[j] ?? null).perUnit !== true) return undefined;
  }
  return undefined;
}

/** The rows that hold anything but zeros; the first where none does, since a layer keeps at least one unit. */
function neededRows({ data, shape }: NdArray): readonly number[] {
  const [rows = 0, width = 1] = shape;
  const needed: number[] = [];
  for (let row = 0; row < rows; row++)
    if (data.subarray(row * width, (row + 1) * width).some((x: number) => x !== 0)) needed.push(row);
  return needed.length === 0 ? [0] : needed;
}

/** The slices of an array at some places along an axis. */
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
