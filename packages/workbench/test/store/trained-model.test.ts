import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { loadTrained, saveTrained } from "../../src/store/trained-model.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-trained-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fixture = join(import.meta.dirname, "..", "fixtures", "first-version", "models", "classes");

test("a folder with a kind that nabla does not have is no damaged one: the error names the kind and says what to do", async () => {
  const path = join(folder, "model");
  cpSync(fixture, path, { recursive: true });
  const file = join(path, "model.json");
  const text = readFileSync(file, "utf8");
  expect(text).toContain('"kind": "tanh"');
  writeFileSync(file, text.replace('"kind": "tanh"', '"kind": "swish"'));
  await expect(loadTrained(path)).rejects.toMatchObject({
    code: "model/kind",
    message: expect.stringContaining('"swish" is no kind of layer'),
    hint: expect.stringContaining("fit({ model, weights })"),
  });
  writeFileSync(file, text.replace('"units"', '"unit"'));
  await expect(loadTrained(path)).rejects.toMatchObject({ code: "model/damaged" });
});

test("a model without its preparation is not written: it could not be read back", async () => {
  const saved = saveTrained(join(tmpdir(), "no-model-is-written-here"), { trained: {} } as never);
  await expect(saved).rejects.toMatchObject({
    code: "model/preparation",
    hint: expect.stringContaining("preparation"),
  });
});
