/** Another tool's file as a model of nabla. */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { NablaError } from "nabla";
import { answerShape, type Brought, type ImportedModel, plainPreparation } from "nabla/exchange";
import type { TrainedModel } from "../experiment/trained-model.ts";
import { fileFailure } from "../files/failure.ts";
import { formatOf } from "./find-format.ts";
import { bringOntoConfig } from "./onto-config.ts";

export interface ImportOptions {
  /** An experiment file whose network takes the weights. */
  readonly onto?: string;
  /** The shape of one example, where the file and the experiment leave it open. */
  readonly shape?: readonly number[];
}

export interface Imported {
  readonly format: string;
  readonly model: TrainedModel;
  readonly notices: readonly string[];
  /** What went where, when weights were brought onto a network. */
  readonly brought?: Brought;
}

/**
 * Reads a model, or weights that are brought onto the network of an experiment; where the file lacks some, `brought.missing`
 * names them and the model cannot answer. Throws `usage/format`, `usage/onto`, the errors of the format, and `files/…`.
 */
export async function importModel(path: string, { onto, shape }: ImportOptions = {}): Promise<Imported> {
  const { read, name: format } = formatOf(path);
  const sibling = (name: string): Promise<Uint8Array> => bytesOf(join(dirname(resolve(path)), name));
  const found = await read({ path, bytes: await bytesOf(path), sibling });
  if (onto !== undefined) {
    const tensors = found.kind === "weights" ? found.tensors : found.model.trained.weights;
    const notices = found.kind === "weights" ? found.notices : found.model.notices;
    const { model, brought, said } = await bringOntoConfig(tensors, {
      config: onto,
      ...(shape === undefined ? {} : { shape }),
    });
    return { format, model, brought, notices: [...notices, ...said] };
  }
  if (found.kind === "weights") {
    const said = `${path} holds weights and no network: ${found.tensors.size} arrays`;
    throw new NablaError("usage/onto", said, "say which network they belong to: --onto experiment.yaml");
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

async function bytesOf(path: string): Promise<Uint8Array> {
  return await readFile(path).catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
}
