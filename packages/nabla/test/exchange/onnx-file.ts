import { type AttributeProto, model, type TensorProto } from "../../src/exchange/onnx/schema.ts";
import { encode } from "../../src/exchange/onnx/wire.ts";

type Node = readonly [
  opType: string,
  inputs: string,
  outputs: string,
  attributes?: Readonly<Record<string, Omit<AttributeProto, "name">>>,
];

/** A graph in few words. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly tensors?: readonly TensorProto[];
  /** Names and shapes; a length of 0 is open. Default: x [batch, 4]. */
  readonly inputs?: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

/** A file of a few nodes that reads x and gives y. */
export function onnxFile({
  nodes,
  tensors = [],
  inputs = [["x", [0, 4]]],
  outputs = ["y"],
  opset = 17,
}: Graph): Uint8Array {
  const floats = (dims: readonly number[]) => ({
    tensorType: {
      elementType: 1,
      shape: { dim: dims.map((value) => (value === 0 ? { parameter: "batch" } : { value })) },
    },
  });
  return encode(model, {
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }],
    graph: {
      name: "g",
      node: nodes.map(([opType, input, output, attributes = {}]) => ({
        opType,
        input: input.split(" ").map((name) => (name === "-" ? "" : name)),
        output: output.split(" "),
        attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...value })),
      })),
      initializer: tensors,
      input: inputs.map(([name, dims]) => ({ name, type: floats(dims) })),
      output: outputs.map((name) => ({ name, type: floats([0, 4]) })),
    },
  });
}
