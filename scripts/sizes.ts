/**
 * Keeps the house small: lines of each folder against its budget, the size of files, and no state that lives in a module.
 */
import { readSources, type SourceFile } from "./sources.ts";

/** Lines that a folder of the framework is about to need; half as much again is too much. */
const budgets: Readonly<Record<string, number>> = {
  "nabla/base": 1700,
  "nabla/array": 700,
  "nabla/graph": 1800,
  "nabla/data": 4400,
  "nabla/reading": 6000,
  "nabla/images": 200,
  "nabla/tables": 1000,
  "nabla/engine": 7600,
  "nabla/nn": 3200,
  "nabla/optim": 1500,
  "nabla/train": 4600,
  "nabla/diagnose": 6000,
  "nabla/tune": 2700,
  "nabla/tf1": 3000,
  "nabla/exchange": 10400,
  "nabla/answers": 600,
  "nabla/predict": 600,
  "nabla/testing": 1600,
};
const tolerance = 1.5;
const largestFile = 400;
const largestMedian = 120;

/** The files of one folder, such as "nabla/engine"; files beside the folders belong to the package. */
export interface FolderSize {
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly lines: number }[];
  readonly lines: number;
}

/** Adds up lines by folder, folders in the order of their names. */
export function measureFolders(files: readonly SourceFile[]): FolderSize[] {
  const folders = Map.groupBy(files, ({ path }) => path.replace(/^packages\/([^/]+)\/src\/(?:([^/]+)\/)?.*$/, "$1/$2"));
  return [...folders].map(([folder, members]) => {
    const sizes = members.map(({ path, text }) => ({ path, lines: countLines(text) }));
    return { folder, files: sizes, lines: sizes.reduce((sum, { lines }) => sum + lines, 0) };
  });
}

/** What is too large, and every variable of a module outside tf1, one line each. */
export function findExcesses(files: readonly SourceFile[]): string[] {
  const overBudget = measureFolders(files).flatMap(({ folder, lines }) => {
    const budget = budgets[folder] ?? Number.POSITIVE_INFINITY;
    return lines > budget * tolerance ? [`${folder} has ${lines} lines, and its budget is about ${budget}`] : [];
  });
  const overLong = files.flatMap(({ path, text }) => {
    const lines = countLines(text);
    return lines > largestFile && !text.startsWith("// a declared table")
      ? [`${path} has ${lines} lines, and ${largestFile} is the most`]
      : [];
  });
  const middle = median(files.map(({ text }) => countLines(text)));
  const overMedian =
    middle > largestMedian ? [`the median file has ${middle} lines, and ${largestMedian} is the most`] : [];
  const variables = files.flatMap(({ path, text }) =>
    path.includes("/src/tf1/")
      ? []
      : [...text.matchAll(/^(?:export )?(?:let|var) .*$/gm)].map(
          ([line]) => `${path} keeps state in a module: ${line}`,
        ),
  );
  return [...overBudget, ...overLong, ...overMedian, ...variables];
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** One row of at most 80 columns. */
function formatRow(cells: readonly (string | number)[]): string {
  const [folder = "", files = "", lines = "", budget = "", middle = "", largest = "", name = ""] = cells.map(String);
  const numbers = `${files.padStart(5)} ${lines.padStart(6)} ${budget.padStart(6)} ${middle.padStart(6)} ${largest.padStart(7)}`;
  return `${folder.padEnd(20)} ${numbers}  ${name}`.slice(0, 80).trimEnd();
}

function formatFolder({ folder, files, lines }: FolderSize): string {
  const largest = files.toSorted((a, b) => b.lines - a.lines)[0];
  const middle = median(files.map((file) => file.lines));
  const name = largest?.path.split("/src/")[1]?.replace(/^[^/]+\/(?=.)/, "") ?? "";
  return formatRow([folder, files.length, lines, budgets[folder] ?? "", middle, largest?.lines ?? "", name]);
}

if (import.meta.main) {
  const files = readSources(".");
  const folders = measureFolders(files);
  const sizes = folders.flatMap((folder) => folder.files);
  const all = { folder: "all", files: sizes, lines: sizes.reduce((sum, { lines }) => sum + lines, 0) };
  console.log(formatRow(["folder", "files", "lines", "budget", "median", "largest", "file"]));
  for (const folder of [...folders, all]) console.log(formatFolder(folder));
  const excesses = findExcesses(files);
  for (const excess of excesses) console.log(`too much: ${excess}`);
  process.exitCode = excesses.length > 0 ? 1 : 0;
}
