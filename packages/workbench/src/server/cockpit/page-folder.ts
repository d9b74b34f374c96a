/** The files of the pages: the published package carries them, a clone builds them when they are first wanted. */
import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NablaError } from "nabla";
import { sha256 } from "../../host/hash.ts";

/** The folder with index.html. Throws `ui/build` where a clone cannot build it. */
export async function pageFolder(): Promise<string> {
  if (!import.meta.url.endsWith(".ts")) return fileURLToPath(new URL("../web/", import.meta.url));
  const source = fileURLToPath(new URL("../../../../web/", import.meta.url));
  const cache = fileURLToPath(new URL("../../../../../node_modules/.cache/nabla-web/", import.meta.url));
  const folder = join(cache, (await digestOf(source)).slice(0, 16));
  if (existsSync(join(folder, "index.html"))) return folder;
  const made = join(cache, `making-${process.pid}`);
  await mkdir(cache, { recursive: true });
  try {
    await promisify(execFile)(process.execPath, [join(source, "build.ts"), made]);
  } catch (error) {
    const message = `the pages could not be built: ${(error as { stderr?: string }).stderr?.trim() ?? String(error)}`;
    throw new NablaError("ui/build", message, "`npm ci` installs what builds them");
  }
  // whole or not at all; another process may have been quicker with the same
  await rename(made, folder).catch(async () => await rm(made, { recursive: true, force: true }));
  return folder;
}

/** The digest of all that pages are built of. */
async function digestOf(source: string): Promise<string> {
  const files = globSync(["*.{ts,json,html}", "src/**/*"], { cwd: source })
    .filter((name) => /\.\w+$/.test(name))
    .sort();
  const texts = await Promise.all(files.map(async (name) => [name, await readFile(join(source, name), "utf8")]));
  return sha256(JSON.stringify(texts));
}
