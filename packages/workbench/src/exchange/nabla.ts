import { readModelFile } from "nabla/exchange";
import { inflate } from "../host/inflate.ts";
import { type TrainedModel, trainedArchive } from "../store/trained-model.ts";
import type { Found, ImportSource, Written } from "./format.ts";

/** The model folder as one file. */
export async function writeNablaModel(model: TrainedModel, name: string): Promise<Written> {
  return { files: new Map([[`${name}.nabla`, await trainedArchive(model)]]), notices: [] };
}

/** A model of one file. Throws `zip/…` and `model/…`. */
export function readNablaModel({ path, bytes }: ImportSource): Found {
  return { kind: "model", model: { ...readModelFile(bytes, { name: path, inflate }), notices: [] } };
}
