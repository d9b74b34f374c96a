import { readFileSync } from "node:fs";
import { ndarray } from "../../src/array/ndarray.ts";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { splitRows } from "../../src/data/split.ts";

/** The digits of examples/data in parts, inputs from 0 to 1. */
export function readDigits(seed: number): { readonly train: Examples; readonly dev: Examples } {
  const text = readFileSync(new URL("../../../../examples/data/digits.csv", import.meta.url), "utf8");
  const lines = text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  const inputs = ndarray(Float32Array.from(lines.flatMap((line) => line.slice(0, 64).map((pixel) => pixel / 16))), [
    lines.length,
    64,
  ]);
  const targets = ndarray(
    Int32Array.from(lines, (line) => line[64] ?? 0),
    [lines.length],
  );
  const all: Examples = { rows: lines.length, inputs, targets };
  const parts = splitRows({ rows: lines.length, classes: targets.data }, { seed });
  return { train: takeExamples(all, parts.train), dev: takeExamples(all, parts.dev) };
}
