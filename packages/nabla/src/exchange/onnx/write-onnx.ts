/** Networks as ONNX files that predict as nabla does. */
import { filled } from "../../array/ndarray.ts";
import type { Shape } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { inRange } from "../../base/range.ts";
import { checkWord } from "../../base/value-type.ts";
import type { Preparation } from "../../data/preparation.ts";
import { input } from "../../graph/leaf.ts";
import type { ExchangedModel } from "../model-json.ts";
import { CLASSICAL, GraphWriter, valueInfo, whole } from "./graph-writer.ts";
import { inputColumns, isWideTarget } from "./input-type.ts";
import { ownEntry } from "./own-parts.ts";
import { model as modelSchema } from "./schema.ts";
import { DATA_TYPES } from "./tensor-proto.ts";
import { encode } from "./wire.ts";
import { writeLayer } from "./write-layers.ts";
import { writeTensor } from "./write-ops.ts";
import { formFor, type InputForm, writePreparation } from "./write-preparation.ts";
import { writeTarget } from "./write-target.ts";
import { lastName, type Written } from "./written.ts";

/** Options of `writeOnnx`. */
export interface WriteOnnxOptions {
  /** The operator set, 17 to 22. Default 17, which every runtime of the last years reads. */
  readonly opset?: number;
  /**
   * How raw rows come in, for a model with its preparation: "columns", an input [batch, 1] for each under its name, or
   * "matrix", one input [batch, columns]. Default: a matrix where all columns are numbers.
   */
  readonly inputs?: InputForm;
  /** Divides by the model's temperature before the softmax, so that its probabilities are honest. Default false. */
  readonly calibrated?: boolean;
}

/** What the file calls itself. */
const PRODUCER = "nabla";

const OPSETS = { from: 17, to: 22 } as const;

/** The format's version that came with each operator set. */
const formats: readonly number[] = [8, 8, 9, 9, 10, 10];

/** The version of `ai.onnx.ml` for categories: as old as the operators that are used. */
const CLASSICAL_VERSION = 3;

/**
 * A model as an inference graph: preprocessing where the model has it, the layers, and probabilities or numbers in the
 * target's own unit. The output is "probabilities" [batch, classes] or "prediction" [batch, targets]; metadata name the
 * classes, the columns and the target. Throws `options/range`, and `onnx/write` for what ONNX has nothing for.
 */
export function writeOnnx(model: ExchangedModel, options: WriteOnnxOptions = {}): Uint8Array {
  const { trained, preparation } = model;
  const opset = inRange("opset", options.opset ?? OPSETS.from, {
    atLeast: OPSETS.from,
    atMost: OPSETS.to,
    whole: true,
  });
  const writer = new GraphWriter(opset);
  const form =
    preparation === undefined
      ? undefined
      : checkWord("inputs", options.inputs ?? formFor(preparation), ["columns", "matrix"]);
  const prepared =
    preparation === undefined || form === undefined
      ? { shape: ["batch", ...trained.shape], last: writer.input("inputs", DATA_TYPES.float, trained.shape) }
      : writePreparation(writer, preparation, form);
  if (String(prepared.shape.slice(1)) !== String(trained.shape)) {
    const message = `the preparation gives examples of shape [${prepared.shape.slice(1).join(", ")}], and the model takes [${trained.shape.join(", ")}]`;
    throw new NablaError("onnx/write", message, "give the preparation that the model was trained with");
  }
  const written = writeLayer({ writer, layer: trained.model, weights: trained.weights, prefix: "" }, prepared);
  const output = { shape: written.shape, last: lastName(writer, written) };
  const between = { input: prepared.last ?? "", output: output.last };
  const found = answers(writer, output, { model, calibrated: options.calibrated === true });
  const name = trained.loss.task === "classification" ? "probabilities" : "prediction";
  writer.named(name, "Identity", [lastName(writer, found)]);
  const classical = writer.nodes.some(({ domain }) => domain === CLASSICAL);
  return encode(modelSchema, {
    irVersion: formats[opset - OPSETS.from] ?? 8,
    producerName: PRODUCER,
    graph: {
      node: writer.nodes,
      name: PRODUCER,
      initializer: writer.tensors,
      input: writer.inputs,
      output: [valueInfo(name, outputType(preparation), found.shape)],
    },
    opsetImport: [
      { domain: "", version: opset },
      ...(classical ? [{ domain: CLASSICAL, version: CLASSICAL_VERSION }] : []),
    ],
    metadata: [...metadataOf(model, form), ownEntry(model, between)],
  });
}

/** Numbers that float32 cannot hold apart come out as float64, as they come in. */
function outputType(preparation: Preparation | undefined): number {
  const target = preparation?.target;
  return target?.kind === "number" && isWideTarget(target) ? DATA_TYPES.double : DATA_TYPES.float;
}

/** From the output of the last layer to the prediction a user sees. */
function answers(
  writer: GraphWriter,
  output: Written,
  { model, calibrated }: { readonly model: ExchangedModel; readonly calibrated: boolean },
): Written {
  const { trained, preparation, temperature } = model;
  if (calibrated && temperature === undefined)
    throw new NablaError("onnx/write", "the model has no temperature to calibrate its probabilities with");
  const even = calibrated ? scaledBy(writer, output, 1 / known(temperature, "the temperature")) : output;
  const softmax = trained.loss.kind === "softmaxCrossEntropy";
  const answered = softmax
    ? { shape: even.shape, last: writer.node("Softmax", [lastName(writer, even)], { axis: whole(-1) }) }
    : loss(writer, even, model);
  if (preparation === undefined) return answered;
  const { target } = preparation;
  if (target.kind === "number") return writeTarget(writer, answered, target);
  return answered.shape.at(-1) === 1 && target.classes.length === 2 ? bothClasses(writer, answered) : answered;
}

function loss(writer: GraphWriter, output: Written, { trained }: ExchangedModel): Written {
  const x = input("output", output.shape);
  return writeTensor(writer, trained.loss.answer(x), new Map([[x, output]]));
}

function scaledBy(writer: GraphWriter, value: Written, factor: number): Written {
  if (factor === 1) return value;
  return {
    shape: value.shape,
    last: writer.node("Mul", [lastName(writer, value), writer.array(filled([], factor), "factor")]),
  };
}

/** One output for two classes is the probability of the second. */
function bothClasses(writer: GraphWriter, value: Written): Written {
  const second = lastName(writer, value);
  const first = writer.node("Sub", [writer.array(filled([], 1), "one"), second]);
  const shape: Shape = value.shape.with(-1, 2);
  return { shape, last: writer.node("Concat", [first, second], { axis: whole(-1) }) };
}

/** `classes`: JSON list of names in the order of the probabilities. `columns`: JSON list of names and kinds, and how texts become codes and weights. `target`: its name. */
function metadataOf(
  { trained, preparation }: ExchangedModel,
  form: InputForm | undefined,
): readonly { readonly key: string; readonly value: string }[] {
  const target = preparation?.target;
  const classes = target?.kind === "classes" ? target.classes : trained.classes;
  return [
    ...(classes === undefined ? [] : [{ key: "classes", value: JSON.stringify(classes) }]),
    ...(preparation === undefined ? [] : [{ key: "columns", value: columnsOf(preparation) }]),
    ...(form === undefined ? [] : [{ key: "inputs", value: form }]),
    ...(target === undefined ? [] : [{ key: "target", value: target.name }]),
  ];
}

function columnsOf(preparation: Preparation): string {
  return JSON.stringify(
    inputColumns(preparation).map((column) =>
      column.kind === "text" ? column : { name: column.name, kind: column.kind },
    ),
  );
}
