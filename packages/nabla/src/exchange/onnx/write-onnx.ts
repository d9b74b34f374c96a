/** Networks as ONNX files that predict as nabla does. */
import { filled } from "../../array/ndarray.ts";
import type { Shape } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { inRange } from "../../base/range.ts";
import { checkWord } from "../../base/value-type.ts";
import { temperedShare } from "../../data/class-threshold.ts";
import {
  type Preparation,
  type SoleTarget,
  soleTargets,
  type TargetPreparation,
  thresholdOf,
} from "../../data/preparation.ts";
import { input } from "../../graph/leaf.ts";
import type { ExchangedModel } from "../model-json.ts";
import { CLASSICAL, GraphWriter, valueInfo, whole } from "./graph-writer.ts";
import { inputColumns, isWideTarget } from "./input-type.ts";
import { ownEntry } from "./own-parts.ts";
import { model as modelSchema } from "./schema.ts";
import { DATA_TYPES } from "./tensor-proto.ts";
import { encode } from "./wire.ts";
import { isSoftmax, outputName, type WrittenOutput, writeHead, writeSoftmax } from "./write-heads.ts";
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
 * target's own unit. The output is "probabilities" [batch, classes] or "prediction" [batch, targets]; of several targets
 * there is one for each, as "prediction_price" and "probabilities_kind". Metadata name the classes, the columns and the targets. Throws `options/range`, and `onnx/write` for what ONNX has nothing for.
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
  if (prepared.last !== undefined) writer.startFrom(prepared.last);
  const written = writeLayer({ writer, layer: trained.model, weights: trained.weights, prefix: "" }, prepared);
  const output = { shape: written.shape, last: lastName(writer, written) };
  const between = { input: prepared.last ?? "", output: output.last };
  const outputs = outputsOf(writer, output, { model, calibrated: options.calibrated === true });
  for (const { name, value } of outputs) writer.named(name, "Identity", [lastName(writer, value)]);
  const classical = writer.nodes.some(({ domain }) => domain === CLASSICAL);
  return encode(modelSchema, {
    irVersion: formats[opset - OPSETS.from] ?? 8,
    producerName: PRODUCER,
    graph: {
      node: writer.nodes,
      name: PRODUCER,
      initializer: writer.tensors,
      input: writer.inputs,
      output: outputs.map(({ name, target, value }) => valueInfo(name, outputType(target), value.shape)),
    },
    opsetImport: [
      { domain: "", version: opset },
      ...(classical ? [{ domain: CLASSICAL, version: CLASSICAL_VERSION }] : []),
    ],
    metadata: [...metadataOf(model, form), ...thresholdEntry(model, options), ownEntry(model, between)],
  });
}

interface TargetOutput extends WrittenOutput {
  readonly target: TargetPreparation | SoleTarget | undefined;
}

/** An output for each target; of one target "probabilities" or "prediction". */
function outputsOf(writer: GraphWriter, output: Written, options: AnswerOptions): readonly TargetOutput[] {
  const { trained, preparation } = options.model;
  const { heads } = trained.loss;
  if (heads === undefined || preparation === undefined) {
    const name = trained.loss.task === "classification" ? "probabilities" : "prediction";
    return [{ name, target: preparation?.target, value: answers(writer, output, options) }];
  }
  refuseTemperature(options);
  return soleTargets(preparation).map((target, i) => {
    const head = known(heads[i], target.name);
    return { ...writeHead(writer, output, { head, target }), target };
  });
}

/** Numbers that float32 cannot hold apart come out as float64, as they come in. */
function outputType(target: TargetPreparation | SoleTarget | undefined): number {
  return target?.kind === "number" && isWideTarget(target) ? DATA_TYPES.double : DATA_TYPES.float;
}

interface AnswerOptions {
  readonly model: ExchangedModel;
  readonly calibrated: boolean;
}

function refuseTemperature({ model: { temperature }, calibrated }: AnswerOptions): void {
  if (calibrated && temperature === undefined)
    throw new NablaError("onnx/write", "the model has no temperature to calibrate its probabilities with");
}

/** From the output of the last layer to the prediction a user sees. */
function answers(writer: GraphWriter, output: Written, options: AnswerOptions): Written {
  refuseTemperature(options);
  const { model, calibrated } = options;
  const { trained, preparation, temperature } = model;
  const even = calibrated ? scaledBy(writer, output, 1 / known(temperature, "the temperature")) : output;
  const answered = isSoftmax(trained.loss) ? writeSoftmax(writer, even) : loss(writer, even, model);
  if (preparation === undefined) return answered;
  const { target } = preparation;
  if (target.kind === "number") return writeTarget(writer, answered, target);
  const halves = target.kind === "classes" && answered.shape.at(-1) === 1 && target.classes.length === 2;
  return halves ? bothClasses(writer, answered) : answered;
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

/** `classes`: JSON list of names in the order of the probabilities. `columns`: JSON list of names and kinds, and how texts become codes and weights. `target`: its name. `targets`: JSON list of several, with the output of each. */
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
    ...(target?.kind === "several" ? [{ key: "targets", value: targetsIn(target.targets) }] : []),
  ];
}

/** `threshold`: JSON of the positive one of two classes and the probability, as the file gives it, from which it is the answer. */
function thresholdEntry(
  { preparation, temperature = 1 }: ExchangedModel,
  { calibrated = false }: WriteOnnxOptions,
): readonly { readonly key: string; readonly value: string }[] {
  const threshold = thresholdOf(preparation);
  if (threshold === undefined || preparation?.target.kind !== "classes") return [];
  const from = calibrated ? temperedShare(threshold.from, temperature) : threshold.from;
  return [{ key: "threshold", value: JSON.stringify({ class: preparation.target.classes[threshold.positive], from }) }];
}

function targetsIn(targets: readonly SoleTarget[]): string {
  return JSON.stringify(
    targets.map((target) => {
      const { name, kind } = target;
      const output = outputName(target);
      if (target.kind === "number") return { name, kind, output };
      return target.kind === "classes"
        ? { name, kind, output, classes: target.classes }
        : { name, kind, output, labels: target.labels };
    }),
  );
}

function columnsOf(preparation: Preparation): string {
  return JSON.stringify(
    inputColumns(preparation).map((column) =>
      column.kind === "text" ? column : { name: column.name, kind: column.kind },
    ),
  );
}
