import { expect, test } from "vitest";
import { optionText, valuesText } from "../../src/base/description.ts";
import type { Fields } from "../../src/base/field.ts";
import { jobFields } from "../../src/train/job-fields.ts";
import { kindFamilies, kindTables } from "../../src/train/kind-tables.ts";

const all: readonly (readonly [string, Fields])[] = [
  ["job", jobFields],
  ...Object.values(kindTables).flatMap((kinds) =>
    Object.values(kinds).map(({ kind, fields }) => [kind, fields] as const),
  ),
];

test.each(
  all,
)("the defaults of %s come back from their texts, and every option says what it may be", (kind, fields) => {
  for (const [name, one] of Object.entries(fields)) {
    expect(valuesText(one), `${kind} ${name}`).not.toBe("");
    if (one.default === undefined) continue;
    const data = one.write(one.default);
    const read = one.read(one.parse(one.format(data)), { place: name, keys: [], families: kindFamilies });
    expect(one.write(read), `${kind} ${name}`).toEqual(data);
  }
});

test("a kind in words: arguments stand bare, defaults are left out, kinds within are named", () => {
  const text = (family: keyof typeof kindTables, data: Parameters<typeof optionText>[0]): string =>
    optionText(data, { kinds: kindTables[family], number: String });
  expect(text("layer", { kind: "dense", units: 64 })).toBe("dense 64");
  expect(text("layer", { kind: "dropout", keep: 0.8 })).toBe("dropout 0.8");
  expect(text("layer", { kind: "dense", units: 64, init: { kind: "he" } })).toBe("dense 64, init he");
  expect(text("optimizer", { kind: "adam", rate: 0.003, beta1: 0.9, beta2: 0.99 })).toBe(
    "adam, rate 0.003, beta2 0.99",
  );
  expect(text("optimizer", "adam")).toBe("adam");
  expect(text("layer", { kind: "conv2d", filters: 16, bias: false })).toBe("conv2d 16, no bias");
  expect(text("optimizer", { kind: "momentum", rate: 0.1, nesterov: true })).toBe("momentum, nesterov");
  expect(text("schedule", { kind: "warmup", epochs: 2, schedule: { kind: "cosine", floor: 0 } })).toBe(
    "warmup, epochs 2, schedule cosine",
  );
  expect(text("penalty", { kind: "l2", strength: 0.001, reduction: "none" })).toBe("l2 0.001");
  expect(text("layer", { kind: "of another version", size: 3 })).toBe("of another version, size 3");
});
