/** What a layer's class is, however a version of Keras spells it. */
import { NablaError } from "../../base/error.ts";
import { quoted } from "../quoted.ts";
import { type JsonRecord, textFrom } from "./record.ts";

/** A class as the readers know it. */
export interface KerasClass {
  readonly className: string;
  /** An operation of `keras.ops`, such as the `+` of two tensors, which is called like a layer and is none. */
  readonly operation: boolean;
}

/** Containers of layers. */
export const MODEL_CLASSES: ReadonlySet<string> = new Set(["Sequential", "Functional", "Model"]);

/** Names that TensorFlow 1.13 to 2.0 and Keras 1 used for what has another name since. */
const FORMER: Readonly<Record<string, string>> = {
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  LayerNormalizationV1: "LayerNormalization",
  LayerNormalizationV2: "LayerNormalization",
  DropoutV2: "Dropout",
  SyncBatchNormalization: "BatchNormalization",
  DepthwiseConv2DNative: "DepthwiseConv2D",
  Convolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  Convolution2DTranspose: "Conv2DTranspose",
  SeparableConvolution1D: "SeparableConv1D",
  SeparableConvolution2D: "SeparableConv2D",
  MaxPool1D: "MaxPooling1D",
  MaxPool2D: "MaxPooling2D",
  AvgPool1D: "AveragePooling1D",
  AvgPool2D: "AveragePooling2D",
  GlobalAvgPool1D: "GlobalAveragePooling1D",
  GlobalAvgPool2D: "GlobalAveragePooling2D",
  GlobalMaxPool1D: "GlobalMaxPooling1D",
  GlobalMaxPool2D: "GlobalMaxPooling2D",
};

/** Packages whose names before a class mean Keras's own: "keras.layers>Dense". */
const OWN = /^(?:(?:tensorflow\.(?:python\.)?|tf\.)?_?(?:tf_)?keras(?:\.[\w.]+)?|builtins)$/;
const OPERATIONS = /^keras(?:\.src)?\.ops(?:\.|$)/;

/**
 * The class of `{ module, class_name, registered_name }`. A class of somebody's own that is called like one of Keras's is
 * not that one: throws `keras/layer`.
 */
export function classOf(
  { module, class_name: given, registered_name: registered }: JsonRecord,
  what: string,
): KerasClass {
  const whole = textFrom(given, `the class_name of ${what}`);
  const cut = whole.lastIndexOf(">");
  const bare = whole.slice(cut + 1);
  const packages = [
    ...(cut < 0 ? [] : [whole.slice(0, cut)]),
    ...(typeof module === "string" ? [module] : []),
    ...(typeof registered === "string" && registered.includes(">") ? [registered.split(">")[0] ?? ""] : []),
  ];
  const foreign = packages.find((name) => !OWN.test(name));
  if (foreign !== undefined) {
    const message = `${what} is of the class ${quoted(bare)} of ${quoted(foreign)}, which is not Keras's own`;
    throw new NablaError("keras/layer", message, "build it of Keras's layers and save that");
  }
  const className = Object.hasOwn(FORMER, bare) ? (FORMER[bare] ?? bare) : bare;
  return { className, operation: packages.some((name) => OPERATIONS.test(name)) };
}
