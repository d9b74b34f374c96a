/** Traverses the nodes of an ONNX graph and builds the same computation from our ops and layers. */
import { NablaError } from "../../base/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { folds } from "./fold.ts";
import { type Given, OnnxNode, type Translation } from "./node.ts";
import { operators, relatives } from "./operators.ts";
import type { GraphProto, NodeProto, TensorProto } from "./schema.ts";
import { readTensor } from "./tensor-proto.ts";
import {
  arrayValue,
  exampleElements,
  MOST_ELEMENTS,
  MOST_LENGTHS,
  type OnnxValue,
  shapeOf,
  TensorPool,
} from "./value.ts";

/** What a translation starts from. */
export interface TranslationStart {
  readonly opset: number;
  readonly fixedBatch: number | undefined;
  readonly input: OnnxValue;
  /** The nodes that are needed; the others are passed over. */
  readonly nodes: ReadonlySet<NodeProto>;
}

/** Axes that one value may have. */
const MOST_DIMENSIONS = 12;

/** The tensor of each output by name. Throws `onnx/…` with the place, "node 3 (Conv)". */
export function translate(graph: GraphProto, start: TranslationStart): (output: string) => Tensor {
  const translation: Translation = {
    opset: start.opset,
    fixedBatch: start.fixedBatch,
    tensors: new TensorPool(),
    uses: countUses(graph, start.nodes),
  };
  const values = new Map<string, OnnxValue>([[start.input.name, start.input]]);
  const stored = new Map(graph.initializer.map((proto) => [proto.name ?? "", proto]));
  const find = (name: string): OnnxValue | undefined => {
    const made = values.get(name);
    if (made !== undefined) return made;
    const proto = stored.get(name);
    if (proto === undefined) return undefined;
    const value = initializerValue(name, proto);
    values.set(name, value);
    return value;
  };
  for (const [i, proto] of graph.node.entries()) {
    if (!start.nodes.has(proto)) continue;
    inFile(`node ${i + 1} (${shown(proto.opType ?? "")})`, () => run(proto, { translation, values, find }));
  }
  return (output) => {
    const value = find(output);
    if (value === undefined) throw new NablaError("onnx/order", `no node gives the output ${shown(output)}`);
    return inFile(`output ${shown(output)}`, () => translation.tensors.of(value));
  };
}

/** Floats of one axis and more are what training changes; single numbers are settings. */
function initializerValue(name: string, proto: TensorProto): OnnxValue {
  const array = readTensor(proto);
  return arrayValue(name, array, array.dtype === "float32" && array.shape.length > 0);
}

interface Run {
  readonly translation: Translation;
  readonly values: Map<string, OnnxValue>;
  readonly find: (name: string) => OnnxValue | undefined;
}

function run(proto: NodeProto, { translation, values, find }: Run): void {
  const inputs = proto.input.map((name) => {
    if (name === "") return undefined;
    const value = find(name);
    if (value !== undefined) return value;
    const message = `it reads ${shown(name)}, which nothing before it gives: the graph is cyclic, out of order or lacks a node`;
    throw new NablaError("onnx/order", message);
  });
  const outputs = proto.output.findLastIndex((name) => name !== "") + 1;
  const own = (proto.domain ?? "") === "" || proto.domain === "ai.onnx";
  const full = own ? (proto.opType ?? "") : `${proto.domain}.${proto.opType}`;
  const opType = relatives.get(full) ?? full;
  const node = new OnnxNode(opType, translation, { inputs, outputs, attributes: proto.attribute });
  const given = translated(node);
  for (const [i, name] of proto.output.entries()) {
    const value = given[i];
    if (name === "" || value === undefined) continue;
    const named = { ...value, name };
    checkSize(named);
    values.set(name, named);
  }
}

function translated(node: OnnxNode): readonly Partial<OnnxValue>[] {
  const known =
    node.inputs.length > 0 && node.inputs.every((value) => value === undefined || value.lengths !== undefined);
  const folded = known && Object.hasOwn(folds, node.opType) ? folds[node.opType]?.(node) : undefined;
  if (folded !== undefined && folded.items.length <= MOST_LENGTHS) return [{ lengths: folded }];
  const operator = operators.get(node.opType);
  if (operator === undefined)
    throw new NablaError(
      "onnx/dynamic",
      "it is supported for lengths that are known while reading, and not for numbers of examples",
    );
  const given: Given = operator(node);
  return Array.isArray(given) ? given : [given as Partial<OnnxValue>];
}

function checkSize(value: OnnxValue): void {
  const shape = shapeOf(value);
  const elements = exampleElements(shape);
  const lengths = shape.every((dim) => typeof dim === "string" || (Number.isSafeInteger(dim) && dim >= 0));
  if (shape.length <= MOST_DIMENSIONS && lengths && elements <= MOST_ELEMENTS) return;
  const message = `it gives the shape [${shape.slice(0, 16).join(", ")}], more than a network can hold`;
  throw new NablaError("onnx/size", message);
}

function countUses({ output }: GraphProto, nodes: ReadonlySet<NodeProto>): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const count = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const { input } of nodes) input.forEach(count);
  for (const { name } of output) count(name ?? "");
  return uses;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}

/** Errors of ops and layers become the file's: they name the node, and their code says what is wrong with it. */
export function inFile<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const code = error.code.startsWith("onnx/")
      ? error.code
      : error.code.startsWith("options/")
        ? "onnx/attribute"
        : "onnx/shape";
    const message = [place, ...error.where, error.sentence].join(": ");
    throw new NablaError(code, message.slice(0, 600), error.code.startsWith("onnx/") ? error.hint : undefined);
  }
}
