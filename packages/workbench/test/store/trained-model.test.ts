import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "nabla";
import { afterAll, expect, test } from "vitest";
import { loadTrained, saveTrained } from "../../src/store/trained-model.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-trained-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

/** The fixture's folder, written by a nabla that knew no hash of the description, with a part of it changed. */
function changed(edit: (model: Record<string, Json>) => unknown): string {
  const path = mkdtempSync(join(folder, "changed-"));
  cpSync(fixture, path, { recursive: true });
  const file = join(path, "model.json");
  const envelope = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...envelope, model: edit(envelope.model) }));
  return path;
}

test("an older folder is read, and what its parts say is held against each other", async () => {
  expect((await loadTrained(changed((model) => model))).preparation.task).toBe("classification");
  const parts: Record<string, (model: Record<string, Json>) => unknown> = {
    "classes for": (model) => ({ ...model, classes: [...(model.classes as string[]), "another"] }),
    "one name": (model) => ({ ...model, classes: (model.classes as string[]).map(() => "same") }),
    "those of its preparation": (model) => ({ ...model, classes: [...(model.classes as string[])].reverse() }),
    "the task is": (model) => ({ ...model, task: "regression" }),
    "the target is": (model) => ({ ...model, target: "another" }),
    "and its preparation makes": ({ preparation, ...model }) => {
      const { columns, ...rest } = preparation as { columns: Json[] };
      return { ...model, preparation: { ...rest, columns: columns.slice(1) } };
    },
    temperature: (model) => ({ ...model, temperature: -1 }),
  };
  for (const [said, edit] of Object.entries(parts)) {
    const refused = loadTrained(changed(edit));
    await expect(refused, said).rejects.toMatchObject({
      code: "model/damaged",
      message: expect.stringContaining(said),
    });
  }
});

test("a description that was changed after it was saved is refused, and one laid out anew is not", async () => {
  const path = join(mkdtempSync(join(folder, "saved-")), "model");
  await saveTrained(path, await loadTrained(fixture));
  const file = join(path, "model.json");
  const text = readFileSync(file, "utf8");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, JSON.stringify(JSON.parse(text)));
  expect((await loadTrained(path)).preparation.task).toBe("classification");
  const center = /"center": -?[\d.]+/.exec(text)?.[0] ?? "";
  expect(center).not.toBe("");
  for (const [before, after] of [
    [center, '"center": 5.25'],
    [/"levels": \[\s*"/, '"levels": ["x'],
    [/"name": "/, '"name": "x'],
    [/"library": "/, '"library": "9'],
  ] as const) {
    const other = text.replace(before, after);
    expect(other).not.toBe(text);
    writeFileSync(file, other);
    await expect(loadTrained(path)).rejects.toMatchObject({ code: "model/hash" });
  }
});
