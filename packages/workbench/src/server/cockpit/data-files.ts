/** Files of this machine that data can be in, and files that were dropped on a page. */
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { NablaError } from "nabla";
import { fileFailure } from "../../host/file-failure.ts";
import { namedFormat } from "../../sources/data-format.ts";
import { isIdx } from "../../sources/idx.ts";
import type { ListedFolder } from "./api-start.ts";

/** Names that are listed at most. */
const MOST = 500;

/** Folders and data files of a folder; "" is the one that the server was started in. Throws `files/…`. */
export async function listFolder(named: string): Promise<ListedFolder> {
  const folder = resolve(named === "" ? "." : named.replace(/^~(?=\/|$)/, homedir()));
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileFailure(error, "read", folder);
  });
  const shown = found
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .map((entry) => ({ name: entry.name, path: join(folder, entry.name), isFolder: entry.isDirectory() }))
    .filter(({ name, isFolder }) => isFolder || isData(name))
    .sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name, "en"));
  const above = dirname(folder);
  return {
    folder,
    ...(above === folder ? {} : { above }),
    entries: await Promise.all(
      shown.slice(0, MOST).map(async (entry) => {
        const bytes = entry.isFolder
          ? 0
          : await stat(entry.path).then(
              ({ size }) => size,
              () => 0,
            );
        return { ...entry, bytes };
      }),
    ),
    isCut: shown.length > MOST,
  };
}

function isData(name: string): boolean {
  const { format, ending } = namedFormat(name);
  return isIdx(name) || (format !== undefined && ending !== "");
}

/** Keeps a file that a page sends, whole or not at all, in `folder`; gives its path. Throws `ui/name` and `files/…`. */
export async function keepFile(folder: string, name: string, body: ReadableStream<Uint8Array>): Promise<string> {
  const own = basename(name.replaceAll("\\", "/")).replace(/\p{Cc}/gu, "");
  if (own === "" || own.startsWith(".")) throw new NablaError("ui/name", `"${name}" names no data file`);
  const place = await mkdir(folder, { recursive: true }).then(
    () => join(folder, randomBytes(4).toString("hex")),
    (error: unknown) => {
      throw fileFailure(error, "write", folder);
    },
  );
  const path = join(place, own);
  try {
    await mkdir(place);
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
    return path;
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw fileFailure(error, "write", path);
  }
}
