import { dirname, isAbsolute, join, resolve } from "node:path";
import { NablaError } from "nabla";

/** Where a store is: a file, or a database of a server. */
export interface StorePlace {
  readonly kind: "sqlite" | "postgres";
  /** The path of the file, or the address with its password. */
  readonly address: string;
  /** What may be printed: the address never with its password. */
  readonly shown: string;
}

const sqliteHint = "give a path or sqlite://path";
const postgresHint = "postgres://user:password@host:5432/database, where a password's / @ # are %2F %40 %23";

/**
 * Reads `runs.db`, `sqlite://runs.db`, `sqlite:///home/me/runs.db` or `postgres://user@host/database`; without one the
 * variable NABLA_STORE, and without that `.nabla/nabla.db` in `folder`. Throws `store/unsupported` for other kinds of
 * addresses, and `store/address` for one that names no database.
 */
export function findStore(spec: string | undefined, environment: NodeJS.ProcessEnv, folder: string): StorePlace {
  const named = spec || environment.NABLA_STORE;
  if (!named) return fileAt(join(folder, ".nabla", "nabla.db"));
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is.exec(named) ?? [];
  if (scheme === undefined || scheme.toLowerCase() === "sqlite") {
    const path = scheme === undefined ? named : rest;
    if (path === "") throw new NablaError("store/unsupported", `the store ${named} names no file`, sqliteHint);
    return fileAt(isAbsolute(path) ? path : resolve(folder, path));
  }
  if (["postgres", "postgresql"].includes(scheme.toLowerCase())) return databaseAt(named);
  const message = `a store at ${scheme}:// is not supported: nabla keeps runs in an SQLite file or in PostgreSQL`;
  throw new NablaError("store/unsupported", message, `${sqliteHint}, or ${postgresHint}`);
}

/** A place as the command line named it, without its password: what a suggested command may repeat. */
export function withoutPassword(spec: string): string {
  return /^postgres(ql)?:\/\//i.test(spec) ? databaseAt(spec).shown : spec;
}

/**
 * The folder for checkpoints and models of a run: beside the file of its store. Of a server's it is `.nabla` beside the
 * model's folder, where one is named, else in the working folder.
 */
export function homeBeside(shown: string, output?: string): string {
  if (isAbsolute(shown) || output === undefined) return resolve(folderBeside(shown));
  return join(dirname(resolve(output)), ".nabla");
}

/** The folder for files that belong to a store: that of its file, and of a server's, `.nabla` in the working folder. */
export function folderBeside(shown: string): string {
  return isAbsolute(shown) ? dirname(shown) : ".nabla";
}

function fileAt(path: string): StorePlace {
  return { kind: "sqlite", address: path, shown: path };
}

function databaseAt(address: string): StorePlace {
  if (!URL.canParse(address))
    throw new NablaError("store/address", "the address of the PostgreSQL store cannot be read", postgresHint);
  const { username, host, pathname } = new URL(address);
  const shown = `postgres://${username === "" ? "" : `${username}@`}${host}${pathname}`;
  if (pathname.length < 2) throw new NablaError("store/address", `${shown} names no database`, postgresHint);
  return { kind: "postgres", address, shown };
}
