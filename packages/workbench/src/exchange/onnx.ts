import { listing } from "nabla";
import { isNeutral, type OnnxModel, onnxFiles, readOnnx, wideInputs, writeOnnx } from "nabla/exchange";
import type { TrainedModel } from "../store/trained-model.ts";
import type { Found, ImportSource, Written } from "./format.ts";
import { seriesNotice } from "./prepared-notice.ts";

/** One inference graph with the preparation inside; probabilities are as `nabla predict` gives them. */
export function writeOnnxModel(model: TrainedModel, name: string): Written {
  const { trained, preparation, temperature, unnamed } = model;
  const own = { trained, ...(temperature === undefined ? {} : { temperature }) };
  const options = { calibrated: temperature !== undefined };
  // a network from elsewhere takes numbers as it did there: what its file scaled belongs to it
  const bare = unnamed === true && isNeutral(preparation);
  const bytes = writeOnnx(bare ? own : { ...own, preparation }, options);
  return {
    files: new Map([[`${name}.onnx`, bytes]]),
    notices: bare ? [] : [inputsNotice(model), ...seriesNotice(model)],
  };
}

function inputsNotice({ preparation }: TrainedModel): string {
  const columns = preparation.columns.filter(({ kind }) => kind !== "constant");
  const wide = wideInputs(preparation);
  const [only] = columns;
  if (columns.every(({ kind }) => kind === "number")) {
    const type = wide.length === 0 ? "float32" : `float64, since float32 would lose digits of ${listing(shown(wide))}`;
    return `it takes raw numbers in one matrix "inputs" [rows, ${columns.length}], ${type}; the order of columns is in its metadata`;
  }
  if (columns.length === 1 && only?.kind === "block")
    return `it takes raw numbers in "${only.name}" [rows, ${only.shape.join(", ")}]`;
  const days = columns.some(({ kind }) => kind === "date") ? "; dates are days since 1970 in UTC" : "";
  const types = wide.length === 0 ? "float32" : `float64 for ${listing(shown(wide))} and float32`;
  return `it takes raw columns under their names, each [rows, 1]: texts for categories, ${types} for numbers, NaN where one is missing${days}${textsNotice(columns)}`;
}

/** No operator takes texts apart: their words come in as codes and weights. */
function textsNotice(columns: TrainedModel["preparation"]["columns"]): string {
  const texts = columns.flatMap((column) =>
    column.kind === "text" ? [`${column.name} [rows, ${column.ordered ? column.length : 2 * column.length}]`] : [],
  );
  if (texts.length === 0) return "";
  return `; of texts it takes codes of words and their weights, as textInputs() of nabla gives them by what its metadata says: ${listing(texts)}`;
}

function shown(names: readonly string[]): readonly string[] {
  return names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
}

/** A network, with weights that lie in files beside it; images come with channels last, as nabla reads them. Throws `onnx/…`, `files/…`. */
export async function readOnnxModel({ bytes, sibling }: ImportSource): Promise<Found> {
  const files = new Map<string, Uint8Array>();
  for (const name of onnxFiles(bytes)) files.set(name, await sibling(name));
  const found = readOnnx(bytes, { files });
  // a file of ours has its images as nabla has them
  if (found.metadata.nabla !== undefined) return { kind: "model", model: found };
  const [channels = 0, height = 0, width = 0] = found.trained.shape;
  const looksLikeImages = found.trained.shape.length === 3 && channels <= 4 && Math.min(height, width) > channels;
  if (!looksLikeImages) return { kind: "model", model: found };
  const model: OnnxModel = readOnnx(bytes, { files, images: "channelsLast" });
  const message = `the file takes images ${channels}x${height}x${width}; the model takes them ${height}x${width}x${channels}, as nabla reads them`;
  return { kind: "model", model: { ...model, notices: [...model.notices, message] } };
}
