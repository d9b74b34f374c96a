/** The model that a training begins from as a folder, from whatever it is given as. */
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { NablaError } from "nabla";
import { modelPartNames } from "nabla/exchange";
import { hashFile } from "../sources/file-bytes.ts";
import { openStore } from "../store/open.ts";
import { modelOf } from "../store/run-model.ts";
import { saveTrained } from "../store/trained-model.ts";
import { importModel } from "./import-model.ts";

/**
 * A model folder or a `.nabla` file as it is, the model of a run, or the file of another tool, which is imported beside the
 * models of runs. Throws `from/missing` for what is none of them, and what importing throws.
 */
export async function originFolder(from: string, store: string | undefined): Promise<string> {
  const found = await stat(from).catch(() => undefined);
  if (found?.isDirectory() === true) {
    // TensorFlow.js has a folder of its own
    const isOwn = await isFile(join(from, modelPartNames.weights));
    return isOwn || !(await isFile(join(from, "model.json")))
      ? resolve(from)
      : await imported(join(from, "model.json"));
  }
  if (found !== undefined) return /\.nabla$/i.test(from) ? resolve(from) : await imported(from);
  if (/[\\/]/.test(from) || /\.\w+$/.test(from)) {
    const message = `there is no model at ${from} to begin from`;
    throw new NablaError("from/missing", message, "name a run, a model folder, or a file such as backbone.onnx");
  }
  await using runs = await openStore(store, { create: false });
  return resolve(modelOf(await runs.get(from)));
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** The same file is the same folder again. */
async function imported(file: string): Promise<string> {
  const { model } = await importModel(file);
  const name = `${basename(file).replace(/\.[^.]*$/, "")}-${(await hashFile(file)).slice(0, 8)}`;
  const folder = join(".nabla", "models", name);
  if ((await stat(folder).catch(() => undefined)) === undefined) await saveTrained(folder, model);
  return resolve(folder);
}
