/** Where text goes piece by piece: standard output, or a file that is there whole or not at all. */
import { once } from "node:events";
import { type FileHandle, open, realpath, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { NablaError } from "nabla";
import { fileFailure } from "./file-failure.ts";
import { beside, removeLeftovers } from "./leftovers.ts";

/** Takes text piece by piece. Left without `finish`, a file is not written. */
export interface TextOutput extends AsyncDisposable {
  readonly write: (text: string) => Promise<void>;
  readonly finish: () => Promise<void>;
}

/** Opens an output; `source` is the file that is read meanwhile, which must not be replaced. Throws `files/…`. */
export async function openOutput(path: string | undefined, source: string): Promise<TextOutput> {
  if (path === undefined) return standardOutput;
  const target = await placeOf(path);
  if (target === (await placeOf(source))) {
    throw new NablaError("files/occupied", `the predictions would replace the data file ${path}`, "name another file");
  }
  const fresh = beside(target, "new");
  try {
    return fileOutput(await open(fresh, "w"), { path, fresh, target });
  } catch (error) {
    throw fileFailure(error, "write", path);
  }
}

async function placeOf(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}

const standardOutput: TextOutput = {
  write: async (text) => {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  },
  finish: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

function fileOutput(
  file: FileHandle,
  { path, fresh, target }: { path: string; fresh: string; target: string },
): TextOutput {
  let open = true;
  const guarded = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      throw fileFailure(error, "write", path);
    }
  };
  return {
    write: (text) => guarded(() => file.writeFile(text)),
    finish: () =>
      guarded(async () => {
        await file.sync();
        await file.close();
        open = false;
        await rename(fresh, target);
        await removeLeftovers(target);
      }),
    [Symbol.asyncDispose]: async () => {
      if (open) await file.close();
      await rm(fresh, { force: true });
    },
  };
}
