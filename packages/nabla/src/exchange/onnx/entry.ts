/** Where a network starts in a file: an input, or a value inside, and which nodes lie between it and the output. */
import type { DType } from "../../array/dtype.ts";
import { type Size, showShape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "./schema.ts";
import { namesRead } from "./subgraph.ts";
import { DATA_TYPES, dtypeFor } from "./tensor-proto.ts";
import { exampleElements, MOST_ELEMENTS } from "./value.ts";

/** The value that examples come in as. */
export interface ExampleInput {
  readonly name: string;
  /** The shape of one example. */
  readonly shape: Size;
  /** The size of the batch that the file was made for, where it names one. */
  readonly batch: number | undefined;
  readonly dtype: DType;
  /** Its element type, as the format numbers them. */
  readonly type: number;
}

/** What lies after an output. */
export interface Needed {
  readonly nodes: ReadonlySet<NodeProto>;
  /** Names that no node and no tensor of the file gives. */
  readonly open: ReadonlySet<string>;
}

/** The nodes that outputs need, in the order of the file, not going back beyond `input`. Throws `onnx/order` for names given twice. */
export function neededFor(graph: GraphProto, outputs: readonly string[], input: string | undefined): Needed {
  const stored = new Set(graph.initializer.map(({ name = "" }) => name));
  const makers = new Map<string, NodeProto>();
  for (const node of graph.node)
    for (const name of node.output.filter((one) => one !== "")) {
      if (makers.has(name) || stored.has(name))
        throw new NablaError("onnx/order", `${JSON.stringify(name.slice(0, 60))} is given twice`);
      makers.set(name, node);
    }
  const found = new Set<NodeProto>();
  const open = new Set<string>();
  const stack = [...outputs];
  const seen = new Set<string>(["", ...(input === undefined ? [] : [input])]);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const node = makers.get(name);
    if (node === undefined) {
      if (!stored.has(name)) open.add(name);
    } else if (!found.has(node)) {
      found.add(node);
      for (const from of namesRead(node)) stack.push(from);
    }
  }
  return { nodes: new Set(graph.node.filter((node) => found.has(node))), open };
}

/** The entry of that name, or every input that is needed, in the order of the file. Throws `onnx/input`. */
export function entryInputs(
  graph: GraphProto,
  { open }: Needed,
  { input, shape }: { readonly input: string | undefined; readonly shape: Size | undefined },
): readonly ExampleInput[] {
  const own = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !own.has(name));
  const wanted = inputs.filter(({ name = "" }) => (input === undefined ? open.has(name) : name === input));
  const found = wanted.length > 0 || input !== undefined ? wanted : inputs.slice(0, 1);
  if (found.length > 0) {
    if (found.length > 1 && shape !== undefined)
      throw new NablaError(
        "onnx/input",
        `the model takes ${found.length} inputs, and one shape was given`,
        "export it with the lengths of all inputs",
      );
    return found.map((info) => {
      const type = info.type?.tensorType?.elementType ?? DATA_TYPES.float;
      return { name: info.name ?? "", type, dtype: dtypeFor(type, "the input"), ...exampleShape(info, shape) };
    });
  }
  if (input === undefined)
    throw new NablaError("onnx/input", "the model takes no input", "export it with an input of examples");
  if (shape !== undefined) return [{ name: input, shape, batch: undefined, dtype: "float32", type: DATA_TYPES.float }];
  throw new NablaError(
    "onnx/input",
    `the shape of "${input.slice(0, 60)}" is not known`,
    "say the shape of one example there",
  );
}

interface OpenDimension {
  readonly value?: number;
  readonly parameter?: string;
}

/** The lengths of one example; the first dimension is the batch, whatever the file calls it. */
function exampleShape(
  info: ValueInfoProto,
  given: Size | undefined,
): { readonly shape: Size; readonly batch: number | undefined } {
  const name = JSON.stringify((info.name ?? "").slice(0, 60));
  const dims = info.type?.tensorType?.shape?.dim;
  if (dims === undefined && given === undefined)
    throw new NablaError(
      "onnx/input",
      `the input ${name} has no shape`,
      "say the shape of one example: readOnnx(bytes, { shape: [3, 32, 32] })",
    );
  if (dims !== undefined && (dims.length === 0 || dims.length > 8))
    throw new NablaError(
      "onnx/input",
      `the input ${name} has ${dims.length} dimensions; the first must be the batch, and 8 are the most`,
    );
  const [first, ...rest]: readonly OpenDimension[] = dims ?? [{}, ...(given ?? []).map((value) => ({ value }))];
  const shape = rest.map((dim, i) => given?.[i] ?? dim?.value ?? 0);
  const open = shape.findIndex((length) => !Number.isSafeInteger(length) || length < 1);
  if (open >= 0 || (given !== undefined && given.length !== shape.length)) {
    const shown = rest.map((dim) => dim?.value ?? dim?.parameter?.slice(0, 20) ?? "?");
    const message = `the input ${name} takes examples ${showShape(shown)}, and all lengths must be known`;
    throw new NablaError("onnx/input", message, "say them: readOnnx(bytes, { shape: [3, 32, 32] })");
  }
  if (exampleElements(shape) > MOST_ELEMENTS)
    throw new NablaError(
      "onnx/size",
      `the input ${name} takes examples ${showShape(shape)}, more than a network can hold`,
    );
  const batch = first?.value;
  return { shape, batch: batch !== undefined && batch > 0 ? batch : undefined };
}
