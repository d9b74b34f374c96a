import { createWriteStream, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileFailure } from "../host/file-failure.ts";
import type { Bytes } from "./decompress.ts";

/** Files that what can be read only once is kept in, until they are disposed of or the process ends. */
export interface Spool extends AsyncDisposable {
  /** Writes bytes into a file of that name, and says where it lies. Throws `files/…`, and what the bytes throw. */
  keep(source: Bytes, name: string): Promise<string>;
}

/** A place for such files in the system's temporary folder, made when the first one is kept. */
export function spool(): Spool {
  const folders: string[] = [];
  const atExit = (): void => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  return {
    keep: async (source, name) => {
      const place = tmpdir();
      try {
        const folder = await mkdtemp(join(place, "nabla-data-"));
        if (folders.push(folder) === 1) process.once("exit", atExit);
        const path = join(folder, basename(name) || "data");
        await pipeline(Readable.from(source, { objectMode: true }), createWriteStream(path, { mode: 0o600 }));
        return path;
      } catch (error) {
        throw fileFailure(error, "write", place);
      }
    },
    [Symbol.asyncDispose]: async () => {
      process.off("exit", atExit);
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    },
  };
}
