/** ONNX files as networks that predict as the file does, and can be trained. */
import { elementsOf, type Shape, type Size, showShape, sizeOf } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { known, NablaError } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import { input, state } from "../../graph/leaf.ts";
import { cast, concat, reshape, slice } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../nn/classification-losses.ts";
import { BATCH_AXIS } from "../../nn/graph-layer.ts";
import type { Loss } from "../../nn/loss.ts";
import { buildModel } from "../../nn/model.ts";
import { squaredError } from "../../nn/regression-losses.ts";
import type { Trained } from "../../train/trained.ts";
import { layerOf, modelOf } from "../layer-node.ts";
import type { ImportedModel } from "../model-json.ts";
import { type ExampleInput, entryInputs, neededFor } from "./entry.ts";
import { refuseUnknown } from "./operators.ts";
import { ownParts } from "./own-parts.ts";
import { type ModelProto, model as modelSchema } from "./schema.ts";
import { isExternal, locationOf } from "./tensor-proto.ts";
import { inFile, translate } from "./translate.ts";
import type { OnnxValue } from "./value.ts";
import { fedRange } from "./whole-numbers.ts";
import { decode } from "./wire.ts";

/** Options of `readOnnx`. */
export interface ReadOnnxOptions {
  /** Where the network starts: an input, or a value after preprocessing (needs `shape`). Default: every input that is needed. */
  readonly input?: string;
  /** Which of several outputs the network gives. Default: the first. */
  readonly output?: string;
  /**
   * Several outputs by name, which the network gives one after the other in one row of numbers. Instead of `output`.
   * By default the only output of the file.
   */
  readonly outputs?: readonly string[];
  /** The shape of one example, where the file leaves lengths besides the batch open. Default: the file's. */
  readonly shape?: Size;
  /** Files beside the model's that hold its weights, by name; `onnxFiles` says which; none by default. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** "channelsLast" gives a network that takes images [height, width, channels], as all of nabla does. Default: as the file. */
  readonly images?: "channelsFirst" | "channelsLast";
  /**
   * The loss to train with, which also turns outputs into predictions. Default: softmaxCrossEntropy where the file
   * ends with a softmax, sigmoidCrossEntropy where with a sigmoid (which then belong to the loss), else squaredError.
   */
  readonly loss?: Loss;
}

/** A network from an ONNX file: `trained` predicts, and its `{ model, loss, weights }` start a training run. */
export interface OnnxModel extends ImportedModel {
  /** The first input. */
  readonly input: string;
  /** All inputs; of several, the numbers of an example stand in one row, in this order. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Operator sets that are read. */
const OPSETS = { from: 9, to: 28 } as const;

/**
 * Reads an ONNX file of opset 9 to 28 with one input of examples. Nothing in it is executed; time and memory are bounded
 * by its size. A file of ours comes back whole: its network, its preparation and its loss. Throws `onnx/…`: `truncated`,
 * `wire`, `text`, `size` for damaged files; `operator`, naming every unknown one; `opset`, `input`, `external`, `type`,
 * `value`, `shape`, `attribute`, `order`, `dynamic`, `metadata` for what cannot be a network here.
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxModel {
  const file = decode(modelSchema, bytes) as unknown as ModelProto;
  const { graph } = file;
  if (graph === undefined || file.opsetImport.length === 0)
    throw new NablaError("onnx/wire", "this is no ONNX model: it has no graph or names no operator set");
  const opset = opsetOf(file);
  const metadata = Object.fromEntries(file.metadata.map(({ key = "", value = "" }) => [key, value]));
  const asked = options.input ?? options.outputs ?? options.output ?? options.loss ?? options.images;
  const own = asked === undefined ? ownParts(metadata) : undefined;
  const output = own?.output ?? options.output ?? options.outputs?.[0] ?? graph.output[0]?.name ?? "";
  if (output === "") throw new NablaError("onnx/order", "the graph names no output");
  const begins = own?.input ?? options.input;
  const needed = neededFor(graph, [output, ...(options.outputs ?? [])], begins);
  refuseUnknown(needed.nodes);
  const entries = entryInputs(graph, needed, { input: begins, shape: own?.shape ?? options.shape });
  const images = options.images === "channelsLast";
  const { x, inputs, note } = entries.length === 1 ? alone(entries[0], images) : inOneRow(entries);
  const taken = sizeOf(x.shape.slice(1));
  const start = {
    opset,
    fixedBatch: entries[0]?.batch,
    nodes: needed.nodes,
    inputs,
    externalData: (location: string) => options.files?.get(location),
  };
  const find = translate(graph, start);
  const found = options.outputs === undefined ? find(output) : joinedOutputs(options.outputs.map(find));
  const network = inFile("the network", () => networkOf(found, x, own?.loss ?? options.loss, own === undefined));
  const classes = own?.classes ?? classesIn(metadata, found.shape);
  const asks = options.output ?? options.outputs;
  const others = own === undefined && asks === undefined ? graph.output.length - 1 : 0;
  return compact({
    trained: { ...network, shape: taken, ...compact({ classes }) },
    preparation: own?.preparation,
    temperature: own?.temperature,
    notices: [
      ...(others > 0 ? [`of its ${others + 1} outputs the first is used, "${output}"`] : []),
      ...(note === undefined ? [] : [note]),
    ],
    input: entries[0]?.name ?? "",
    inputs: entries.map(({ name }) => name),
    output,
    opset,
    producer: [file.producerName ?? "", file.producerVersion ?? ""].join(" ").trim(),
    metadata,
  });
}

/**
 * The names of files beside the model's that hold its weights, none for most. Each lies in the model's folder or below
 * it. Throws `onnx/external` for a name that leads out of it.
 */
export function onnxFiles(bytes: Uint8Array): readonly string[] {
  const { graph } = decode(modelSchema, bytes) as unknown as ModelProto;
  return [...new Set(graph?.initializer.filter(isExternal).map(locationOf))];
}

/** What the network takes, and the values of the file that are cut out of it. */
interface Taken {
  readonly x: Tensor;
  readonly inputs: readonly OnnxValue[];
  readonly note?: string;
}

function alone(entry: ExampleInput | undefined, images: boolean): Taken {
  const { name, shape, dtype, type } = known(entry, "an input");
  const turned = images && shape.length > 1;
  const x = input("inputs", [BATCH_AXIS, ...(turned ? [...shape.slice(1), shape[0] ?? 1] : shape)]);
  const fed = dtype === "float32" ? x : cast(x, { dtype: "int32" });
  return { x, inputs: [compact({ name, ...(turned ? { last: fed } : { tensor: fed }), whole: fedRange(type) })] };
}

/** Several inputs stand one after the other in one row of numbers. */
function inOneRow(entries: readonly ExampleInput[]): Taken {
  const counts = entries.map(({ shape }) => elementsOf(shape));
  const x = input("inputs", [BATCH_AXIS, counts.reduce((total, count) => total + count, 0)]);
  let from = 0;
  const inputs = entries.map(({ name, shape, dtype, type }, i) => {
    const row = slice(x, { axis: 1, from, to: from + (counts[i] ?? 0) });
    from += counts[i] ?? 0;
    const laid = shape.length === 1 ? row : reshape(row, { shape: [BATCH_AXIS, ...shape] });
    return compact({ name, tensor: dtype === "float32" ? laid : cast(laid, { dtype }), whole: fedRange(type) });
  });
  const parts = entries.map(({ name }, i) => `${counts[i]} of ${JSON.stringify(name.slice(0, 60))}`);
  return { x, inputs, note: `its ${entries.length} inputs stand in one row of numbers: ${listing(parts.slice(0, 8))}` };
}

/** Several outputs stand one after the other in one row of numbers. */
function joinedOutputs(outputs: readonly Tensor[]): Tensor {
  const rows = outputs.map((one) => {
    const [batch, ...rest] = one.shape;
    if (batch !== BATCH_AXIS || rest.some((dim) => typeof dim !== "number"))
      throw new NablaError(
        "onnx/shape",
        `an output has the shape ${showShape(one.shape)}, and a network gives one for each example`,
      );
    const flat = rest.length === 1 ? one : reshape(one, { shape: [BATCH_AXIS, elementsOf(rest as Size)] });
    return flat.dtype === "float32" ? flat : cast(flat, { dtype: "float32" });
  });
  return rows.length === 1 ? known(rows[0], "an output") : concat(rows, { axis: 1 });
}

function opsetOf({ opsetImport }: ModelProto): number {
  const version = opsetImport.find(({ domain = "" }) => domain === "" || domain === "ai.onnx")?.version ?? 0;
  if (version >= OPSETS.from && version <= OPSETS.to) return version;
  throw new NablaError(
    "onnx/opset",
    `the file uses operator set ${version}, and ${OPSETS.from} to ${OPSETS.to} are read`,
    "export it again with another opset_version, or convert it with onnx.version_converter",
  );
}

/** A last softmax or sigmoid belongs to the loss, which takes what comes before it; not so in files of ours, which say where. */
function networkOf(output: Tensor, x: Tensor, loss: Loss | undefined, strips: boolean): Omit<Trained, "shape"> {
  if (output.shape[0] !== BATCH_AXIS || output.shape.slice(1).some((dim) => typeof dim !== "number")) {
    const message = `the output has the shape ${showShape(output.shape)}, and a network gives one output for each example`;
    throw new NablaError("onnx/shape", message);
  }
  const last = layerOf(output);
  const ends = output.shape.length === 2 && strips ? last?.layer.kind : undefined;
  const meant = ends === "softmax" ? softmaxCrossEntropy() : ends === "sigmoid" ? sigmoidCrossEntropy() : undefined;
  const used = loss ?? meant ?? squaredError();
  const end = last !== undefined && meant?.kind === used.kind ? last.from : output;
  const { layer, weights } = modelOf(end.dtype === "float32" ? end : cast(end, { dtype: "float32" }), x);
  const variables = new Map([...weights].map(([path, array]) => [path, state(path, array)]));
  used.answer(buildModel(layer, x, { variables, mode: "predict" }).output);
  return { model: layer, loss: used, weights };
}

function classesIn({ classes }: Readonly<Record<string, string>>, output: Shape): readonly string[] | undefined {
  if (classes === undefined) return undefined;
  try {
    const names: unknown = JSON.parse(classes);
    if (
      Array.isArray(names) &&
      names.every((name) => typeof name === "string") &&
      (output.at(-1) === names.length || names.length === 2)
    )
      return names;
  } catch {
    // other tools may mean something else by the word
  }
  return undefined;
}
