import type { Nest, Node } from "./nest.ts";
import { isHeavy, operationCost } from "./scalar-operations.ts";

/** The loop order, vectorization and unrolling of a nest. */
export interface LoopSchedule {
  /** The dimensions from the outermost loop to the innermost. */
  readonly order: readonly number[];
  /** The vectorized dimension, and the position of its loop. */
  readonly vector: number;
  readonly vectorPosition: number;
  /** The first loop of a reduction, or how many loops there are. */
  readonly firstReduced: number;
  /** The nodes to compute inside each loop; at 0 those before all loops. */
  readonly levels: readonly (readonly number[])[];
  /** The unroll factor: vectors per iteration. */
  readonly unroll: number;
  /** The running vectors of a sum along the vectors, which decide its order. */
  readonly sums: number;
  /** Where the blocks of long sums end, if sums are long. */
  readonly block: { readonly position: number; readonly times: number } | undefined;
}

/** Sums are computed in blocks of about this many vectors. */
const BLOCK = 128;
/** A loop inside a block runs at least this often, or the block is a loop further out. */
const LEAST = 32;

/** Instructions of a body from which on it is long. */
const LONG = 40;

/** Elements of a vector in programs that are cut for threads, which wide ones are not. */
const WIDTH = 4;

/** Nanoseconds of a vector operation in a loop, memory included. */
const VECTOR_OPERATION = 0.15;

/**
 * `width`: the elements of a vector. Loops run in this order: kept dimensions, then the vector dimension if it is kept, then reduced dimensions, the
 * vector dimension last if it is reduced. Without a reduction the vectors come last, unless something expensive varies
 * along them alone, such as a square root per column: then the loops along which it is invariant become inner loops.
 */
export function scheduleNest(nest: Nest, width: number): LoopSchedule {
  const vector = nest.sizes.length - 1;
  const order = chooseOrder(nest, vector);
  const vectorPosition = order.indexOf(vector);
  const first = order.findIndex((d) => nest.reduced[d] === true);
  const firstReduced = first < 0 ? order.length : first;
  const levels = chooseLevels(nest, order);
  const isStrip = vectorPosition < order.length - 1;
  const loops = { order, vector, firstReduced };
  const cost = costOf(nest, levels.at(-1) ?? []);
  // Long bodies go in pairs, which hosts may join, but their sums do not.
  const isLong = cost > LONG && nest.reduced[vector] === true;
  const block = chooseBlock(nest, { ...loops, step: width * (isLong ? 1 : unrollOf(cost, isStrip)) });
  const unroll = isLong && block !== undefined ? 1 : unrollOf(cost, isStrip);
  return { ...loops, vectorPosition, levels, unroll, sums: isLong ? 1 : unroll, block };
}

/**
 * How many pieces the outermost loop can be partitioned into without changing a bit of the result: its steps, or 1
 * where it is a reduction or runs only once.
 */
export function countUnits(nest: Nest): number {
  const { order, vector, firstReduced, unroll } = scheduleNest(nest, WIDTH);
  const [outer = vector] = order;
  const size = nest.sizes[outer] ?? 1;
  if (firstReduced === 0) return 1;
  if (outer !== vector) return size;
  const step = WIDTH * unroll;
  return size < 2 * step ? 1 : Math.ceil(size / step);
}

/** The estimated time of a nest on one thread, in nanoseconds. */
export function timeOf(nest: Nest): number {
  const { levels } = scheduleNest(nest, WIDTH);
  const cost = costOf(nest, levels.at(-1) ?? []);
  return (nest.sizes.reduce((product, size) => product * size, 1) / 4) * cost * VECTOR_OPERATION;
}

function chooseOrder(nest: Nest, vector: number): readonly number[] {
  const others = nest.sizes.map((_, d) => d).filter((d) => d !== vector);
  const kept = others.filter((d) => nest.reduced[d] !== true);
  const reduced = others.filter((d) => nest.reduced[d] === true);
  if (nest.reduced[vector] === true) return [...kept, ...reduced, vector];
  if (reduced.length > 0) return [...kept, vector, ...reduced];
  const dear = nest.nodes.filter((node) => isDear(node, vector));
  const inner = dear.length === 0 ? [] : kept.filter((d) => dear.every((node) => node.along[d] !== true));
  return [...kept.filter((d) => !inner.includes(d)), vector, ...inner];
}

function isDear({ value, along }: Node, vector: number): boolean {
  return value.kind === "apply" && isHeavy(value.name) && along[vector] === true && along.includes(false);
}

/** Loop-invariant code motion: every value is computed in the outermost loop that it can be hoisted to. */
function chooseLevels(nest: Nest, order: readonly number[]): readonly (readonly number[])[] {
  const levels: number[][] = [...order, 0].map(() => []);
  nest.nodes.forEach((node, i) => {
    if (node.value.kind === "number") return;
    levels[order.reduce((deepest, d, position) => (node.along[d] === true ? position + 1 : deepest), 0)]?.push(i);
  });
  return levels;
}

/** The unroll factor in vectors, limited by the size of the body. */
function unrollOf(cost: number, isStrip: boolean): number {
  if (isStrip && cost <= 8) return 8;
  return cost <= 16 ? 4 : 2;
}

/** Instructions for one vector in the innermost loop. */
function costOf(nest: Nest, innermost: readonly number[]): number {
  let cost = nest.targets.length;
  for (const index of innermost) {
    const value = nest.nodes[index]?.value;
    cost += value?.kind === "apply" ? operationCost(value.name) : 1;
  }
  return cost;
}

/** The blocks of a sum end in the innermost reduced loop that runs often enough. */
function chooseBlock(
  nest: Nest,
  {
    order,
    vector,
    firstReduced,
    step,
  }: Pick<LoopSchedule, "order" | "vector" | "firstReduced"> & { readonly step: number },
): LoopSchedule["block"] {
  const times = order.map((d) => {
    const size = nest.sizes[d] ?? 1;
    return d === vector ? Math.ceil(size / step) : size;
  });
  const all = times.slice(firstReduced).reduce((product, n) => product * n, 1);
  if (all <= BLOCK) return undefined;
  const length = Math.max(BLOCK, Math.sqrt(all));
  let inner = 1;
  let position = order.length - 1;
  while (position > firstReduced && inner * (times[position] ?? 1) < LEAST) {
    inner *= times[position] ?? 1;
    position--;
  }
  return { position, times: Math.max(1, Math.floor(length / inner)) };
}
