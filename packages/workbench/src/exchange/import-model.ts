/** Another tool's file as a model of nabla. */
import { lstat, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { compact, NablaError } from "nabla";
import { answerShape, type ImportedModel, type LoadedWeights, plainPreparation } from "nabla/exchange";
import { fileFailure } from "../host/file-failure.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { formatOf } from "./find-format.ts";
import { loadWeightsIntoConfig } from "./load-into-config.ts";

/** Options of `importModel`. */
export interface ImportOptions {
  /** An experiment file whose network takes the weights. By default the file's own network. */
  readonly onto?: string;
  /** The shape of one example, where the file and the experiment leave it open. Default: theirs. */
  readonly shape?: readonly number[];
}

/** A model that was read from a file of another tool. */
export interface Imported {
  readonly format: string;
  readonly model: TrainedModel;
  readonly notices: readonly string[];
  /** What went where, when weights were loaded into a network. */
  readonly loaded?: LoadedWeights;
}

/**
 * Reads a model, or weights that are loaded into the network of an experiment; where the file lacks some, `loaded.missing`
 * names them and the model cannot answer. Throws `usage/format`, `usage/onto`, the errors of the format, and `files/…`.
 */
export async function importModel(path: string, { onto, shape }: ImportOptions = {}): Promise<Imported> {
  const { read, name: format } = formatOf(path);
  const sibling = (name: string): Promise<Uint8Array> => bytesBeside(join(dirname(resolve(path)), name));
  const found = await read({ path, bytes: await bytesOf(path), sibling });
  if (onto !== undefined) {
    const tensors = found.kind === "weights" ? found.tensors : found.model.trained.weights;
    const notices = found.kind === "weights" ? found.notices : found.model.notices;
    const { model, loaded, notices: more } = await loadWeightsIntoConfig(tensors, compact({ config: onto, shape }));
    return { format, model, loaded, notices: [...notices, ...more] };
  }
  if (found.kind === "weights") {
    const message = `${path} holds weights and no network: ${found.tensors.size} arrays`;
    throw new NablaError("usage/onto", message, "say which network they belong to: --onto experiment.yaml");
  }
  return { format, model: whole(found.model), notices: found.model.notices };
}

/** A network without a preparation takes numbers as they are. */
function whole({ notices: _, preparation, ...model }: ImportedModel): TrainedModel {
  if (preparation !== undefined) return { ...model, preparation };
  const { shape, loss, classes } = model.trained;
  const plain = plainPreparation({ shape, outputs: answerShape(model.trained).at(-1) ?? 1, loss, classes });
  return { ...model, preparation: plain, unnamed: true };
}

/** A file that another one names is read only where it lies: a link would let whoever made the files choose what is read. */
async function bytesBeside(path: string): Promise<Uint8Array> {
  const found = await lstat(path).catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
  if (found.isSymbolicLink())
    throw new NablaError("files/link", `${path} is a link to another file`, "put the file itself there");
  return bytesOf(path);
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return await readFile(path).catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
}
