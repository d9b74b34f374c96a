/** Traverses the nodes of an ONNX graph and builds the same computation from our ops and layers. */
import { NablaError } from "../../base/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { knownArray } from "../known-array.ts";
import { folds } from "./fold.ts";
import { type Given, OnnxNode, type Translation } from "./node.ts";
import { harmless, operators, refuseUnknown, relatives } from "./operators.ts";
import type { GraphProto, NodeProto, TensorProto } from "./schema.ts";
import { MOST_DEPTH, namesRead } from "./subgraph.ts";
import { type ExternalData, readTensor } from "./tensor-proto.ts";
import {
  arrayValue,
  exampleElements,
  MOST_ELEMENTS,
  MOST_LENGTHS,
  type OnnxValue,
  shapeOf,
  TensorPool,
} from "./value.ts";
import { inWholeTypes, wholeValue } from "./whole-numbers.ts";

/** What a translation starts from. */
export interface TranslationStart {
  readonly opset: number;
  readonly fixedBatch: number | undefined;
  /** What comes in, under the names of the file. */
  readonly inputs: readonly OnnxValue[];
  /** The nodes that are needed; the others are passed over. */
  readonly nodes: ReadonlySet<NodeProto>;
  readonly externalData: ExternalData;
}

/** Axes that one value may have. */
const MOST_DIMENSIONS = 12;
/** Nodes that loops may be written out to. */
const MOST_STEPS = 2 ** 17;

/** The tensor of each output by name. Throws `onnx/…` with the place, "node 3 (Conv)". */
export function translate(graph: GraphProto, start: TranslationStart): (output: string) => Tensor {
  const find = traverse(graph, {
    translation: {
      opset: start.opset,
      fixedBatch: start.fixedBatch,
      tensors: new TensorPool(),
      uses: countUses(graph, start.nodes),
      externalData: start.externalData,
    },
    nodes: start.nodes,
    inputs: start.inputs,
    outer: () => undefined,
    budget: { steps: MOST_STEPS },
    depth: 0,
  });
  return (output) => {
    const value = find.value(output);
    if (value === undefined) throw new NablaError("onnx/order", `no node gives the output ${shown(output)}`);
    if (value.absent !== undefined) throw new NablaError("onnx/attribute", `the model gives ${value.absent}`);
    return inFile(`output ${shown(output)}`, () => find.translation.tensors.of(value));
  };
}

/** One graph on its way: the model's, or one inside a node. */
interface Traversal {
  readonly translation: Translation;
  readonly nodes: ReadonlySet<NodeProto>;
  readonly inputs: readonly OnnxValue[];
  /** Values of the graph around. */
  readonly outer: (name: string) => OnnxValue | undefined;
  readonly budget: { steps: number };
  readonly depth: number;
}

interface Found {
  readonly translation: Translation;
  readonly value: (name: string) => OnnxValue | undefined;
}

function traverse(graph: GraphProto, traversal: Traversal): Found {
  const { translation, inputs, outer, budget } = traversal;
  const values = new Map<string, OnnxValue>(inputs.map((value) => [value.name, value]));
  const stored = new Map(graph.initializer.map((proto) => [proto.name ?? "", proto]));
  const value = (name: string): OnnxValue | undefined => {
    const made = values.get(name);
    if (made !== undefined) return made;
    const proto = stored.get(name);
    if (proto === undefined) return outer(name);
    const read = initializerValue(name, proto, translation);
    values.set(name, read);
    return read;
  };
  const run: Run = { traversal, values, find: value };
  for (const [i, proto] of graph.node.entries()) {
    if (!traversal.nodes.has(proto)) continue;
    if (--budget.steps < 0) throw new NablaError("onnx/size", `loops come to more than ${MOST_STEPS} nodes`);
    inFile(`node ${i + 1} (${shown(proto.opType ?? "")})`, () => runNode(proto, run));
  }
  return { translation, value };
}

/** Floats of one axis and more are what training changes; single numbers are settings. */
function initializerValue(name: string, proto: TensorProto, { externalData }: Translation): OnnxValue {
  const array = readTensor(proto, externalData);
  const value = arrayValue(name, array, array.dtype === "float32" && array.shape.length > 0);
  return array.dtype === "float64" ? wholeValue(value, proto.dataType ?? 0) : value;
}

interface Run {
  readonly traversal: Traversal;
  readonly values: Map<string, OnnxValue>;
  readonly find: (name: string) => OnnxValue | undefined;
}

function runNode(proto: NodeProto, run: Run): void {
  const inputs = proto.input.map((name) => {
    if (name === "") return undefined;
    const value = run.find(name);
    if (value === undefined) {
      const message = `it reads ${shown(name)}, which nothing before it gives: the graph is cyclic, out of order or lacks a node`;
      throw new NablaError("onnx/order", message);
    }
    if (value.absent === undefined) return value;
    throw new NablaError("onnx/attribute", `it reads ${shown(name)}, ${value.absent}`);
  });
  const outputs = proto.output.findLastIndex((name) => name !== "") + 1;
  const own = (proto.domain ?? "") === "" || proto.domain === "ai.onnx";
  const full = own ? (proto.opType ?? "") : `${proto.domain}.${proto.opType}`;
  const opType = relatives.get(full) ?? full;
  const node = new OnnxNode(opType, run.traversal.translation, {
    inputs,
    outputs,
    attributes: proto.attribute,
    enter: (graph, given, often) => enter(graph, { given, often, run }),
  });
  const given = translated(node);
  for (const [i, name] of proto.output.entries()) {
    if (name === "") continue;
    const value = given[i] ?? { absent: `output ${i + 1} of ${shown(opType)}, which is not supported` };
    const named = { ...value, name };
    checkSize(named);
    run.values.set(name, named);
  }
}

/** Runs a graph inside a node; weights that it reads belong to one layer where it runs once. */
function enter(
  graph: GraphProto,
  { given, often, run }: { readonly given: readonly OnnxValue[]; readonly often: boolean; readonly run: Run },
): readonly OnnxValue[] {
  const { translation, budget, depth } = run.traversal;
  if (depth >= MOST_DEPTH)
    throw new NablaError("onnx/size", `graphs lie inside of graphs more than ${MOST_DEPTH} deep`);
  refuseUnknown(graph.node);
  const nodes = new Set(graph.node);
  const uses = new Map(translation.uses);
  for (const [name, count] of countUses(graph, nodes))
    uses.set(name, often ? 2 : Math.max(count, translation.uses.get(name) ?? 0));
  const inputs = graph.input.map(({ name = "" }, i) => {
    const value = given[i];
    if (value === undefined)
      throw new NablaError("onnx/input", `the graph inside reads ${shown(name)}, which it is not given`);
    return { ...value, name };
  });
  const { value } = traverse(graph, {
    translation: { ...translation, uses },
    nodes,
    inputs,
    outer: run.find,
    budget,
    depth: depth + 1,
  });
  return graph.output.map(({ name = "" }) => {
    const found = value(name);
    if (found === undefined) throw new NablaError("onnx/order", `no node inside gives the output ${shown(name)}`);
    return found;
  });
}

function translated(node: OnnxNode): readonly Partial<OnnxValue>[] {
  const counted =
    node.inputs.length > 0 && node.inputs.every((value) => value === undefined || value.lengths !== undefined);
  const folded = counted && Object.hasOwn(folds, node.opType) ? folds[node.opType]?.(node) : undefined;
  const ignored = harmless[node.opType] ?? {};
  if (folded !== undefined && folded.items.length <= MOST_LENGTHS) {
    node.refuseUnread(ignored);
    return inWholeTypes(node, [{ lengths: folded }]);
  }
  const operator = operators.get(node.opType);
  if (operator === undefined)
    throw new NablaError(
      "onnx/dynamic",
      "it is supported for lengths that are known while reading, and not for numbers of examples",
    );
  const given: Given = operator(node);
  node.refuseUnread(ignored);
  const all = inWholeTypes(node, Array.isArray(given) ? given : [given]);
  return node.inputs.length > 0 && node.inputs.every(isSetting) ? all.map(settled) : all;
}

/** Whether a value is known and no weight, or left out. */
function isSetting(value: OnnxValue | undefined): boolean {
  if (value === undefined) return true;
  const { tensor, last, array, lengths, learned } = value;
  if (tensor !== undefined || last !== undefined || learned === true) return false;
  return array !== undefined || lengths?.items.every((item) => typeof item === "number") === true;
}

/** What was computed from settings alone is one. */
function settled(value: Partial<OnnxValue>): Partial<OnnxValue> {
  const array = value.tensor === undefined ? undefined : knownArray(value.tensor);
  if (array === undefined) return value;
  const made = arrayValue("", array, false);
  return value.whole === undefined ? made : wholeValue(made, value.whole.type);
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
  for (const node of nodes) namesRead(node).forEach(count);
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
    const message = [place, ...error.where, error.sentence].join(": ");
    throw new NablaError(codeOf(error), message.slice(0, 600), error.code.startsWith("onnx/") ? error.hint : undefined);
  }
}

/** What readers of several formats share speaks of none of them. */
function codeOf({ code }: NablaError): string {
  const [area, what] = code.split("/");
  if (area === "onnx" || area === "exchange") return `onnx/${what}`;
  return area === "options" ? "onnx/attribute" : "onnx/shape";
}
