/** Every operator that is read. */
import { NablaError } from "../../base/error.ts";
import { attentionOperators } from "./attention-operators.ts";
import { controlOperators } from "./control-operators.ts";
import { elementwiseOperators } from "./elementwise-operators.ts";
import { folds } from "./fold.ts";
import { matrixOperators } from "./matrix-operators.ts";
import type { Operator } from "./node.ts";
import { normalizationOperators } from "./normalization-operators.ts";
import { padOperators } from "./pad-operators.ts";
import { recurrentOperators } from "./recurrent-operators.ts";
import { reduceOperators } from "./reduce-operators.ts";
import { resizeOperators } from "./resize-operators.ts";
import type { NodeProto } from "./schema.ts";
import { selectionOperators } from "./selection-operators.ts";
import { shapeOperators } from "./shape-operators.ts";
import { transposedConvolution } from "./transposed-convolution.ts";
import { windowOperators } from "./window-operators.ts";

/** Operators of ONNX's own domain by name, opset 9 to 28. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...attentionOperators,
    ...controlOperators,
    ...elementwiseOperators,
    ...matrixOperators,
    ...normalizationOperators,
    ...padOperators,
    ...recurrentOperators,
    ...reduceOperators,
    ...resizeOperators,
    ...selectionOperators,
    ...shapeOperators,
    ...windowOperators,
    ConvTranspose: transposedConvolution,
  }),
);

/** Operators of other domains that mean the same as one of ONNX's own. */
export const relatives: ReadonlyMap<string, string> = new Map([["com.microsoft.Gelu", "Gelu"]]);

/**
 * Attributes that may be passed over because they change no number of a network, each with the reason. Every other
 * attribute that an operator does not look at is refused by name.
 */
export const harmless: { readonly [opType: string]: { readonly [attribute: string]: string } } = {
  Cast: {
    saturate: "concerns 8-bit floats, which are refused",
    round_mode: "concerns 8-bit floats, which are refused",
  },
  CastLike: {
    saturate: "concerns 8-bit floats, which are refused",
    round_mode: "concerns 8-bit floats, which are refused",
  },
  Dropout: { seed: "a network has seeds of its own", is_test: "predictions drop nothing" },
  LayerNormalization: { stash_type: "a type of numbers inside; all floats are float32" },
  RMSNormalization: { stash_type: "a type of numbers inside; all floats are float32" },
  Attention: { softmax_precision: "a type of numbers inside; all floats are float32" },
  TopK: { sorted: "any order may be given, and here it is the sorted one" },
  GroupNormalization: { stash_type: "a type of numbers inside; all floats are float32" },
  MaxPool: { storage_order: "orders positions, an output that is refused" },
};

/** Throws `onnx/operator`, naming every operator among the nodes that is not read. */
export function refuseUnknown(nodes: Iterable<NodeProto>): void {
  const names = [...nodes].map(({ opType = "", domain = "" }) =>
    domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`,
  );
  const unknown = [...new Set(names)].filter((name) => !isKnown(name));
  if (unknown.length === 0) return;
  const shown = unknown
    .slice(0, 40)
    .map((name) => (/^[\w.]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60))));
  const rest = unknown.length > shown.length ? ` and ${unknown.length - shown.length} more` : "";
  const message = `the model uses ${unknown.length === 1 ? "an operator that is" : "operators that are"} not supported: ${shown.join(", ")}${rest}`;
  throw new NablaError("onnx/operator", message, "the table of operators is in docs/onnx.md");
}

function isKnown(name: string): boolean {
  return operators.has(relatives.get(name) ?? name) || Object.hasOwn(folds, name);
}
