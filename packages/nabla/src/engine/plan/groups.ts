/**
 * Which elementwise nodes and reductions run in one loop. Every node gets a stage: one more than the last stage that
 * must be finished before it. Elementwise nodes of one shape and stage that use each other share a loop, and so do the
 * reductions at their ends; anything else is read from memory in a later stage, so loops never depend on each other.
 */
import { sameShape } from "../../array/shape.ts";
import type { Along } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { isScalarOp } from "./scalars.ts";
import { isView, type TensorView } from "./views.ts";

/** One loop: its nodes in order, and the axes that its reductions reduce. */
export interface Group {
  readonly stage: number;
  readonly domain: Tensor;
  readonly nodes: Tensor[];
  reduces: string | undefined;
}

/** A loop body larger than this spills registers and slows compilers down. */
const MOST_NODES = 48;

/** Which nodes are computed in one loop, and the order of the loops. */
export interface Grouping {
  readonly groupOf: ReadonlyMap<Tensor, Group>;
  readonly stageOf: (node: Tensor) => number;
}

/** Elementwise in a loop: computed index by index, on operands or on the index itself. */
export function isPointwise(node: Tensor): boolean {
  return isScalarOp(node) || node.op.opName === "iota";
}

/** Whether a node adds up or takes the largest along axes. */
export function isReduction(node: Tensor): boolean {
  return node.op.opName === "sum" || node.op.opName === "max";
}

/** Sorts nodes (inputs first) into groups. */
export function groupNodes(order: readonly Tensor[], viewOf: (node: Tensor) => TensorView): Grouping {
  const groups = new Grouped();
  for (const node of order) {
    if (node.inputs.length === 0 && !isPointwise(node)) groups.stages.set(node, 0);
    else if (isView(node))
      groups.stages.set(node, groups.after(viewOf(node).base === node ? (node.inputs[0] ?? node) : viewOf(node).base));
    else if (isPointwise(node)) groups.join(node, node, undefined, viewOf);
    else if (isReduction(node)) groups.join(node, node.inputs[0] ?? node, axesKey(node), viewOf);
    else groups.stages.set(node, Math.max(0, ...node.inputs.map((input) => groups.after(viewOf(input).base))));
  }
  const merged = new Map<Tensor, Group>();
  for (const node of order) {
    const found = groups.find(node);
    if (found !== undefined) merged.set(node, found);
  }
  for (const [node, found] of merged) found.nodes.push(node);
  return { groupOf: merged, stageOf: (node) => groups.find(node)?.stage ?? groups.stages.get(node) ?? 0 };
}

function axesKey(node: Tensor): string {
  return String((node.attributes as Along).axes);
}

interface Part extends Group {
  parent: Part | undefined;
  count: number;
}

class Grouped {
  readonly stages = new Map<Tensor, number>();
  readonly #parts = new Map<Tensor, Part>();

  find(node: Tensor): Group | undefined {
    const part = this.#parts.get(node);
    return part === undefined ? undefined : rootOf(part);
  }

  /** The first stage that may read this node from memory. */
  after(base: Tensor): number {
    const part = this.find(base);
    if (part !== undefined) return part.stage + 1;
    return base.inputs.length === 0 ? 0 : (this.stages.get(base) ?? 0) + (isView(base) ? 1 : 1);
  }

  /**
   * Puts a node with the loop shape of `domain` in the stage that computes its operands of that shape, if that is the
   * latest.
   */
  join(node: Tensor, domain: Tensor, axes: string | undefined, viewOf: (node: Tensor) => TensorView): void {
    const direct = node.inputs.filter((input) => isPointwise(input) && sameShape(input.shape, domain.shape));
    const others = node.inputs.filter((input) => !direct.includes(input));
    const ready = Math.max(0, ...others.map((input) => this.after(viewOf(input).base)));
    const stage = Math.max(ready, ...direct.map((input) => rootOf(this.#part(input)).stage));
    const near = [...new Set(direct.map((input) => rootOf(this.#part(input))).filter((part) => part.stage === stage))];
    const kinds = new Set([...near.map((part) => part.reduces), axes].filter((kind) => kind !== undefined));
    const count = near.reduce((total, part) => total + part.count, 1);
    if (kinds.size > 1 || count > MOST_NODES) {
      this.#parts.set(
        node,
        newPart(Math.max(stage, ...direct.map((input) => rootOf(this.#part(input)).stage + 1)), domain, axes),
      );
      return;
    }
    const into = near[0] ?? newPart(stage, domain, axes);
    for (const part of near) if (part !== into) part.parent = into;
    into.count = count;
    into.reduces = [...kinds][0];
    this.#parts.set(node, into);
  }

  #part(node: Tensor): Part {
    const part = this.#parts.get(node);
    if (part === undefined) throw new Error(`internal: ${node.op.opName} has no loop`);
    return part;
  }
}

function newPart(stage: number, domain: Tensor, reduces: string | undefined): Part {
  return { stage, domain, nodes: [], reduces, parent: undefined, count: 1 };
}

function rootOf(part: Part): Part {
  let root = part;
  while (root.parent !== undefined) root = root.parent;
  return root;
}
