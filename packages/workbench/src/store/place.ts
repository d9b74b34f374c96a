import { isAbsolute, join, resolve } from "node:path";
import { NablaError } from "nabla";

/** Where a store is: a file. */
export interface StorePlace {
  readonly kind: "sqlite";
  readonly path: string;
}

/**
 * Reads `runs.db`, `sqlite://runs.db` or `sqlite:///home/me/runs.db`; without one the variable NABLA_STORE, and without
 * that `.nabla/nabla.db` in `folder`. Throws `store/unsupported` for other kinds of addresses.
 */
export function findStore(spec: string | undefined, environment: NodeJS.ProcessEnv, folder: string): StorePlace {
  const named = spec || environment.NABLA_STORE;
  if (!named) return { kind: "sqlite", path: join(folder, ".nabla", "nabla.db") };
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is.exec(named) ?? [];
  if (scheme !== undefined && scheme.toLowerCase() !== "sqlite") {
    throw new NablaError(
      "store/unsupported",
      `a store at ${scheme}:// is not supported by this version, which keeps runs in an SQLite file`,
      "give a path or sqlite://path",
    );
  }
  const path = scheme === undefined ? named : rest;
  if (path === "")
    throw new NablaError("store/unsupported", `the store ${named} names no file`, "give a path or sqlite://path");
  return { kind: "sqlite", path: isAbsolute(path) ? path : resolve(folder, path) };
}
