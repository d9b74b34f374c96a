/** Variables saved to model folders, and restored from them. */
import type { NdArray } from "../array/ndarray.ts";
import { sameShape, sizeOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { shown, type Variable } from "./graph.ts";
import type { Session } from "./session.ts";
import { globalVariables } from "./variables.ts";

/** A model as it is stored: what describes it, and its arrays by name. */
export interface SavedVariables {
  readonly model: Json;
  readonly weights: ReadonlyMap<string, NdArray>;
}

/** Where model folders are: `modelFolders` of @nabla/workbench on disk, or anything that can store both parts. */
export interface ModelFolders {
  readonly save: (path: string, saved: SavedVariables) => Promise<void>;
  readonly load: (path: string) => Promise<SavedVariables>;
}

/** Options of `saver`. */
export interface SaverOptions {
  readonly folders: ModelFolders;
  /** Variables to save, under their names or those of a record. Default: all variables, optimizer slots included. */
  readonly varList?: readonly Variable[] | Readonly<Record<string, Variable>>;
}

/** Saves and restores variables. */
export interface Saver {
  /** Writes a model folder and gives its path, with `-<step>` after it where a step is given. */
  readonly save: (session: Session, path: string, options?: { readonly globalStep?: number }) => Promise<string>;
  /** Sets the variables, which then need no initializer; all or none. Throws `tf1/restore` when the folder does not fit. */
  readonly restore: (session: Session, path: string) => Promise<void>;
}

const KIND = "tf1";

/** Saves variables in model folders: `model.json` with their names, `weights.safetensors` with their numbers. */
export function saver({ folders, varList = globalVariables() }: SaverOptions): Saver {
  const kept = isList(varList) ? varList.map((own) => [own.name, own] as const) : Object.entries(varList);
  return {
    save: async (session, path, { globalStep } = {}) => {
      const reads = kept.map(async ([name, variable]) => [name, await session.read(variable)] as const);
      const weights = new Map(await Promise.all(reads));
      const variables = kept.map(([name, { shape, dtype, trainable }]): [string, Json] => [
        name,
        { shape: sizeOf(shape), dtype, trainable },
      ]);
      const place = globalStep === undefined ? path : `${path}-${globalStep}`;
      await folders.save(place, { model: { kind: KIND, variables: Object.fromEntries(variables) }, weights });
      return place;
    },
    restore: async (session, path) => {
      const { weights } = await folders.load(path);
      const values = kept.map(
        ([name, variable]) => [variable, fitting(path, name, variable, weights.get(name))] as const,
      );
      await Promise.all(values.map(([variable, value]) => session.write(variable, value)));
    },
  };
}

function isList(list: readonly Variable[] | Readonly<Record<string, Variable>>): list is readonly Variable[] {
  return Array.isArray(list);
}

function fitting(path: string, name: string, { shape }: Variable, value: NdArray | undefined): NdArray {
  if (value !== undefined && sameShape(value.shape, shape)) return value;
  const found = value === undefined ? "nothing" : `the shape ${shown(value.shape)}`;
  const message = `${path} holds ${found} for "${name}", and the variable has the shape ${shown(shape)}`;
  throw new NablaError(
    "tf1/restore",
    message,
    "build the graph that was saved, or name what is in the folder in varList",
  );
}
