import { writeJs } from "nabla/exchange";
import type { TrainedModel } from "../experiment/trained-model.ts";
import { libraryVersion } from "../files/version.ts";
import type { Written } from "./format.ts";

/** One ES module. Throws `js/layer`. */
export async function writeModel(model: TrainedModel, name: string): Promise<Written> {
  const text = writeJs(model, { name, version: await libraryVersion() });
  return { files: new Map([[`${name}.js`, new TextEncoder().encode(text)]]), notices: [] };
}
