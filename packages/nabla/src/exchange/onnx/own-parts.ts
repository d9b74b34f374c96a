/** Metadata of files that nabla wrote: where the network starts and ends, and its preprocessing, as JSON. */
import type { Size } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { describe } from "../../base/described.ts";
import { NablaError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Preparation } from "../../data/preparation.ts";
import { preparationFrom } from "../../data/read-preparation.ts";
import type { Loss } from "../../nn/loss.ts";
import { lossFrom } from "../../nn/losses.ts";
import type { ExchangedModel } from "../model-json.ts";

/** The key in the metadata. */
const KEY = "nabla";

/** The network between two values of the graph, and what surrounds it. */
export interface OwnParts {
  readonly input: string;
  readonly output: string;
  readonly shape: Size;
  readonly loss: Loss;
  /** Names of the classes; absent for numbers. */
  readonly classes?: readonly string[];
  /** How rows become inputs; absent where the file does not say. */
  readonly preparation?: Preparation;
  /** What logits are divided by; 1 by default. */
  readonly temperature?: number;
}

/** The entry of the metadata for a network between two values. */
export function ownEntry(
  { trained, preparation, temperature }: ExchangedModel,
  between: { readonly input: string; readonly output: string },
): { readonly key: string; readonly value: string } {
  const { loss, shape, classes } = trained;
  const own = { ...between, shape, loss: describe(loss), classes, preparation, temperature };
  return { key: KEY, value: JSON.stringify(own) };
}

/** The parts, where the metadata name them. Throws `onnx/metadata` where they are damaged. */
export function ownParts(metadata: Readonly<Record<string, string>>): OwnParts | undefined {
  const text = Object.hasOwn(metadata, KEY) ? metadata[KEY] : undefined;
  if (text === undefined) return undefined;
  try {
    return partsFrom(JSON.parse(text));
  } catch (error) {
    const why = error instanceof NablaError ? [...error.where, error.sentence].join(": ") : "they are not valid JSON";
    throw new NablaError(
      "onnx/metadata",
      `the metadata "${KEY}" are damaged: ${why.slice(0, 300)}`,
      "write the file again, or take the entry out",
    );
  }
}

function partsFrom(json: { readonly [name: string]: Json } | null): OwnParts {
  const { input, output, shape, loss, classes, preparation, temperature } = json ?? {};
  if (typeof input !== "string" || typeof output !== "string") throw damaged("the names of input and output");
  if (
    !Array.isArray(shape) ||
    shape.length > 8 ||
    !shape.every((length: Json) => Number.isSafeInteger(length) && Number(length) > 0)
  )
    throw damaged("the shape");
  if (classes !== undefined && !(Array.isArray(classes) && classes.every((name: Json) => typeof name === "string")))
    throw damaged("the classes");
  return compact({
    input,
    output,
    shape: shape as Size,
    loss: lossFrom(loss ?? null, "loss"),
    classes: classes === undefined ? undefined : (classes as readonly string[]),
    preparation: preparation === undefined ? undefined : preparationFrom(preparation),
    ...(typeof temperature === "number" && temperature > 0 ? { temperature } : {}),
  });
}

function damaged(what: string): NablaError {
  return new NablaError("onnx/metadata", `${what} cannot be read`);
}
