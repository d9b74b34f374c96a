/** The graph of a network as lines of JavaScript: one for each layer, where a layer is plain enough. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { numberOf } from "../../engine/plan/algebra.ts";
import { isView } from "../../engine/plan/views.ts";
import { resultOf, type Wide } from "../../engine/reference/kernels.ts";
import { initialOf, isConstant, isInput, isState, nameOf, valueOfConstant } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import type { ByPath } from "../../nn/model.ts";
import type { Trained } from "../../train/trained.ts";
import { atom, type Expression, isElementwise, numeral, printed, storageIndex } from "./expression.ts";
import { isWhole, type NetworkGraph, networkGraph } from "./network-graph.ts";
import { isWindows, opCode } from "./op-code.ts";

/** What a network becomes. */
export interface NetworkCode {
  /** The function `network`, from the numbers of an example to those of its prediction. */
  readonly code: string;
  /** What it reads, by name: weights, and what is computed of weights alone. */
  readonly weights: ByPath<NdArray>;
  /** Numbers in one prediction. */
  readonly outputs: number;
}

/** The code of a network for one example. Throws `js/op` for an op that has no code. */
export function networkCode(trained: Trained): NetworkCode {
  const graph = networkGraph(trained);
  const writer = new Writer(graph);
  for (const node of graph.computed) if (graph.kept.has(node) && !isView(node)) writer.reference(node);
  const result = writer.list(graph.answer);
  const body = [...writer.lines, `return ${result};`].map((line) => `  ${line}\n`).join("");
  const code = `/** All layers, one after the other, and the answer. */\nfunction network(x) {\n${body}}`;
  return { code, weights: writer.weights, outputs: elementsOf(sizeOf(graph.answer.shape)) };
}

class Writer {
  readonly lines: string[] = [];
  readonly weights = new Map<string, NdArray>();
  readonly #graph: NetworkGraph;
  /** How the code calls what it has. */
  readonly #called = new Map<Tensor, string>();

  constructor(graph: NetworkGraph) {
    this.#graph = graph;
  }

  /** A list of all numbers of a node, in order. */
  readonly list = (node: Tensor): string => {
    const { fixed, kept, viewOf } = this.#graph;
    const { base, strides, offset } = viewOf(node);
    if (fixed.has(node)) return this.reference(isWhole(node, viewOf) ? base : node);
    if (isWindows(node)) return known(opCode.patches, "patches")(node, this.list);
    if (isWhole(node, viewOf)) return isInput(base) || kept.has(base) ? this.reference(base) : this.#compute(base);
    return each(node, `${this.reference(base)}[${storageIndex(sizeOf(node.shape), strides, offset)}]`);
  };

  /** How a node with storage of its own is called; what has no name yet gets a line. */
  reference(node: Tensor): string {
    if (isInput(node)) return "x";
    const found = this.#called.get(node);
    if (found !== undefined) return found;
    const fixed = this.#graph.fixed.has(node);
    const name = fixed ? this.#keep(node) : this.#free(known(this.#graph.names.get(node), "name"));
    this.#called.set(node, name);
    if (!fixed) this.lines.push(`const ${name} = ${this.#compute(node)};`);
    return name;
  }

  /** What computes a node with storage of its own. */
  #compute(node: Tensor): string {
    if (isView(node)) return this.list(known(node.inputs[0], "operand")); // a reshape of what does not lie in order
    if (isElementwise(node)) return this.#map(node);
    const { opName } = node.op;
    if (Object.hasOwn(opCode, opName)) return known(opCode[opName], opName)(node, this.list);
    throw new NablaError("js/op", `the op ${opName} cannot be written as JavaScript`);
  }

  /** One expression for every element. */
  #map(root: Tensor): string {
    const { fixed, kept, viewOf } = this.#graph;
    let mapped: Tensor | undefined; // what is gone through, which needs no index
    const print = (node: Tensor): Expression => printed(node, node.inputs.map(read));
    const read = (node: Tensor): Expression => {
      const number = numberOf(node);
      if (number !== undefined) return numeral(number);
      const { base, strides, offset } = viewOf(node);
      if (!fixed.has(base) && isWhole(node, viewOf)) {
        if (isElementwise(base) && !kept.has(base)) return print(base);
        mapped ??= base;
        if (mapped === base) return atom("value");
      }
      const counts = node.op.opName === "iota"; // its numbers are their own places
      const steps = counts ? strides.map((_, axis) => Number(axis === node.attributes.axis)) : strides;
      const place = storageIndex(sizeOf(node.shape), steps, offset);
      return atom(counts ? `(${place})` : `${this.reference(base)}[${place}]`);
    };
    const { text } = print(root);
    if (mapped === undefined) return each(root, text);
    return `${this.list(mapped)}.map(${/\bi\b/.test(text) ? "(value, i)" : "(value)"} => ${text})`;
  }

  /** Stores a weight, or what is computed from weights alone, under its path, and returns its name in the code. */
  #keep(node: Tensor): string {
    const [path = "constant", ...others] = walk([node]).filter(isState).map(nameOf);
    const last = others.map((other) => other.slice(other.lastIndexOf(".") + 1));
    let name = others.length === 0 ? path : `${path} with ${last.join(", ")}`;
    while (this.weights.has(name)) name += "'";
    this.weights.set(name, ndarray(Float32Array.from(evaluate(node)), sizeOf(node.shape)));
    return `weights[${JSON.stringify(name)}]`;
  }

  /** A path as a name that is not taken, and no function or word of the language: these have neither digits nor `_`. */
  #free(path: string): string {
    const bare = path.replace(/[^A-Za-z0-9]+/g, "_").replace(/^(?=\d)/, "_");
    const taken = new Set(this.#called.values());
    let name = /[\d_]/.test(bare) ? bare : `${bare}1`;
    for (let i = 2; taken.has(name); i++) name = `${bare}_${i}`;
    return name;
  }
}

function each({ shape }: Tensor, expression: string): string {
  return `Float64Array.from({ length: ${elementsOf(sizeOf(shape))} }, (_, i) => ${expression})`;
}

/** The numbers of a node that depends on weights alone. */
function evaluate(root: Tensor): Float64Array {
  const values = new Map<Tensor, Wide>();
  for (const node of walk([root])) {
    const given = isState(node) ? initialOf(node) : isConstant(node) ? valueOfConstant(node) : undefined;
    const operands = node.inputs.map((from) => known(values.get(from), "operand"));
    const data = given?.data ?? resultOf(node, operands);
    values.set(node, { size: sizeOf(node.shape), data: Float64Array.from(data) });
  }
  return known(values.get(root), "value").data;
}
