import { type NdArray, ndarray } from "nabla";
import { readNpy, readNpz, writeNpz } from "nabla/exchange";
import { inflate } from "../host/inflate.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { describedModel, modelOfDescription } from "./description.ts";
import type { Found, ImportSource, Written } from "./format.ts";

/** The array that holds everything but the weights, as the signs of JSON. */
const NAME = "nabla";

/** One archive of arrays under our paths. */
export function writeNpzModel(model: TrainedModel, name: string): Written {
  const json = describedModel(model).replace(/[^\0-\x7f]/g, escaped);
  const signs = Int32Array.from(json, (sign) => sign.charCodeAt(0));
  const arrays = new Map<string, NdArray>([...model.trained.weights, [NAME, ndarray(signs, [signs.length])]]);
  const says = `numpy.load("${name}.npz") gives the weights by name; the model itself is bytes(a["${NAME}"].astype("uint8")), JSON`;
  return { files: new Map([[`${name}.npz`, writeNpz(arrays)]]), notices: [says] };
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A model of ours, or weights. A file `.npy` is one array. Throws `npy/…`, `npz/…`, `zip/…` and `model/damaged`. */
export function readNpzModel({ path, bytes }: ImportSource): Found {
  if (path.toLowerCase().endsWith(".npy"))
    return { kind: "weights", tensors: new Map([["arr_0", readNpy(bytes)]]), notices: [] };
  const arrays = new Map(readNpz(bytes, { inflate }));
  const described = arrays.get(NAME);
  if (described === undefined) return { kind: "weights", tensors: arrays, notices: [] };
  arrays.delete(NAME);
  return { kind: "model", model: { ...modelOfDescription(textOf(described), arrays), notices: [] } };
}

function textOf({ data }: NdArray): string {
  return Buffer.from(Uint8Array.from(data)).toString("latin1");
}
