/**
 * Within a package an exported name is declared once: whoever reads it knows what it is, whichever file it comes from. Names
 * that users write behind another, as `ops.exp` and `read.number`, are a vocabulary of their own; so are TensorFlow's in `tf1`.
 */
import { posix } from "node:path";
import { readSources, type SourceFile } from "./sources.ts";

/** An exported name that more than one file of a vocabulary declares, with those files. */
export interface SharedName {
  readonly name: string;
  readonly paths: readonly string[];
}

/** Names that are declared twice on purpose. */
const intended: Readonly<Record<string, string>> = {
  uniform: "numbers drawn from a key in nabla, an axis of a search in nabla/tune: the field calls both so",
  predict: "in exchange/js it is text: the function of the file that is written",
};

const declarations =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|interface|type|class)\s+(\w+)|^export const \{([^}]*)\}/gm;

/** The names that a file declares and exports, each once; what it hands on from elsewhere is not declared here. */
export function exportedNames(text: string): readonly string[] {
  const names = [...text.matchAll(declarations)].flatMap(([, name, several]) =>
    name === undefined ? (several ?? "").split(",").map((one) => one.replace(/^.*:/, "").trim()) : [name],
  );
  return [...new Set(names)].filter((name) => name !== "");
}

/** Where a name that is handed on comes from. */
function targetsOf({ path, text }: SourceFile, pattern: RegExp): readonly (readonly [name: string, path: string])[] {
  return [...text.matchAll(pattern)].map(([, name = "", to = ""]) => [name, posix.join(posix.dirname(path), to)]);
}

/** Files whose names are written behind another, by path: the namespace, and all that it hands on. */
function namespacesOf(files: readonly SourceFile[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const enter = (namespace: string, path: string): void => {
    if (found.has(path)) return;
    found.set(path, namespace);
    const file = files.find((one) => one.path === path);
    if (file === undefined) return;
    for (const [, to] of targetsOf(file, /^export \*() from "(\.[^"]+)"/gm)) enter(namespace, to);
  };
  for (const file of files)
    for (const [name, to] of targetsOf(file, /^export \* as (\w+) from "(\.[^"]+)"/gm)) enter(name, to);
  return found;
}

/** Names that several files of one vocabulary declare, in alphabetical order. */
export function findSharedNames(files: readonly SourceFile[]): readonly SharedName[] {
  const namespaces = namespacesOf(files);
  const vocabularyOf = (path: string): string => {
    const [, house = "", folder = ""] = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(path) ?? [];
    return `${house} ${folder === "tf1" ? "tf" : ""} ${namespaces.get(path) ?? ""}`;
  };
  const declared = files.flatMap(({ path, text }) => exportedNames(text).map((name) => ({ name, path })));
  const homes = Map.groupBy(declared, ({ name, path }) => `${vocabularyOf(path)} ${name}`);
  return [...homes.values()]
    .flatMap((those) => {
      const [{ name } = { name: "" }] = those;
      return those.length < 2 || Object.hasOwn(intended, name) ? [] : [{ name, paths: those.map(({ path }) => path) }];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

if (import.meta.main) {
  const files = readSources(".");
  const shared = findSharedNames(files);
  for (const { name, paths } of shared) console.log(`${name}: ${paths.join(", ")}`);
  const all = files.reduce((sum, { text }) => sum + exportedNames(text).length, 0);
  console.log(
    `${all} exported names in ${files.length} files: ${shared.length} are declared more than once in a package`,
  );
  process.exitCode = shared.length > 0 ? 1 : 0;
}
