/**
 * Each package is a house: a file imports from its own folder or from a lower floor, folders of one floor do not know each
 * other, and only the entries beside the folders see them all. Of another package a file knows the entries alone, and only
 * of a package below its own. No files of any package import each other in a ring.
 */
import { type Import, listImports, readSources } from "./sources.ts";

/** The floors of a package, the lowest first; the package stands on those that come before it. */
interface House {
  readonly floors: readonly (readonly string[])[];
  /** Whether it may import what is not ours: modules of Node and of npm. */
  readonly foreign: boolean;
}

const houses: Readonly<Record<string, House>> = {
  nabla: {
    floors: [
      ["base"],
      ["array"],
      ["data", "graph"],
      ["engine", "images", "reading"],
      ["nn", "optim", "tables"],
      ["train"],
      ["all", "diagnose", "exchange", "testing", "tf1", "tune", "worker"],
      ["answers"],
      ["predict"],
    ],
    foreign: false,
  },
  workbench: {
    floors: [
      ["host", "text"],
      ["sources", "store"],
      ["experiment", "live"],
      ["exchange", "runs"],
      ["studies"],
      ["workers"],
      ["report", "server", "terminal"],
      ["commands"],
    ],
    foreign: true,
  },
  web: { floors: [], foreign: true },
};

/** Where a source file lies: its package and the folder in it, "" for an entry beside the folders. */
interface Place {
  readonly house: string;
  readonly folder: string;
  /** Whether other packages may know it. */
  readonly public: boolean;
}

function placeOf(path: string): Place | undefined {
  const [, house, folder = ""] = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(path) ?? [];
  return house === undefined ? undefined : { house, folder, public: path.endsWith("/index.ts") };
}

/** How high a folder lies; NaN, which is above and below nothing, for a folder without a floor. */
function heightOf({ house, folder }: Place): number {
  const height = houses[house]?.floors.findIndex((folders) => folders.includes(folder)) ?? -1;
  return height < 0 ? Number.NaN : height;
}

/** Whether a file of one place may import a file of another. */
function mayImport(own: Place, other: Place): boolean {
  if (own.house !== other.house) {
    const order = Object.keys(houses);
    return other.public && order.indexOf(own.house) > order.indexOf(other.house);
  }
  return own.folder === "" || own.folder === other.folder || heightOf(own) > heightOf(other);
}

/** Imports that break the rule, one line each. */
export function findBreaches(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [own, other] = [placeOf(from), placeOf(to)];
    if (own === undefined) return [];
    const holds = other === undefined ? houses[own.house]?.foreign === true : mayImport(own, other);
    return holds ? [] : [`${from} imports ${to}`];
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
