/** Regression by trees over the unit cube (Breiman 2001), whose leaves are boxes that can be averaged exactly. */
import { fork, type Key, uniform53 } from "../base/random.ts";

/** Splits lie at multiples of one over this. */
export const BINS = 32;
/** No leaf has fewer rows. */
const FEWEST = 5;

/** A box of bins, from included and to excluded on each axis, and the mean of the rows in it. */
export interface Leaf {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly value: number;
}

/** The leaves of one tree: together they fill the cube. */
export type RegressionTree = readonly Leaf[];

/** Rows [n, axes] of bins with a value each. */
export interface Rows {
  readonly bins: Uint8Array;
  readonly values: Float64Array;
  readonly axes: number;
}

/** The bin of a unit from 0 to 1. */
export function binOf(unit: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(unit * BINS)));
}

/** Grows a tree on the rows of the indices `members`, each split the best of four fifths of the axes. */
export function growTree(rows: Rows, members: Uint32Array, key: Key): RegressionTree {
  const { axes, values } = rows;
  const leaves: Leaf[] = [];
  const tried = Math.ceil(0.8 * axes);
  const open = [{ members, from: new Uint8Array(axes), to: new Uint8Array(axes).fill(BINS) }];
  for (let node = open.pop(), number = 0; node !== undefined; node = open.pop(), number++) {
    const draws = uniform53(fork(key, `node ${number}`), axes);
    const candidates = Array.from(draws.keys()).sort((a, b) => (draws[a] ?? 0) - (draws[b] ?? 0));
    const { axis, edge } = bestSplit(rows, node.members, candidates.slice(0, tried));
    if (axis < 0) {
      const sum = node.members.reduce((total, row) => total + (values[row] ?? 0), 0);
      leaves.push({ from: node.from, to: node.to, value: sum / node.members.length });
      continue;
    }
    const below = (row: number): boolean => (rows.bins[row * axes + axis] ?? 0) < edge;
    const [low, high] = [node.members.filter(below), node.members.filter((row) => !below(row))];
    open.push({ members: low, from: node.from, to: node.to.with(axis, edge) });
    open.push({ members: high, from: node.from.with(axis, edge), to: node.to });
  }
  return leaves;
}

/** The split that leaves least variance; axis -1 where none is allowed or none gains. */
function bestSplit({ bins, values, axes }: Rows, members: Uint32Array, candidates: readonly number[]) {
  const found = { axis: -1, edge: 0 };
  if (members.length < 2 * FEWEST) return found;
  const total = members.reduce((sum, row) => sum + (values[row] ?? 0), 0);
  let best = (total * total) / members.length + 1e-12;
  const [counts, sums] = [new Float64Array(BINS), new Float64Array(BINS)];
  for (const axis of candidates) {
    counts.fill(0);
    sums.fill(0);
    for (const row of members) {
      const bin = bins[row * axes + axis] ?? 0;
      counts[bin] = (counts[bin] ?? 0) + 1;
      sums[bin] = (sums[bin] ?? 0) + (values[row] ?? 0);
    }
    let [count, sum] = [0, 0];
    for (let edge = 1; edge < BINS; edge++) {
      count += counts[edge - 1] ?? 0;
      sum += sums[edge - 1] ?? 0;
      const rest = members.length - count;
      if (count < FEWEST || rest < FEWEST) continue;
      const gain = (sum * sum) / count + (total - sum) ** 2 / rest;
      if (gain > best) [best, found.axis, found.edge] = [gain, axis, edge];
    }
  }
  return found;
}

/** The share of the cube that a leaf fills. */
export function volumeOf({ from, to }: Leaf): number {
  return from.reduce((volume, low, axis) => (volume * ((to[axis] ?? 0) - low)) / BINS, 1);
}

/** A tree's prediction averaged over all other axes, at each bin of some axes: [BINS] or [BINS, BINS], row by row. */
export function marginal(tree: RegressionTree, axes: readonly number[]): Float64Array {
  const means = new Float64Array(BINS ** axes.length);
  for (const leaf of tree) {
    const own = axes.reduce((share, axis) => (share * ((leaf.to[axis] ?? 0) - (leaf.from[axis] ?? 0))) / BINS, 1);
    const part = (leaf.value * volumeOf(leaf)) / own;
    const [first = 0, second] = axes;
    for (let bin = leaf.from[first] ?? 0; bin < (leaf.to[first] ?? 0); bin++) {
      if (second === undefined) means[bin] = (means[bin] ?? 0) + part;
      else
        for (let other = leaf.from[second] ?? 0; other < (leaf.to[second] ?? 0); other++)
          means[bin * BINS + other] = (means[bin * BINS + other] ?? 0) + part;
    }
  }
  return means;
}
