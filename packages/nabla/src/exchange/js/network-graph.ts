/** The inference graph of a network, prepared for printing: for one example, and simplified to few ops. */
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { numberOf } from "../../engine/plan/algebra.ts";
import { simplify } from "../../engine/plan/simplify.ts";
import { type TensorView, viewer } from "../../engine/plan/views.ts";
import { constant, input, isInput, isState, nameOf, state } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { unrolled } from "../../graph/unrolled.ts";
import { walk } from "../../graph/walk.ts";
import { softmaxOf } from "../../nn/functions.ts";
import type { Scope } from "../../nn/layer.ts";
import { buildModel } from "../../nn/model.ts";
import type { Trained } from "../../train/trained.ts";
import { storageIndex } from "./expression.ts";
import { isWindows } from "./op-code.ts";

/** An expression of more ops than this is cut: a part of it becomes a line of its own. */
const MOST_OPS = 8;

/** A graph and what its printer needs to know. Its ops are nabla's and dense, convolve, mean and softmax. */
export interface NetworkGraph {
  readonly answer: Tensor;
  /** What is computed for each example, in order. */
  readonly computed: readonly Tensor[];
  readonly viewOf: (node: Tensor) => TensorView;
  /** Nodes that depend on weights alone. */
  readonly fixed: ReadonlySet<Tensor>;
  /** Nodes that get a line: what layers give, products, what is used twice, and parts of what is long. */
  readonly kept: ReadonlySet<Tensor>;
  /** What to call each computed node: a layer or a product by its path, others by the layer that they belong to. */
  readonly names: ReadonlyMap<Tensor, string>;
}

/** The graph from an example to its prediction. */
export function networkGraph({ model, loss, shape, weights }: Trained): NetworkGraph {
  const variables = new Map([...weights].map(([path, array]) => [path, state(path, array)]));
  const settled = { ...model, apply: (x: Tensor, scope: Scope) => model.apply(x, withNumbers(scope)) };
  const built = buildModel(settled, input("inputs", [1, ...shape]), { variables, mode: "predict" });
  const prediction = unrolled(loss.answer(built.output));
  const roots = [...built.activations.values(), prediction];
  const simple = simplify(roots);
  const viewOf = viewer();
  const fixed = new Set<Tensor>();
  const shorter = new Map<Tensor, Tensor>();
  const of = (node: Tensor): Tensor => shorter.get(node) ?? node;
  for (const node of walk(roots.map(simple))) {
    const own = { ...node, inputs: node.inputs.map(of) };
    // what depends on weights alone is computed here, by ops as they are
    const isFixed = !isInput(node) && own.inputs.every((from) => fixed.has(from));
    const short = isFixed ? own : shorten(own, { viewOf, fixed });
    shorter.set(node, short);
    if (isFixed) fixed.add(short);
  }
  const answer = of(simple(prediction));
  const layers = new Map<Tensor, string>();
  for (const [path, given] of built.activations) {
    const { base } = viewOf(of(simple(given)));
    if (!layers.has(base)) layers.set(base, path);
  }
  const computed = walk([answer]).filter((node) => !isInput(node) && !fixed.has(node) && viewOf(node).base === node);
  const kept = keptNodes(computed, layers, viewOf);
  return { answer, computed, viewOf, fixed, kept, names: namesOf(computed, layers) };
}

/** Numbers that could be fed take their initial values. */
function withNumbers(scope: Scope): Scope {
  return { ...scope, number: (_, value) => constant(value), within: (name) => withNumbers(scope.within(name)) };
}

/** One node for what several compute together, or the node itself. */
function shorten(node: Tensor, { viewOf, fixed }: Pick<NetworkGraph, "fixed" | "viewOf">): Tensor {
  const as = (opName: string, inputs: readonly Tensor[], like: Tensor = node): Tensor => {
    const { attributes, op } = like;
    return Object.freeze({ ...node, op: { ...op, opName }, inputs, attributes });
  };
  const [x, y] = node.inputs;
  if (x === undefined || y === undefined) return node;
  const { opName } = node.op;
  if (opName === "matmul" && elementsOf(sizeOf(x.shape).slice(0, -2)) === 1) {
    const [patches] = x.inputs;
    const lies = isWhole(x, viewOf) && viewOf(x).base !== x; // as where a window has one point
    const windows = x.op.opName === "reshape" && patches !== undefined && isWindows(patches) && !lies;
    return windows ? as("convolve", [...patches.inputs, y], patches) : as("dense", [x, y]);
  }
  if (opName === "add") {
    for (const [from, bias] of [[x, y] as const, [y, x] as const]) {
      const product = viewOf(from).base;
      const { base, strides, offset } = viewOf(bias);
      const columns = product.shape.at(-1);
      const rows = ["i", `i % ${columns}`, "0"].includes(storageIndex(sizeOf(node.shape), strides, offset));
      const fits = rows && fixed.has(base) && base.shape.length === 1 && base.shape[0] === columns;
      if (isProduct(product) && product.inputs.length === 2 && fits && isWhole(from, viewOf))
        return as(product.op.opName, [...product.inputs, base], product);
    }
  }
  if (opName === "divide" && x.op.opName === "exp") {
    const [from] = x.inputs[0]?.inputs ?? [];
    const any = input("x", node.shape);
    const softmax = softmaxOf(any);
    if (from !== undefined && isSame(node, simplify([softmax])(softmax), new Map([[any, from]])))
      return as("softmax", [from]);
  }
  if (opName === "divide" || opName === "multiply") {
    const { base } = viewOf(x);
    const share = numberOf(y);
    const count = elementsOf(sizeOf(base.inputs[0]?.shape ?? [])) / elementsOf(sizeOf(base.shape));
    const means = base.op.opName === "sum" && share === (opName === "divide" ? count : 1 / count);
    if (means && isWhole(x, viewOf)) return as("mean", base.inputs, base);
  }
  return node;
}

/** Whether a node is built as a pattern, whose inputs match any node. */
function isSame(node: Tensor, pattern: Tensor, stands: ReadonlyMap<Tensor, Tensor>): boolean {
  if (isInput(pattern)) return stands.get(pattern) === node;
  const alike =
    node.op.opName === pattern.op.opName && JSON.stringify(node.attributes) === JSON.stringify(pattern.attributes);
  return alike && pattern.inputs.every((from, i) => isSame(node.inputs[i] ?? node, from, stands));
}

/** Whether a node multiplies matrices. */
function isProduct({ op: { opName } }: Tensor): boolean {
  return opName === "dense" || opName === "convolve" || opName === "matmul";
}

/** Whether a node is all of its base, in its order. */
export function isWhole(node: Tensor, viewOf: NetworkGraph["viewOf"]): boolean {
  const { base, strides, offset } = viewOf(node);
  const size = sizeOf(node.shape);
  const count = elementsOf(size);
  return elementsOf(sizeOf(base.shape)) === count && storageIndex(size, strides, offset) === (count === 1 ? "0" : "i");
}

function keptNodes(
  computed: readonly Tensor[],
  layers: ReadonlyMap<Tensor, string>,
  viewOf: NetworkGraph["viewOf"],
): ReadonlySet<Tensor> {
  const uses = new Map<Tensor, number>();
  for (const { base } of computed.flatMap(({ inputs }) => inputs.map(viewOf)))
    uses.set(base, (uses.get(base) ?? 0) + 1);
  const kept = new Set<Tensor>();
  const lengths = new Map<Tensor, number>();
  for (const node of computed) {
    const length = node.inputs.reduce((sum, from) => sum + (lengths.get(viewOf(from).base) ?? 0), 1);
    const once = (uses.get(node) ?? 1) === 1;
    if (!once || layers.has(node) || isProduct(node) || length > MOST_OPS) kept.add(node);
    else lengths.set(node, length);
  }
  return kept;
}

function namesOf(computed: readonly Tensor[], layers: ReadonlyMap<Tensor, string>): ReadonlyMap<Tensor, string> {
  const names = new Map<Tensor, string>();
  const paths = new Set(layers.values());
  let layer = "answer";
  for (const node of computed.toReversed()) {
    layer = layers.get(node) ?? layer;
    const [weights] = isProduct(node) ? walk(node.inputs.slice(1)).filter(isState) : [];
    const owner = weights === undefined ? "" : nameOf(weights).replace(/\.[^.]*$/, "");
    const own = owner === "" || paths.has(owner) ? `${layer}_${node.op.opName}` : owner;
    names.set(node, layers.get(node) ?? own);
  }
  return names;
}
