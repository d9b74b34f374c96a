import { readKeras, writeKeras } from "nabla/exchange";
import { inflate } from "../host/inflate.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import type { Found, ImportSource, Written } from "./format.ts";
import { hdf5 } from "./hdf5.ts";
import { boundsNotice, preparedNotice, roundedNotice } from "./prepared-notice.ts";

/** One `.keras` file. Throws `keras/write`. */
export async function writeKerasModel(model: TrainedModel, name: string): Promise<Written> {
  const bytes = await writeKeras(model, { hdf5, name });
  return {
    files: new Map([[`${name}.keras`, bytes]]),
    notices: [...preparedNotice(model), ...boundsNotice(model), ...roundedNotice(model)],
  };
}

/** The network of a `.keras` or `.h5` file. Throws `keras/…` and `zip/…`. */
export async function readKerasModel({ bytes }: ImportSource): Promise<Found> {
  return { kind: "model", model: await readKeras(bytes, { inflate, hdf5 }) };
}
