/** Where text goes piece by piece: standard output, or a file that is there whole or not at all. */
import { type FileHandle, open, realpath, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { NablaError } from "nabla";
import { fileFailure } from "./file-failure.ts";
import { beside, removeLeftovers } from "./leftovers.ts";
import { standardOutput } from "./output.ts";
import { printed } from "./printed.ts";

/** Takes text piece by piece. Left without `finish`, a file is not written. */
export interface TextOutput extends AsyncDisposable {
  readonly write: (text: string) => Promise<void>;
  readonly finish: () => Promise<void>;
  /** Whether nobody reads it anymore, so that writing more is in vain. */
  readonly isUnread: () => boolean;
}

/** Opens an output; `source` is the file that is read meanwhile, which must not be replaced. Throws `files/…`. */
export async function openOutput(path: string | undefined, source: string): Promise<TextOutput> {
  if (path === undefined) return toStandardOutput;
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

/** A terminal gets what can be shown; a pipe and a file get the data as it is. */
const toStandardOutput: TextOutput = {
  write: async (text) => {
    await standardOutput.sendSlowly(standardOutput.isTerminal ? printed(text) : text);
  },
  finish: async () => await standardOutput.settled(),
  // what prevents writing is told when the command ends
  isUnread: () => standardOutput.closed || standardOutput.failure !== undefined,
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
    isUnread: () => false,
    [Symbol.asyncDispose]: async () => {
      if (open) await file.close();
      await rm(fresh, { force: true });
    },
  };
}
