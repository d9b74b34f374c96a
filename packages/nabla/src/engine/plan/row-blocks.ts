/** Steps of a scan on some of the rows, where no row has a say in another: blocks of rows go through all steps by themselves. */
import { NablaError } from "../../base/error.ts";
import { input } from "../../graph/leaf.ts";
import type { Along, Permuted } from "../../graph/movement.ts";
import { type ScanAttributes, type ScanGraph, stepGraph } from "../../graph/scan-step.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import { isScalarOp } from "./scalars.ts";
import { isLeaf } from "./storage.ts";
import { isView } from "./views.ts";

/** Fewer rows do not pay for reading the weights once more. */
const LEAST_ROWS = 32;

/** The graph of a step on a block of rows, and how many blocks there are. */
export interface RowBlocks {
  readonly graph: ScanGraph;
  readonly rows: number;
  readonly count: number;
}

/** The step of a scan on as few rows as pay for a thread: all of them where they depend on each other. Sizes alone decide. */
export function rowBlocksOf(inputs: readonly Tensor[], attributes: ScanAttributes, rows: number): RowBlocks {
  const most = Math.floor(rows / LEAST_ROWS);
  for (let count = most; count > 1; count--) {
    if (rows % count !== 0) continue;
    const graph = stepOn(rows / count, inputs, attributes);
    if (graph !== undefined) return { graph, rows: rows / count, count };
    break;
  }
  return { graph: stepGraph(inputs, attributes), rows, count: 1 };
}

function stepOn(rows: number, inputs: readonly Tensor[], attributes: ScanAttributes): ScanGraph | undefined {
  const fewer = inputs.map((one, i) => {
    if (i > attributes.given) return one;
    return input(`rows${i}`, one.shape.with(i === 0 ? 0 : 1, rows), one.dtype);
  });
  try {
    const graph = stepGraph(fewer, attributes);
    return areApart(graph, { rows, moving: attributes.given + 1 }) ? graph : undefined;
  } catch (error) {
    // something fixed has a row for each of all rows
    if (error instanceof NablaError) return undefined;
    throw error;
  }
}

/** Whether each row of what a step gives is computed from the same row of what it is given, and from what is fixed. */
function areApart({ leaves, parts }: ScanGraph, { rows, moving: count }: { rows: number; moving: number }): boolean {
  const moving = new Set<Tensor>(leaves.slice(0, count));
  for (const node of walk(parts)) {
    if (isLeaf(node)) continue;
    if (!node.inputs.some((from) => moving.has(from))) {
      if (!isScalarOp(node) && !isView(node)) return false;
      continue;
    }
    moving.add(node);
    if (node.shape[0] !== rows || !keepsRows(node, moving)) return false;
  }
  return true;
}

function keepsRows(node: Tensor, moving: ReadonlySet<Tensor>): boolean {
  const [x, y] = node.inputs;
  const name = node.op.opName;
  if (isScalarOp(node)) return true;
  if (x === undefined || !moving.has(x)) return false;
  if (name === "matmul") return y !== undefined && !moving.has(y) && node.shape.length === 2 && y.shape.length === 2;
  if (name === "slice" || name === "pad" || name === "concatPair") return Number(node.attributes.axis) > 0;
  if (name === "sum" || name === "max") {
    const { axes = [] } = node.attributes as Along;
    return ![axes].flat().includes(0);
  }
  if (name === "transpose") return (node.attributes as Permuted).order?.[0] === 0;
  if (name === "broadcast") return x.shape.length === node.shape.length && x.shape[0] === node.shape[0];
  return (name === "reshape" || name === "stopGradient") && x.shape[0] === node.shape[0];
}
