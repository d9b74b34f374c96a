/**
 * Examples for names, out of code that tests run: the pages of `docs`, the first pages of the packages, the programs of
 * `examples`; where none of them uses a name, the shortest test that does, or a line of the tests, or of the sources themselves.
 */
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { blocksOf } from "../blocks.ts";

/** Code that uses a name. */
export interface Example {
  readonly code: string;
  /** The file that it stands in. */
  readonly path: string;
}

/** Finds examples. */
export interface Examples {
  /** One that uses a name; `within` is the namespace that it is written behind, with its dot. */
  of(name: string, within?: string): Example | undefined;
}

/** The longest test that is shown. */
const MOST_LINES = 45;

/** Reads all code that may serve. */
export function readExamples(root: string): Examples {
  const read = (path: string): string => readFileSync(posix.join(root, path), "utf8").replaceAll("\r\n", "\n");
  const pages = pathsOf(root, ["README.md", "packages/*/README.md", "docs/**/*.md"]).flatMap((path) =>
    blocksOf(read(path)).flatMap(({ language, code }) => (language === "ts" ? [{ path, code }] : [])),
  );
  const programs = pathsOf(root, ["examples/*.ts"]).map((path) => ({ path, code: read(path) }));
  const tests = pathsOf(root, ["packages/*/test/**/*.test.ts"]).flatMap((path) =>
    testsOf(read(path)).map((code) => ({ path, code })),
  );
  const lines = pathsOf(root, ["packages/*/test/**/*.ts", "packages/*/src/**/*.ts"]).flatMap((path) =>
    linesOf(read(path)).map((code) => ({ path, code })),
  );
  const shown = [pages, programs, tests, lines].flatMap(shortestFirst);
  const byWord = new Map<string, Example[]>();
  for (const example of shown)
    for (const word of new Set(example.code.match(/(?:\w+\.)?\w+(?=[^\w.])/g))) {
      const those = byWord.get(word);
      if (those === undefined) byWord.set(word, [example]);
      else those.push(example);
    }
  return { of: (name, within = "") => exampleOf(byWord, name, within) };
}

/** One that imports or calls the name; a property or an option of the same name is not it. */
function exampleOf(byWord: ReadonlyMap<string, readonly Example[]>, name: string, within: string) {
  const written = within === "" ? [name, `tf.${name}`, `statistics.${name}`] : [`${within}${name}`, name];
  for (const word of written) {
    const escaped = word.replaceAll(".", "\\.");
    const called = new RegExp(`(?<!\\w|\\w{3}\\.)${escaped}\\(|^import [^;]*\\b${escaped}\\b[^;]*;`, "m");
    const mentioned = new RegExp(`(?<![\\w.])${escaped}\\b(?!:)`);
    const those = byWord.get(word) ?? [];
    const found = those.find(({ code }) => called.test(code)) ?? those.find(({ code }) => mentioned.test(code));
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathsOf(root: string, patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) =>
    globSync(pattern, { cwd: root })
      .map((path) => path.replaceAll("\\", "/"))
      .sort(),
  );
}

function shortestFirst(examples: readonly Example[]): Example[] {
  return examples.toSorted((a, b) => a.code.length - b.code.length);
}

/** Lines that do something: no imports, no comments, no declarations. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines)].filter(
    (line) =>
      line.length > 12 &&
      !/^(?:import|\*|\/|\}|export (?!const)|(?:async )?function|test\(|type |interface )/.test(line),
  );
}

/** The tests of a file that are short enough to be read, without the indentation of their group. */
function testsOf(text: string): string[] {
  const found = [...text.matchAll(/^( *)test\([\s\S]*?^\1\}(?:, [\d_]+)?\);$/gm)].map(([code, indent = ""]) =>
    code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
  return found.filter((code) => code.split("\n").length <= MOST_LINES);
}
