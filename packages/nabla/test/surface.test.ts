/** What plain JavaScript can hand in: every function that users call answers with a sentence, and never with a TypeError. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import * as nabla from "../src/index.ts";
import { NablaError, ops } from "../src/index.ts";

const JUNK: readonly unknown[] = [undefined, null, 1, "x", [], [[1, 2]], {}, () => 1, Number.NaN, new Float32Array(2)];

/** Small helpers on words, numbers and types of their own, whose callers have a type checker, and classes. */
const HELPERS = new Set([
  ...["compact", "count", "grouped", "drain", "known", "listing", "nearest", "withContext", "moments", "eachParameter"],
  ...[
    "fork",
    "normal",
    "permutation",
    "uniform",
    "checkSettings",
    "checkSelectionTarget",
    "decidingError",
    "NablaError",
    "Draws",
    "SealedTest",
  ],
]);

/** Functions of tables, which are checked where files are read: whatever the folder of data exports. */
const ofTables = new Set<unknown>();
const dataFolder = new URL("../src/data/", import.meta.url);
for (const file of readdirSync(dataFolder, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".ts")) continue;
  const module: object = await import(/* @vite-ignore */ new URL(file, dataFolder).pathname);
  for (const value of Object.values(module)) ofTables.add(value);
}

const functions = Object.entries(nabla).flatMap(([name, value]) =>
  typeof value === "function" && !HELPERS.has(name) && !ofTables.has(value) ? [[name, value] as const] : [],
);

/** The error of a call, if there is one. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

function isSentence(error: unknown): boolean {
  return error === undefined || error instanceof NablaError;
}

test("most functions are tried", () => {
  expect(functions.length).toBeGreaterThan(120);
});

test.each(functions)("%s", async (name, value) => {
  const f = value as unknown as (...given: readonly unknown[]) => unknown;
  const calls = [[], ...JUNK.map((junk) => [junk]), ...JUNK.slice(2).map((junk) => [junk, junk])];
  for (const given of calls) {
    const error = await errorOf(() => f(...given));
    expect(isSentence(error), `${name}(${given.map(String).join(", ")}): ${String(error)}`).toBe(true);
  }
});

test.each(Object.entries(ops).filter(([, op]) => "opName" in op))("ops.%s", async (name, op) => {
  const f = op as unknown as (...given: readonly unknown[]) => unknown;
  const x = nabla.constant(nabla.ndarray([1, 2, 3, 4], [2, 2]));
  const { arity } = (op as unknown as { readonly definition: { readonly arity: number } }).definition;
  const operands = Array.from({ length: arity }, () => x);
  const calls = [
    ...JUNK.map((junk) => operands.map(() => junk)),
    ...JUNK.map((junk) => [...operands, junk]),
    ...JUNK.flatMap((junk) =>
      ["shape", "axis", "order", "dtype", "from", "size", "axes"].map((key) => [...operands, { [key]: junk }]),
    ),
  ];
  for (const given of calls) {
    const error = await errorOf(() => f(...given));
    expect(isSentence(error), `${name}: ${String(error)}`).toBe(true);
  }
});
