import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** Whether a path is a pattern for several: it holds `*`, `?`, `[…]` or `{…,…}`. */
export function isPattern(path: string): boolean {
  return /[*?]|\[[^\]]+\]|\{[^{}]*,[^{}]*\}/.test(path);
}

/**
 * The files that a pattern matches, in natural order: `*` and `?` stand for characters of one name, `[a-c]` and `[!a-c]`
 * for one of some, `{a,b}` for either, and `**` for folders, however deep. Hidden names match only what begins with a
 * point, and `**` follows no links.
 */
export async function glob(pattern: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const plain of alternatives(sep === "\\" ? pattern.replaceAll("\\", "/") : pattern)) {
    const [root = "", rest = ""] = split(plain);
    for await (const path of walk(
      root,
      rest.split("/").filter((segment) => segment !== ""),
    ))
      if (await isFile(path)) found.add(path);
  }
  return [...found].sort(naturalOrder);
}

/** The folder of a pattern: all of it that comes before the first name with a sign in it. */
export function fixedFolder(pattern: string): string {
  const segments = pattern.split("/");
  const first = segments.findIndex(isPattern);
  return segments.slice(0, first < 0 ? -1 : first).join("/") || (pattern.startsWith("/") ? "/" : ".");
}

function split(pattern: string): readonly [root: string, rest: string] {
  const root = /^(?:[A-Za-z]:)?\/+/.exec(pattern)?.[0] ?? "";
  return [root, pattern.slice(root.length)];
}

/** A pattern without braces for each choice that its braces leave. */
function alternatives(pattern: string): readonly string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const [all, choices = ""] = match;
  return choices
    .split(",")
    .flatMap((choice) =>
      alternatives(`${pattern.slice(0, match.index)}${choice}${pattern.slice(match.index + all.length)}`),
    );
}

async function* walk(folder: string, segments: readonly string[]): AsyncGenerator<string, void, undefined> {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    yield folder;
  } else if (segment === "**") {
    yield* walk(folder, rest);
    for (const entry of await entries(folder))
      if (entry.isDirectory() && !entry.name.startsWith(".")) yield* walk(join(folder, entry.name), segments);
  } else if (isPattern(segment)) {
    const expression = expressionOf(segment);
    for (const { name } of await entries(folder)) {
      if (name.startsWith(".") && !segment.startsWith(".")) continue;
      if (expression.test(name)) yield* walk(join(folder, name), rest);
    }
  } else {
    yield* walk(join(folder, segment), rest);
  }
}

async function entries(folder: string) {
  return await readdir(folder === "" ? "." : folder, { withFileTypes: true }).catch(() => []);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === false;
}

function expressionOf(segment: string): RegExp {
  const source = segment.replace(
    /\[([!^]?)([^\]]+)\]|[\s\S]/g,
    (sign, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === "" ? "" : "^"}${set.replace(/[\\\]^]/g, "\\$&")}]`;
      if (sign === "*") return ".*";
      return sign === "?" ? "." : sign.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    },
  );
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return new RegExp(`^${segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "su");
  }
}

/** Orders names as people number them: part-2 before part-10, else by character. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (const [i, piece] of (left ?? []).entries()) {
    const other = right?.[i];
    if (other === undefined) return 1;
    const numbers = /^\d/.test(piece) && /^\d/.test(other);
    const [x, y] = numbers ? [piece, other].map((digits) => digits.replace(/^0+(?=\d)/, "")) : [piece, other];
    if (x === undefined || y === undefined) continue;
    if (numbers && x.length !== y.length) return x.length - y.length;
    if (x !== y) return x < y ? -1 : 1;
  }
  const longer = (left?.length ?? 0) - (right?.length ?? 0);
  return longer !== 0 ? longer : a < b ? -1 : Number(a > b);
}
