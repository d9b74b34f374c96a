/** Lowers a graph with static shapes to kernels over numbered buffers. */
import { elementsOf, sizeOf, stridesOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { isConstant, isInput, isState, valueOfConstant } from "../../graph/leaf.ts";
import type { Along } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import type { KnownGraph } from "../contract.ts";
import type { LoopKernel, Store, Value, View } from "../loop.ts";
import { numberOf } from "./algebra.ts";
import { collapse } from "./collapse.ts";
import { type Group, groupNodes, isPointwise, isReduction } from "./groups.ts";
import { lowerings } from "./kernels.ts";
import type { BufferSpec, LoweredProgram, StagedKernel } from "./lowered-program.ts";
import { numberValue, scalarValue } from "./scalars.ts";
import { scanLowerings } from "./scan-kernels.ts";
import { statesOf } from "./signature.ts";
import { simplify } from "./simplify.ts";
import { isLeaf, storedNodes } from "./storage.ts";
import { isView, reductionStrides, type TensorView, viewer } from "./views.ts";
import { findConvolutions } from "./winograd.ts";
import { winogradLowerings } from "./winograd-kernels.ts";

const LOWERINGS = { ...lowerings, ...winogradLowerings, ...scanLowerings };

/** Options of `lower`. */
export interface LowerOptions {
  /** Whether convolutions are computed tile by tile, which is faster and rounds otherwise. */
  readonly tiles?: boolean;
}

/** Lowers a graph. Kernels come out by stage; updates are left to `order` in order.ts. */
export function lower(graph: KnownGraph, { tiles = false }: LowerOptions = {}): LoweredProgram {
  const wanted = [...graph.outputs, ...graph.updates.map(([, next]) => next)];
  const simple = simplify(wanted);
  const tiled = tiles ? findConvolutions(wanted.map(simple)) : (node: Tensor) => node;
  const of = (node: Tensor): Tensor => tiled(simple(node));
  const viewOf = viewer();
  const nexts = graph.updates.map(([state, next]) => predicated(state, of(next), viewOf));
  const predicates = [...new Set(nexts.flatMap(({ predicate = [] }) => predicate))];
  const roots = [...graph.outputs.map(of), ...nexts.map(({ next }) => next), ...predicates];
  const order = walk(roots);
  const grouping = groupNodes(order, viewOf);
  const stored = storedNodes(order, roots, viewOf, grouping);
  const buffers = new BufferTable(graph);
  const scope: Scope = { viewOf, stored, buffers, groupOf: grouping.groupOf };
  const jobs: StagedKernel[] = [];
  const groups = new Set<Group>();
  for (const node of order) {
    const found = grouping.groupOf.get(node);
    const stage = grouping.stageOf(node);
    if (found !== undefined) {
      if (groups.has(found)) continue;
      groups.add(found);
      const loop = loopOf(found, scope);
      if (loop !== undefined) jobs.push({ kernel: loop, stage });
    } else if (isView(node)) {
      if (viewOf(node).base === node)
        jobs.push({ kernel: copy(known(node.inputs[0], "operand"), node, buffers.of(node), scope), stage });
    } else if (!isLeaf(node)) {
      const lowering = known(LOWERINGS[node.op.opName], `lowering of ${node.op.opName}`);
      const dense = (operand: Tensor): View => {
        const buffer = buffers.add(scratch(operand));
        jobs.push({ kernel: copy(operand, operand, buffer, scope), stage });
        return { buffer, offset: 0, strides: stridesOf(sizeOf(operand.shape)) };
      };
      const places = {
        view: (operand: Tensor) => operandView(operand, scope),
        buffer: (made: Tensor) => buffers.of(made),
        dense,
        scratch: (elements: number) => buffers.add({ role: "scratch", dtype: "float32", elements }),
        add: (spec: BufferSpec) => buffers.add(spec),
        lower: (inner: KnownGraph) => lower(inner, { tiles }),
      };
      for (const kernel of lowering(node, places)) jobs.push({ kernel, stage });
    }
  }
  const last = 1 + jobs.reduce((most, job) => Math.max(most, job.stage), 0);
  // An output that is a leaf or a view of part of a buffer is copied into a buffer of its own.
  const resolved = roots.map((root) => {
    const view = viewOf(root);
    const plain = !isLeaf(view.base) && view.base === root;
    if (plain) return buffers.of(root);
    const buffer = buffers.add(scratch(root));
    jobs.push({ kernel: copy(root, root, buffer, scope), stage: isLeaf(view.base) ? 0 : last });
    return buffer;
  });
  const [first, behind] = [graph.outputs.length, graph.outputs.length + nexts.length];
  const predicateBuffers = new Map(
    predicates.map((predicate, i) => [predicate, known(resolved[behind + i], "predicate")]),
  );
  return {
    nodesBefore: walk(wanted).length,
    nodesAfter: order.length,
    bufferSpecs: buffers.all,
    jobs: jobs.toSorted((a, b) => a.stage - b.stage),
    outputs: resolved.slice(0, first),
    updates: graph.updates.map(([state], i) => {
      const update = { state: buffers.of(state), buffer: known(resolved[first + i], "update") };
      const predicate = nexts[i]?.predicate;
      return predicate === undefined
        ? update
        : { ...update, predicate: known(predicateBuffers.get(predicate), "predicate") };
    }),
  };
}

interface PredicatedUpdate {
  readonly next: Tensor;
  readonly predicate?: Tensor;
}

/** An update that leaves the whole state unchanged unless a single bool is true is predicated on that bool. */
function predicated(state: Tensor, next: Tensor, viewOf: Scope["viewOf"]): PredicatedUpdate {
  const [condition, changed, unchanged] = next.inputs;
  const keepsState = next.op.opName === "select" && unchanged === state;
  if (!keepsState || condition === undefined || changed === undefined) return { next };
  const { base } = viewOf(condition);
  return elementsOf(sizeOf(base.shape)) === 1 ? { next: changed, predicate: base } : { next };
}

interface Scope {
  readonly viewOf: (node: Tensor) => TensorView;
  readonly stored: ReadonlySet<Tensor>;
  readonly buffers: BufferTable;
  readonly groupOf: ReadonlyMap<Tensor, Group>;
}

/** Numbers buffers in the order of first use; inputs come first, in their order. */
class BufferTable {
  readonly all: BufferSpec[] = [];
  readonly #numbers = new Map<Tensor, number>();
  readonly #states: readonly Tensor[];

  constructor(graph: KnownGraph) {
    this.#states = statesOf(graph);
    for (const input of graph.inputs) this.of(input);
    for (const [state] of graph.updates) this.of(state);
  }

  of(node: Tensor): number {
    const found = this.#numbers.get(node);
    if (found !== undefined) return found;
    const made = this.add(this.#specOf(node));
    this.#numbers.set(node, made);
    return made;
  }

  add(buffer: BufferSpec): number {
    return this.all.push(buffer) - 1;
  }

  #specOf(node: Tensor): BufferSpec {
    const buffer = scratch(node);
    if (isInput(node)) return { ...buffer, role: "input" };
    if (isState(node)) return { ...buffer, role: "state", state: this.#states.indexOf(node) };
    return isConstant(node) ? { ...buffer, role: "constant", value: valueOfConstant(node) } : buffer;
  }
}

function scratch({ dtype, shape }: Tensor): BufferSpec {
  return { role: "scratch", dtype, elements: elementsOf(sizeOf(shape)) };
}

function operandView(node: Tensor, { viewOf, buffers }: Scope): View {
  const { base, offset, strides } = viewOf(node);
  return { buffer: buffers.of(base), offset, strides };
}

function loopOf(found: Group, scope: Scope): LoopKernel | undefined {
  const size = sizeOf(found.domain.shape);
  const valueAt = valuesIn(found, scope);
  const stores: Store[] = [];
  let reduced: readonly boolean[] = size.map(() => false);
  for (const node of found.nodes) {
    if (isReduction(node)) {
      const target = reductionStrides(size, node.attributes as Along);
      reduced = target.reduced;
      const view = { buffer: scope.buffers.of(node), offset: 0, strides: target.strides };
      stores.push({
        target: view,
        value: valueAt(known(node.inputs[0], "operand")),
        reduce: node.op.opName === "sum" ? "sum" : "max",
      });
    } else if (scope.stored.has(node)) {
      stores.push({
        target: { buffer: scope.buffers.of(node), offset: 0, strides: stridesOf(size) },
        value: valueAt(node),
      });
    }
  }
  if (stores.length === 0) return undefined;
  const label = found.nodes.map((node) => node.op.opName).join(" ");
  return collapse({ kind: "loop", label, sizes: size, reduced, stores });
}

/** The values of nodes at one index of a group's loop; memoized, so that the same node gives the same object. */
function valuesIn(found: Group | undefined, scope: Scope): (node: Tensor) => Value {
  const made = new Map<Tensor, Value>();
  const valueAt = (node: Tensor): Value => {
    const done = made.get(node);
    if (done !== undefined) return done;
    const value = makeValue(node);
    made.set(node, value);
    return value;
  };
  const makeValue = (node: Tensor): Value => {
    const plain = numberOf(node);
    if (plain !== undefined) return numberValue(plain, node.dtype);
    const here = found !== undefined && scope.groupOf.get(node) === found;
    if (isPointwise(node) && (here || !scope.stored.has(node))) {
      if (node.op.opName !== "iota") return scalarValue(node, node.inputs.map(valueAt));
      const axis = Number(node.attributes.axis);
      return { kind: "index", offset: 0, strides: node.shape.map((_, i) => (i === axis ? 1 : 0)), dtype: "int32" };
    }
    return { kind: "load", view: operandView(node, scope), dtype: node.dtype };
  };
  return valueAt;
}

function copy(from: Tensor, like: Tensor, buffer: number, scope: Scope): LoopKernel {
  const sizes = sizeOf(from.shape);
  const value = valuesIn(undefined, scope)(from);
  const target = { buffer, offset: 0, strides: stridesOf(sizes) };
  return collapse({
    kind: "loop",
    label: `copy ${like.op.opName}`,
    sizes,
    reduced: sizes.map(() => false),
    stores: [{ target, value }],
  });
}
