import { open } from "node:fs/promises";
import { NablaError } from "nabla";
import { bytesOf, type DataFile } from "./data-file.ts";

/** The first line of a JSON-lines file that is not an object, as an error; for `.json` whether the whole parses. */
export async function jsonFault(file: DataFile): Promise<NablaError | undefined> {
  let row = 0;
  let rest = "";
  const decoder = new TextDecoder("utf-8");
  for await (const bytes of bytesOf(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (file.format === "json") {
      rest = [...lines, rest].join("\n");
      continue;
    }
    for (const line of lines) {
      const fault = lineFault(file, ++row, line);
      if (fault !== undefined) return fault;
    }
  }
  return file.format === "json-lines" ? lineFault(file, row + 1, rest) : wholeFault(file, rest);
}

function lineFault(file: DataFile, row: number, line: string): NablaError | undefined {
  if (line.trim() === "") return undefined;
  const shown = line.trim().slice(0, 40);
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return undefined;
  } catch {
    // the same answer: this line is not an object
  }
  const message = `${file.name}, row ${row}: expected a JSON object, found ${shown}`;
  return new NablaError("data/json", message, 'each line holds one object, such as {"age": 31}');
}

function wholeFault(file: DataFile, text: string): NablaError | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new NablaError(
      "data/json",
      `${file.name} is not JSON: ${reason}`,
      "a table is a list of objects, or one object a line",
    );
  }
}

const TAIL = 256;

/**
 * An unterminated list, which DuckDB would read as far as it goes, without an error. Reads only the first and the
 * last bytes, and no zipped files, whose end gzip checks.
 */
export async function unfinishedList({ path, name, bytes, zipped, format }: DataFile): Promise<NablaError | undefined> {
  if (zipped || format !== "json") return undefined;
  const file = await open(path, "r");
  try {
    const textAt = async (position: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL), 0, TAIL, position);
      return buffer
        .toString("utf8", 0, bytesRead)
        .replace(/^\uFEFF/, "")
        .trim();
    };
    const end = await textAt(Math.max(0, bytes - TAIL));
    if (!(await textAt(0)).startsWith("[") || end.endsWith("]")) return undefined;
    const message = `${name} is not JSON: the list ends with ${end.slice(-20)} instead of ]`;
    return new NablaError("data/json", message, "the file may have been cut off; export it again");
  } finally {
    await file.close();
  }
}
