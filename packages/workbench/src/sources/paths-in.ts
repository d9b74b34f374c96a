/** The paths of data: several are one text, separated by commas, where no file is called so. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";

/** The paths in a text, in their order. */
export async function pathsIn(text: string): Promise<readonly string[]> {
  const whole = !text.includes(",") || (await stat(text).catch(() => undefined)) !== undefined;
  // a comma within braces belongs to a pattern: {a,b}.csv
  return whole ? [text] : text.split(/,(?![^{]*\})/);
}

/** The same text with every path absolute, so that it means the same files in any working folder. */
export async function absolutePaths(text: string): Promise<string> {
  return (await pathsIn(text)).map((path) => resolve(path)).join(",");
}
