/**
 * The framework is a house: a file imports from its own folder or from a lower floor, folders of one floor do not know
 * each other, and only the entries beside the folders see them all. No files of any package import each other in a ring.
 */
import { type Import, listImports, readSources } from "./sources.ts";

const floors: Readonly<Record<string, number>> = {
  base: 0,
  array: 1,
  graph: 2,
  data: 2,
  engine: 3,
  nn: 4,
  optim: 4,
  train: 5,
  diagnose: 6,
  tune: 6,
  tf1: 6,
  exchange: 6,
  testing: 6,
};

/** The folder of the framework that holds `path`: "" for an entry beside the folders, undefined outside the framework. */
function folderOf(path: string): string | undefined {
  return /^packages\/nabla\/src\/(?:([^/]+)\/)?/
    .exec(path)
    ?.slice(1)
    .map((folder) => folder ?? "")[0];
}

/** Imports of the framework that break the rule, one line each. */
export function findBreaches(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [own, other] = [folderOf(from), folderOf(to)];
    if (own === undefined || own === other || (own === "" && other !== undefined)) return [];
    const [above, below] = [floors[own] ?? Number.NaN, floors[other ?? ""] ?? Number.NaN];
    return above > below ? [] : [`${from} imports ${to}`];
  });
}

/** Rings of files that import each other, each as the path round it, "a → b → a". */
export function findCycles(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const seen = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    const start = path.indexOf(file);
    if (start >= 0) return [[...path.slice(start), file].join(" → ")];
    if (seen.has(file)) return [];
    seen.add(file);
    return (targets.get(file) ?? []).flatMap(({ to }) => walk(to, [...path, file]));
  };
  return [...targets.keys()].flatMap((file) => walk(file, []));
}

if (import.meta.main) {
  const files = readSources(".");
  const imports = listImports(files, ".");
  const breaches = findBreaches(imports);
  const cycles = findCycles(imports);
  for (const breach of breaches) console.log(`breach: ${breach}`);
  for (const cycle of cycles) console.log(`cycle: ${cycle}`);
  console.log(
    `${imports.length} imports in ${files.length} files: ${breaches.length} breaches of the floors, ${cycles.length} cycles`,
  );
  process.exitCode = breaches.length + cycles.length > 0 ? 1 : 0;
}
