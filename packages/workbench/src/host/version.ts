import { readFile } from "node:fs/promises";

/** The version of nabla that runs, from its package.json: the three packages are published together. */
export async function libraryVersion(): Promise<string> {
  // Sources and built files lie equally deep below the package.
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
