import { expect, test } from "vitest";
import { exportedNames, findSharedNames } from "../names.ts";

const shared = (files: Readonly<Record<string, string>>) =>
  findSharedNames(Object.entries(files).map(([path, text]) => ({ path: `packages/${path}`, text })));

test("every kind of declaration is a name; what is handed on, kept or only written about is none", () => {
  const text = [
    "export const one = 1;",
    "export async function two(): Promise<void> {}",
    "export function* three(): Generator<number> {}",
    "export interface Four {}",
    "export type Five<T> = T;",
    "export class Six {}",
    "export const { seven, eight: inner } = things;",
    "export function two(): void;",
    'export { nine } from "./nine.ts";',
    "const ten = 10;",
    "/** export const eleven = 11; */",
  ].join("\n");
  expect(exportedNames(text)).toEqual(["one", "two", "three", "Four", "Five", "Six", "seven", "inner"]);
});

test("a name that two files of a package declare is found, with both", () => {
  const found = shared({
    "nabla/src/nn/dense.ts": "export function make(): void {}\n",
    "nabla/src/optim/adam.ts": "export interface make {}\nexport const rate = 1;\n",
    "workbench/src/runs/train.ts": "export const rate = 2;\n",
  });
  expect(found).toEqual([
    { name: "make", paths: ["packages/nabla/src/nn/dense.ts", "packages/nabla/src/optim/adam.ts"] },
  ]);
});

test("names behind another name and TensorFlow's own are vocabularies of their own, within which a name is one thing", () => {
  const files = {
    "nabla/src/index.ts": 'export * as ops from "./graph/ops.ts";\nexport { exp } from "./nn/exp.ts";\n',
    "nabla/src/graph/ops.ts": 'export * from "./elementwise.ts";\n',
    "nabla/src/graph/elementwise.ts": "export const exp = 1;\n",
    "nabla/src/nn/exp.ts": "export const exp = 2;\n",
    "nabla/src/tf1/arithmetic.ts": "export const exp = 3;\n",
  };
  expect(shared(files)).toEqual([]);
  const [again] = shared({ ...files, "nabla/src/tf1/nn.ts": "export const exp = 4;\n" });
  expect(again?.paths).toEqual(["packages/nabla/src/tf1/arithmetic.ts", "packages/nabla/src/tf1/nn.ts"]);
});
