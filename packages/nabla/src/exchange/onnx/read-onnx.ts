/** ONNX files as networks that answer as the file does, and can be trained. */

import type { NdArray } from "../../array/ndarray.ts";
import { type Shape, type Size, showShape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import { input, state } from "../../graph/leaf.ts";
import { cast } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../nn/classification-losses.ts";
import { BATCH } from "../../nn/graph-layer.ts";
import type { Loss } from "../../nn/loss.ts";
import { buildModel } from "../../nn/model.ts";
import { squaredError } from "../../nn/regression-losses.ts";
import type { Trained } from "../../train/trained.ts";
import type { ImportedModel } from "../model-json.ts";
import { folds } from "./fold.ts";
import { layerOf, modelOf } from "./layer-node.ts";
import { operators, relatives } from "./operators.ts";
import { type GraphProto, type ModelProto, model as modelSchema, type ValueInfoProto } from "./schema.ts";
import { dtypeFor } from "./tensor-proto.ts";
import { inFile, translate } from "./translate.ts";
import { decode } from "./wire.ts";

export interface ReadOnnxOptions {
  /** Which of several outputs the network gives. Default: the first. */
  readonly output?: string;
  /** The shape of one example, where the file leaves lengths besides the batch open. */
  readonly shape?: Size;
  /** "channelsLast" gives a network that takes images [height, width, channels], as all of nabla does. Default: as the file. */
  readonly images?: "channelsFirst" | "channelsLast";
  /**
   * What the network is to be trained by, and what makes its outputs answers. Default: softmaxCrossEntropy where the file
   * ends with a softmax, sigmoidCrossEntropy where with a sigmoid (which then belong to the loss), else squaredError.
   */
  readonly loss?: Loss;
}

/** A network from an ONNX file: `trained` answers, and `{ model, loss, weights }` of it begin a training. */
export interface OnnxModel extends ImportedModel {
  readonly input: string;
  readonly output: string;
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Operator sets that are read. */
const OPSETS = { from: 13, to: 22 } as const;

/**
 * Reads an ONNX file of opset 13 to 22 with one input of examples. Nothing in it is executed; time and memory are bounded
 * by its size. Throws `onnx/…`: `truncated`, `wire`, `text`, `size` for damaged files, `opset`, `operator` (naming every
 * unknown one), `input`, `external`, `type`, `shape`, `attribute`, `order`, `dynamic` for what cannot be a network here.
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxModel {
  const file = decode(modelSchema, bytes) as unknown as ModelProto;
  const { graph } = file;
  if (graph === undefined || file.opsetImport.length === 0)
    throw new NablaError("onnx/wire", "this is no ONNX model: it has no graph or names no operator set");
  const opset = opsetOf(file);
  refuseUnknown(graph);
  const metadata = Object.fromEntries(file.metadata.map(({ key = "", value = "" }) => [key, value]));
  const own = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !own.has(name));
  const [only, ...more] = inputs;
  if (only === undefined || more.length > 0) {
    const names = inputs.map(({ name }) => JSON.stringify(name ?? "")).slice(0, 8);
    const said = `the model takes ${inputs.length} inputs${names.length === 0 ? "" : ` (${listing(names)})`}, and a network here takes one`;
    throw new NablaError("onnx/input", said, "export it with one input of examples");
  }
  const { shape, batch } = exampleShape(only, options.shape);
  const images = options.images === "channelsLast" && shape.length > 1;
  const taken = images ? [...shape.slice(1), shape[0] ?? 1] : shape;
  const x = input("inputs", [BATCH, ...taken]);
  const whole =
    dtypeFor(only.type?.tensorType?.elementType ?? 1, "the input") === "float32" ? x : cast(x, { dtype: "int32" });
  const name = only.name ?? "";
  const outputs = translate(graph, {
    opset,
    fixedBatch: batch,
    input: images ? { name, last: whole } : { name, tensor: whole },
  });
  const output = options.output ?? graph.output[0]?.name ?? "";
  const found = outputs(output);
  return {
    trained: inFile("the network", () =>
      finish(found, x, {
        shape: taken,
        metadata,
        ...(options.loss === undefined ? {} : { loss: options.loss }),
      }),
    ),
    notices:
      graph.output.length > 1 && options.output === undefined
        ? [`of its ${graph.output.length} outputs the first is taken, "${output}"`]
        : [],
    input: name,
    output,
    opset,
    producer: [file.producerName ?? "", file.producerVersion ?? ""].join(" ").trim(),
    metadata,
  };
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

function refuseUnknown({ node }: GraphProto): void {
  const names = node.map(({ opType = "", domain = "" }) =>
    domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`,
  );
  const unknown = [...new Set(names)].filter((name) => !isKnown(name));
  if (unknown.length === 0) return;
  const shown = unknown
    .slice(0, 40)
    .map((name) => (/^[\w.]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60))));
  const rest = unknown.length > shown.length ? ` and ${unknown.length - shown.length} more` : "";
  const said = `the model uses ${unknown.length === 1 ? "an operator that is" : "operators that are"} not supported: ${shown.join(", ")}${rest}`;
  throw new NablaError("onnx/operator", said, "the table of operators is in docs/onnx.md");
}

function isKnown(name: string): boolean {
  return operators.has(relatives.get(name) ?? name) || Object.hasOwn(folds, name);
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
    const said = `the input ${name} takes examples ${showShape(shown)}, and all lengths must be known`;
    throw new NablaError("onnx/input", said, "say them: readOnnx(bytes, { shape: [3, 32, 32] })");
  }
  const batch = first?.value;
  return { shape, batch: batch !== undefined && batch > 0 ? batch : undefined };
}

interface Finish {
  readonly shape: Size;
  readonly metadata: Readonly<Record<string, string>>;
  readonly loss?: Loss;
}

/** A last softmax or sigmoid belongs to the loss, which takes what comes before it. */
function finish(output: Tensor, x: Tensor, { shape, metadata, loss }: Finish): Trained {
  if (output.shape[0] !== BATCH || output.shape.slice(1).some((dim) => typeof dim !== "number")) {
    const said = `the output has the shape ${showShape(output.shape)}, and a network gives one output for each example`;
    throw new NablaError("onnx/shape", said);
  }
  const last = layerOf(output);
  const ends = output.shape.length === 2 ? last?.layer.kind : undefined;
  const meant = ends === "softmax" ? softmaxCrossEntropy() : ends === "sigmoid" ? sigmoidCrossEntropy() : undefined;
  const used = loss ?? meant ?? squaredError();
  const end = last !== undefined && meant?.kind === used.kind ? last.from : output;
  const { layer, weights } = modelOf(end.dtype === "float32" ? end : cast(end, { dtype: "float32" }), x);
  const kept = new Map([...weights].map(([path, array]) => [path, state(path, array)]));
  const built = buildModel(layer, x, { kept, mode: "predict" });
  used.answer(built.output);
  const classes = classesIn(metadata, built.output.shape);
  return {
    model: layer,
    loss: used,
    weights: weights as ReadonlyMap<string, NdArray>,
    shape,
    ...(classes === undefined ? {} : { classes }),
  };
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
