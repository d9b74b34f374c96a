/**
 * Counts comparisons with the kind of a layer, loss, optimizer and the like outside the definition of a kind and the tables
 * of exporters: what others need to know of a kind is a property of it, so that a new kind is complete where it is declared.
 */
import { readSources, type SourceFile } from "./sources.ts";

/** Families whose kinds nobody asks for by name, and where each is declared. */
const tables: Readonly<Record<string, string>> = {
  layer: "packages/nabla/src/nn/layers.ts",
  loss: "packages/nabla/src/nn/losses.ts",
  initializer: "packages/nabla/src/nn/initializers.ts",
  penalty: "packages/nabla/src/nn/penalty.ts",
  optimizer: "packages/nabla/src/optim/optimizers.ts",
  schedule: "packages/nabla/src/optim/schedules.ts",
  average: "packages/nabla/src/train/averaging.ts",
  augmentation: "packages/nabla/src/data/augment/augmentations.ts",
  sampler: "packages/nabla/src/tune/samplers.ts",
  pruner: "packages/nabla/src/tune/pruners.ts",
};

/** Where kinds have their counterparts of other tools; a row stands there for each. */
const exporters = /^packages\/nabla\/src\/exchange\//;

/** Words that are kinds of other things too, as of columns: they count beside the name of a family alone. */
const ambiguous: ReadonlySet<string> = new Set(["constant", "none", "graph", "random", "normal", "uniform", "grid"]);
const families = new RegExp(Object.keys(tables).join("|"), "i");

/** The names of all kinds: the keys of the tables, and of the constants that are called in them. */
export function kindsOf(files: readonly SourceFile[]): ReadonlySet<string> {
  const names = Object.values(tables).flatMap((path) => {
    const text = files.find((file) => file.path === path)?.text ?? "";
    return [...text.matchAll(/: Kinds<\w+> = \{([^}]*)\}/g)].flatMap(([, body = ""]) =>
      [...body.matchAll(/(?:^|[,\s])(\w+)\s*(?=[:,}]|$)/g)].map(([, name = ""]) => name),
    );
  });
  return new Set(names.filter((name) => name !== ""));
}

/** One line for each comparison: `path:line: text`. */
export function findComparisons(files: readonly SourceFile[]): string[] {
  const kinds = kindsOf(files);
  const compared = /(?:[!=]==\s*"(\w+)"|"(\w+)"\s*[!=]==|case "(\w+)":)/g;
  return files.flatMap(({ path, text }) => {
    if (exporters.test(path) || path.includes("/engine/")) return [];
    return text.split("\n").flatMap((line, i) => {
      const listed = /\[([^\]]*)\]\.includes\([^)]*kind/i.exec(line)?.[1]?.match(/\w+/g) ?? [];
      const named = [...line.matchAll(compared)].flatMap((match) => match.slice(1));
      const found = [...(/kind|case "/i.test(line) ? named : []), ...listed].filter(
        (name) => name !== undefined && kinds.has(name) && (!ambiguous.has(name) || families.test(line)),
      );
      return found.length === 0 ? [] : [`${path}:${i + 1}: ${line.trim()}`];
    });
  });
}

if (import.meta.main) {
  const found = findComparisons(readSources("."));
  console.log(`${found.length} comparisons with kinds outside their definitions`);
  for (const one of found) console.log(one);
  process.exitCode = found.length > 0 ? 1 : 0;
}
