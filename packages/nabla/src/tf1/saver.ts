/** Variables kept in model folders, and taken from them. */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { listing } from "../base/text.ts";
import type { Variable } from "./graph.ts";
import type { Session } from "./session.ts";
import { globalVariables } from "./variables.ts";

/** A model as it is stored: what describes it, and its arrays by name. */
export interface SavedVariables {
  readonly model: Json;
  readonly weights: ReadonlyMap<string, NdArray>;
}

/** Where model folders are: `modelFolders` of @nabla/workbench on disk, or anything that can keep both parts. */
export interface ModelFolders {
  readonly save: (path: string, saved: SavedVariables) => Promise<void>;
  readonly load: (path: string) => Promise<SavedVariables>;
}

export interface SaverOptions {
  readonly folders: ModelFolders;
  /** What is kept. Default: all variables of the default graph, those of optimizers too. */
  readonly varList?: readonly Variable[];
}

/** Saves and restores variables. */
export interface Saver {
  /** Writes a model folder and gives its path, with `-<step>` behind it where a step is given. */
  readonly save: (session: Session, path: string, options?: { readonly globalStep?: number }) => Promise<string>;
  /** Sets the variables, which need no initializer then. Throws `tf1/restore` when the folder lacks one. */
  readonly restore: (session: Session, path: string) => Promise<void>;
}

const KIND = "tf1";

/** Keeps variables in model folders: `model.json` with their names, `weights.safetensors` with their numbers. */
export function saver({ folders, varList = globalVariables() }: SaverOptions): Saver {
  return {
    save: async (session, path, { globalStep } = {}) => {
      const weights = new Map(varList.map((variable) => [variable.name, session.read(variable)]));
      const described = varList.map(({ name, shape, dtype, trainable }): [string, Json] => [
        name,
        { shape: shape as readonly number[], dtype, trainable },
      ]);
      const place = globalStep === undefined ? path : `${path}-${globalStep}`;
      await folders.save(place, { model: { kind: KIND, variables: Object.fromEntries(described) }, weights });
      return place;
    },
    restore: async (session, path) => {
      const { weights } = await folders.load(path);
      const missing = varList.filter(({ name }) => !weights.has(name)).map(({ name }) => name);
      if (missing.length > 0) {
        const hint = "build the graph that was saved, or name what is in the folder as varList";
        throw new NablaError("tf1/restore", `${path} holds nothing for ${listing(missing)}`, hint);
      }
      for (const variable of varList) session.write(variable, weights.get(variable.name) as NdArray);
    },
  };
}
