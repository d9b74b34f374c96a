import { expect, test } from "vitest";
import { findComparisons, kindsOf } from "../kinds.ts";
import { readSources, type SourceFile } from "../sources.ts";

const sources = readSources(".");
const plant = (path: string, text: string): readonly string[] => {
  const file: SourceFile = { path, text };
  return findComparisons([...sources, file]).filter((line) => line.startsWith(path));
};

test("the kinds are those of the tables", () => {
  const kinds = kindsOf(sources);
  for (const kind of [
    "dense",
    "graph",
    "relu",
    "huber",
    "he",
    "l2",
    "adamW",
    "sequence",
    "cosine",
    "flip",
    "tpe",
    "asha",
  ])
    expect(kinds.has(kind), kind).toBe(true);
  expect(kinds.has("Kinds")).toBe(false);
});

test.each([
  'if (layer.kind === "dense") return 1;',
  'const drops = ({ kind }) => "dropout" !== kind;',
  '    case "adam":',
  'return ["relu", "tanh"].includes(String(kind));',
  'if (schedule.kind === "constant") return 1;',
])("a comparison is found: %s", (line) => {
  expect(plant("packages/nabla/src/diagnose/planted.ts", `// a file\n${line}\n`)).toEqual([
    `packages/nabla/src/diagnose/planted.ts:2: ${line.trim()}`,
  ]);
});

test.each([
  ["another thing's kind", "packages/nabla/src/data/planted.ts", 'columns.filter(({ kind }) => kind !== "constant");'],
  ["an event's kind", "packages/nabla/src/train/planted.ts", 'if (event.kind === "epoch") return;'],
  ["a table of exporters", "packages/nabla/src/exchange/onnx/planted.ts", 'if (layer.kind === "dense") return;'],
])("%s does not count", (_, path, line) => {
  expect(plant(path, line)).toEqual([]);
});
