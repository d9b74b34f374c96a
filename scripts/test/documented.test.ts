import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDeclarations } from "../declarations.ts";
import { undocumented } from "../documented.ts";
import { plantRepository } from "./plant-repository.ts";

const files = {
  "trained.ts": `/** How long. */
export interface TrainOptions {
  /** How many epochs; 10 by default. */
  readonly epochs?: number;
  /** The seed of the draws. */
  readonly seed?: number;
  readonly rate?: number;
  readonly rows: number;
}

export function train({ rows, epochs = 10 }: TrainOptions): number {
  return rows * epochs;
}

/** What came of it. */
export type Outcome = { readonly error: number };
export class Trained {}
export const layers = [1, 2];
const own = 1;
export default own;
`,
  "index.ts": `export { train } from "./trained.ts";\n/** Everything else. */\nexport * as trained from "./trained.ts";\n`,
};

function planted() {
  const repository = plantRepository(files);
  const compilerOptions = { strict: true, noEmit: true, module: "nodenext", allowImportingTsExtensions: true };
  const config = { compilerOptions, include: ["src"] };
  writeFileSync(join(repository.root, "packages/nabla/tsconfig.json"), JSON.stringify(config));
  return repository;
}

test("an export without a doc comment is found, and an option that does not say what holds without it", () => {
  using repository = planted();
  using reader = openDeclarations(repository.root, ["nabla"]);
  const at = "packages/nabla/src/trained.ts";
  expect(reader.exportsOf(at).flatMap(undocumented)).toEqual([
    `${at}:2: TrainOptions.rate has no doc comment`,
    `${at}:2: TrainOptions.seed does not say what holds when it is left out`,
    `${at}:11: train has no doc comment`,
    `${at}:17: Trained has no doc comment`,
    `${at}:18: layers has no doc comment`,
  ]);
});

test("declarations are read as the compiler has them, and what a file hands on too", () => {
  using repository = planted();
  using reader = openDeclarations(repository.root, ["nabla"]);
  const entry = "packages/nabla/src/index.ts";
  const handedOn = reader.exportsOf(entry, { passedOn: true });
  expect(handedOn.map(({ name, kind, line }) => [name, kind, line])).toEqual([
    ["train", "function", 11],
    ["trained", "namespace", 2],
  ]);
  expect(handedOn[0]?.text).toBe("export function train({ rows, epochs = 10 }: TrainOptions): number");
  expect(handedOn[1]?.doc).toBe("Everything else.");
  expect(handedOn[1]?.holds.find(({ name }) => name === "layers")?.text).toBe("const layers: number[]");
  expect(handedOn[1]?.holds.find(({ name }) => name === "TrainOptions")?.members).toEqual([
    { name: "epochs", type: "number", optional: true, doc: "How many epochs; 10 by default." },
    { name: "seed", type: "number", optional: true, doc: "The seed of the draws." },
    { name: "rate", type: "number", optional: true, doc: "" },
    { name: "rows", type: "number", optional: false, doc: "" },
  ]);
});
