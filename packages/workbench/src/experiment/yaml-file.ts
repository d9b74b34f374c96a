/** YAML files with the line of everything in them, for errors. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";

/** The keys and places that lead to something in a file. */
export type YamlPath = readonly PropertyKey[];

/** The content of a file. */
export interface Yaml {
  /** The file's name, for errors. */
  readonly name: string;
  readonly content: unknown;
  /** `space.yaml, line 3, column 5` for what lies there, or for what holds it. */
  readonly placeOf: (path: YamlPath) => string;
}

/** Reads a YAML file, and JSON too. Throws `files/…` and `experiment/syntax` with the line. */
export async function readYaml(path: string): Promise<Yaml> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
  return parseYaml(text, basename(path));
}

/** The content of a text; `name` is the file's. Throws `experiment/syntax` with the line. */
export async function parseYaml(text: string, name: string): Promise<Yaml> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = guarded(name, () => parseDocument(text, { lineCounter: lines, prettyErrors: false }));
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}, line ${line}, column ${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    // the library tells of a full stack as of a mistake in the text
    if (broken.message.includes("call stack")) throw tooDeep(name);
    throw new NablaError("experiment/syntax", `${at(broken.pos[0])}: ${broken.message}`, "the file must be YAML");
  }
  const placeOf = (path: YamlPath): string => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? name : at(offset);
  };
  const content: unknown = guarded(name, () => document.toJS({ maxAliasCount: MOST_ALIASES })) ?? {};
  checkDepth(content, name);
  return { name, content, placeOf };
}

/** More than anybody writes by hand, and less than what a few lines can blow up to. */
const MOST_ALIASES = 100;
const DEEPEST = 100;

function guarded<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    // the library's names for an alias that stands for too much or for nothing, and for a stack that is full
    if (error instanceof ReferenceError)
      throw new NablaError(
        "experiment/syntax",
        `${name}: its aliases (*name) stand for too much, or for nothing`,
        "write out what they stand for",
      );
    if (error instanceof RangeError) throw tooDeep(name);
    throw error;
  }
}

function tooDeep(name: string): NablaError {
  const message = `${name}: its content is nested more than ${DEEPEST} levels deep, or an alias (*name) holds itself`;
  return new NablaError("experiment/syntax", message, "write it flat, and without aliases");
}

function checkDepth(content: unknown, name: string, depth = 0): void {
  if (typeof content !== "object" || content === null) return;
  if (depth >= DEEPEST) throw tooDeep(name);
  for (const item of Object.values(content)) checkDepth(item, name, depth + 1);
}

/** The position in the text where a key, or the map that contains it, starts. */
function offsetOf(node: unknown, path: YamlPath): number | undefined {
  const [key, ...rest] = path;
  const items =
    typeof node === "object" && node !== null && "items" in node && Array.isArray(node.items) ? node.items : [];
  if (key === undefined) return startOf(node);
  const item: unknown = typeof key === "number" ? items[key] : items.find((pair) => String(pair?.key) === key);
  if (item === undefined) return startOf(node);
  if (typeof key === "number") return offsetOf(item, rest) ?? startOf(item);
  const { key: keyNode, value } = item as { readonly key: unknown; readonly value: unknown };
  return rest.length === 0 ? startOf(keyNode) : (offsetOf(value, rest) ?? startOf(keyNode));
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : undefined;
}
