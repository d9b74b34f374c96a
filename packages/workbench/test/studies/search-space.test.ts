import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NablaError } from "nabla";
import { branch, choice, integer, logUniform, repeat, uniform } from "nabla/tune";
import { expect, onTestFinished, test } from "vitest";
import { checkSpace, readSpace, spaceFor } from "../../src/studies/search-space.ts";

function spaceFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "nabla-space-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "space.yaml");
  writeFileSync(file, text);
  return file;
}

test("O1 by default the nine of the notes and dropout are searched, but for what the experiment says", () => {
  expect(Object.keys(spaceFor({}, 1000))).toEqual([
    ...["rate", "batch", "units", "optimizer", "layers", "schedule", "penalty", "activation", "keep"],
  ]);
  expect(Object.keys(spaceFor({ batch: 32, hidden: [8], optimizer: "adam" }, 1000))).toEqual([
    ...["rate", "schedule", "penalty", "activation", "keep"],
  ]);
  expect(Object.keys(spaceFor({ layers: [{ kind: "dense", units: 3 }] }, 1000))).toEqual([
    ...["rate", "batch", "optimizer", "schedule", "penalty"],
  ]);
});

test("a space is read from YAML, with branches and lists", async () => {
  const file = spaceFile(`
rate: { logUniform: [1e-4, 1] }
optimizer:
  branch:
    adam: { beta1: { oneMinusLog: [0.9, 0.999] } }
    momentum: {}
hidden: { repeat: { count: { integer: [1, 2] }, of: { choice: [8, 16] } } }
`);
  const space = await readSpace(file);
  expect(Object.keys(space)).toEqual(["rate", "optimizer", "hidden"]);
});

test.each([
  ["rate: { logUniform: [1, 1e-4] }", "tune/range", "space.yaml, line 1, column 1 › rate", "received 1 to 0.0001"],
  ["batch: { choice: [] }", "tune/choice", "space.yaml, line 1, column 1 › batch", "at least one value"],
  ["\nrate: { logUnifrom: [1, 2] }", "tune/domain", "space.yaml, line 2, column 1 › rate", '"logUnifrom" is no domain'],
  ["rate: 0.1", "tune/domain", "space.yaml, line 1, column 1 › rate", "received 0.1"],
  ["rate: [1, 2", "experiment/syntax", "space.yaml, line 1", "YAML"],
  ["- rate", "tune/domain", "space.yaml", "a record of hyperparameters"],
])("%j is refused with its place", async (text, code, place, message) => {
  const error: unknown = await readSpace(spaceFile(text)).catch((thrown: unknown) => thrown);
  if (!(error instanceof NablaError)) throw error;
  expect(error.code).toBe(code);
  expect(error.message).toContain(place);
  expect(`${error.message} ${error.hint}`).toContain(message);
});

test("a space is tried at all its ends, under every branch, and between them", () => {
  const space = {
    keep: uniform(0.25, 1),
    optimizer: branch({ adam: { beta1: uniform(0.5, 0.75) }, momentum: {} }),
    hidden: repeat(integer(1, 2), choice(8, 16)),
  };
  const seen: string[] = [];
  checkSpace(space, (values) => seen.push(JSON.stringify(values)));
  for (const part of ['"keep":0.25', '"keep":1', '"beta1":0.5', '"beta1":0.75', '"kind":"momentum"', "[8]", "[16,8]"])
    expect(seen.join("\n")).toContain(part);
});

test("what cannot be trained with is told with its axis and its value", () => {
  const attempt = (values: unknown): void => {
    const { rate } = values as { rate: number };
    if (rate > 1) throw new NablaError("options/range", `rate must be at most 1, received ${rate}`);
  };
  expect(() => checkSpace({ rate: logUniform(0.1, 10) }, attempt)).toThrow(
    "rate = 10 › rate must be at most 1, received 10",
  );
  expect(() => checkSpace({ raet: logUniform(0.1, 1) }, attempt)).toThrow('no hyperparameter "raet"');
  expect(() => checkSpace({}, attempt)).toThrow(expect.objectContaining({ code: "tune/empty" }));
});
