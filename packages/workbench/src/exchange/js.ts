import { writeJs } from "nabla/exchange";
import { libraryVersion } from "../host/version.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import type { Written } from "./format.ts";

/** One ES module. Throws `js/op`. */
export async function writeJsModel(model: TrainedModel, name: string): Promise<Written> {
  const text = writeJs(model, { name, version: await libraryVersion() });
  return { files: new Map([[`${name}.js`, new TextEncoder().encode(text)]]), notices: [] };
}
