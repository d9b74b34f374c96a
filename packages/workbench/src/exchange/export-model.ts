/** A model in another tool's format, on the disk. */
import { basename, dirname, join } from "node:path";
import { NablaError } from "nabla";
import { writeFileAtomic, writeFolder } from "../host/atomic-files.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { formatNamed } from "./find-format.ts";

export interface ExportOptions {
  /** A name of the table of formats. */
  readonly format: string;
  /** What the model is called: names the file where `output` does not. */
  readonly name: string;
  /** The file, or the folder for a format of several files. Default: one in the working folder, by the model's name. */
  readonly output?: string;
}

export interface Exported {
  /** The file, or the folder. */
  readonly path: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly notices: readonly string[];
}

/** Writes a model. Throws `usage/format`, `keras/write`, `js/op` and the like, and `files/…`. */
export async function exportModel(model: TrainedModel, { format, name, output }: ExportOptions): Promise<Exported> {
  const { write, endings } = formatNamed(format);
  if (write === undefined) throw new NablaError("usage/format", `${format} can be imported, but not exported`);
  const [ending = ""] = endings;
  const given = endings.find((one) => output?.endsWith(one) === true);
  const called = output === undefined ? name : basename(output, given);
  const { files, notices } = await write(model, called);
  const listed = [...files].map(([file, bytes]) => ({ name: file, bytes: bytes.length }));
  const [only] = files.values();
  if (files.size > 1 || only === undefined) {
    const path = output ?? name;
    await writeFolder(path, files);
    return { path, files: listed, notices };
  }
  const path = output ?? `${name}${ending}`;
  if (basename(path) === "weights.safetensors" && basename(dirname(path)) !== "")
    throw new NablaError("files/occupied", `${path} is the weights file of a model folder`, "name another file");
  await writeFileAtomic(path, only);
  return { path: join(path), files: listed, notices };
}
