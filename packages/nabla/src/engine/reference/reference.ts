import { allocate, type NdArray } from "../../array/ndarray.ts";
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { initialOf, isConstant, isInput, isState, valueOfConstant } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import type { Engine, KnownGraph, Memory, Step } from "../contract.ts";
import type { Explanation } from "../explanation.ts";
import { resultOf } from "./kernels.ts";

/**
 * The engine that defines the semantics of ops: float64, one op after the other. Float tensors are stored and returned
 * in float64.
 */
export const reference: Engine = { name: "reference", wide: true, open: () => new ReferenceMemory() };

class ReferenceMemory implements Memory {
  readonly #states = new Map<Tensor, Float64Array>();

  hold(state: Tensor): void {
    if (!this.#states.has(state)) this.#states.set(state, Float64Array.from(initialOf(state).data));
  }

  async read(state: Tensor): Promise<NdArray> {
    return narrow(state, known(this.#states.get(state), "state"));
  }

  write(state: Tensor, value: NdArray): void {
    known(this.#states.get(state), "state").set(value.data);
  }

  async load(graph: KnownGraph): Promise<Step> {
    const order = walk([...graph.outputs, ...graph.updates.map(([, next]) => next)]);
    const fed = graph.inputs.map((input) => new Float64Array(elementsOf(sizeOf(input.shape))));
    let results = new Map<Tensor, Float64Array>();
    return {
      feed: (input, data) => {
        const storage = known(fed[input], "input");
        if (typeof data === "number") storage.fill(data);
        else storage.set(data);
      },
      inputBuffer: () => undefined,
      run: () => {
        results = new Map(graph.inputs.map((input, i) => [input, known(fed[i], "input")]));
        for (const node of order) if (!results.has(node)) results.set(node, this.#compute(node, results));
        const next = graph.updates.map(([, tensor]) => known(results.get(tensor), "update").slice());
        for (const [i, [state]] of graph.updates.entries())
          known(this.#states.get(state), "state").set(known(next[i], "update"));
        return undefined;
      },
      explain: () => explain(graph, order),
      release: () => undefined,
      fetch: async (output) => {
        const node = known(graph.outputs[output], "output");
        return narrow(node, known(results.get(node), "result"));
      },
    };
  }

  #compute(node: Tensor, results: ReadonlyMap<Tensor, Float64Array>): Float64Array {
    if (isState(node)) return known(this.#states.get(node), "state").slice();
    if (isConstant(node)) return Float64Array.from(valueOfConstant(node).data);
    if (isInput(node)) return known(results.get(node), "fed input");
    const inputs = node.inputs.map((from) => ({ size: sizeOf(from.shape), data: known(results.get(from), "operand") }));
    return resultOf(node, inputs);
  }
}

/** One kernel per op, and no memory is shared. */
function explain(graph: KnownGraph, order: readonly Tensor[]): Explanation {
  const bytes = (nodes: readonly Tensor[]): number =>
    nodes.reduce((total, node) => total + 8 * elementsOf(sizeOf(node.shape)), 0);
  const computed = order.filter((node) => !isInput(node) && !isState(node) && !isConstant(node));
  const scratch = bytes(computed);
  return {
    engine: "reference",
    opsBefore: order.length,
    opsAfter: order.length,
    kernels: computed.map((node) => ({ label: node.op.opName, by: "JavaScript" })),
    inPlace: 0,
    bytes: {
      states: bytes(order.filter(isState)),
      inputs: bytes(graph.inputs),
      constants: bytes(order.filter(isConstant)),
      scratch,
      unshared: scratch,
      threads: 0,
    },
  };
}

/** A copy in this engine's dtype: float64 for floats. */
function narrow(node: Tensor, data: Float64Array): NdArray {
  const dtype = node.dtype === "float32" ? "float64" : node.dtype;
  const storage = allocate(dtype, data.length);
  storage.set(data);
  return { dtype, shape: sizeOf(node.shape), data: storage };
}
