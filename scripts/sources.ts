/** What the checks read: the source files of the packages and what they import. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** A source file; `path` is relative to the repository, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** `from` imports `to`: both are paths as in `SourceFile`, or `to` is the name of a package that is not ours. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Reads every TypeScript file under `packages/<name>/src`, sorted by path. */
export function readSources(root: string): SourceFile[] {
  return globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(posix.join(root, path), "utf8") }));
}

// Statements start a line, and expressions stand in no text, so the examples in doc comments and hints are not taken for imports.
// Types count as well as values.
const statements = /^(?:import|export|\} from)\b(?:[^";]*?\bfrom)?\s*"([^"]+)"/gm;
const expressions = /^(?!\s*(?:\/?\*|\/\/))[^'`\n]*?\bimport\("([^"]+)"\)/gm;

/** Lists what `files` import, with our own packages resolved to their sources. */
export function listImports(files: readonly SourceFile[], root: string): Import[] {
  const entries = readEntries(root);
  return files.flatMap(({ path, text }) =>
    [statements, expressions]
      .flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ""))
      .map((name) => ({
        from: path,
        to: name.startsWith(".") ? posix.join(posix.dirname(path), name) : (entries.get(name) ?? name),
      })),
  );
}

/** Public names of our packages ("nabla", "nabla/testing") → the source file behind each. */
function readEntries(root: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const folder of globSync("packages/*", { cwd: root })) {
    const file = posix.join(root, folder, "package.json");
    if (!existsSync(file)) continue;
    const { name, exports } = JSON.parse(readFileSync(file, "utf8"));
    for (const [key, target] of Object.entries<{ "nabla-source": string }>(exports ?? {}))
      entries.set(posix.join(name, key), posix.join(folder, target["nabla-source"]));
  }
  return entries;
}
