import { readTfjs, writeTfjs } from "nabla/exchange";
import type { TrainedModel } from "../store/trained-model.ts";
import type { Found, ImportSource, Written } from "./format.ts";
import { boundsNotice, preparedNotice, roundedNotice } from "./prepared-notice.ts";

/** `model.json` and its weights. Throws `keras/write`. */
export function writeTfjsModel(model: TrainedModel, name: string): Written {
  return {
    files: writeTfjs(model, name),
    notices: [...preparedNotice(model), ...boundsNotice(model), ...roundedNotice(model)],
  };
}

/** The network of a `model.json`. Throws `tfjs/…` and `keras/…`. */
export async function readTfjsModel({ bytes, sibling }: ImportSource): Promise<Found> {
  return { kind: "model", model: await readTfjs(bytes, sibling) };
}
