import { expect, test } from "vitest";
import { plainRows } from "../../src/answers/plain-rows.ts";
import { rowAnswers } from "../../src/answers/row-answers.ts";
import { seedKey, uniform } from "../../src/base/random.ts";
import { preparedInputs } from "../../src/data/apply-preparation.ts";
import { type ColumnPreparation, type Preparation, wantedColumns } from "../../src/data/preparation.ts";
import type { CategoryColumn } from "../../src/data/table.ts";
import { noTexts, tallyTexts, textPreparation } from "../../src/data/text-preparation.ts";
import { type GivenRows, rowReader } from "../../src/reading/row-reader.ts";
import { decideCells } from "../../src/reading/rows-table.ts";

const number = (name: string, more: object = {}, reading: object = {}): ColumnPreparation =>
  ({
    kind: "number",
    name,
    center: 3,
    spread: 2,
    indicator: false,
    reading: { as: "number", ...reading },
    ...more,
  }) as ColumnPreparation;
const category = (name: string, levels: readonly string[], more: object = {}): ColumnPreparation =>
  ({ kind: "category", name, levels, reading: { as: "category" }, ...more }) as ColumnPreparation;
const texts = [
  "",
  "The well is dry, well done",
  "wells",
  "\u00a0dry  WELLS run dry ",
  "İ é e\u0301 井戸は深い",
  "1 well",
  "N/A",
];
const text = (name: string, { ordered }: { readonly ordered?: true }): ColumnPreparation => {
  const codes = Int32Array.from({ length: 3 * texts.length }, (_, i) => i % texts.length);
  const column: CategoryColumn = { kind: "category", name, codes, levels: texts };
  const learned = textPreparation(
    { name, reading: { as: "text", missing: ["nothing"] } },
    tallyTexts(noTexts(ordered), column),
    50,
  );
  if (learned === undefined) throw new Error(name);
  return learned;
};
const preparationOf = (...columns: ColumnPreparation[]): Preparation => ({
  kind: "preparation",
  task: "regression",
  columns,
  target: { kind: "number", name: "y", mean: 0, deviation: 1 },
});
const whole = preparationOf(
  number("plain"),
  number("clipped", { clip: 3, indicator: true }),
  number("zeros", { zero: true, indicator: true }),
  { kind: "constant", name: "same" },
  number("flat", { spread: 0 }),
  number("money", {}, { decimal: ",", unit: "€" }),
  number("yes", {}, { binary: true }),
  category("color", ["red", "blue", "NA"]),
  category("code", ["1", "2.50", "07"]),
  category("zip", ["10115", "20095", "80331"], { slots: [0, 1, 0] }),
  text("said", {}),
  text("told", { ordered: true }),
);
const wanted = wantedColumns(whole);
const table = rowReader(wanted, decideCells);
const read = plainRows(whole, wanted, (column, rows) => rowReader([column], decideCells)(rows));

const cells: Readonly<Record<string, readonly unknown[]>> = {
  plain: [0, -1.5, "2.25", 1e9, "", null],
  clipped: [0, 3, 1e300, Number.NaN, null, "unknown"],
  zeros: [0, -0, 4, null, "0"],
  flat: [3, 5, null],
  money: ["1,5 €", "2", 7],
  yes: [true, "no", 1, 0],
  color: ["red", "blue", "NA"],
  code: ["1", "2.50", "07"],
  zip: ["10115", "20095", "80331"],
  said: texts.filter((one) => one !== ""),
  told: texts.filter((one) => one !== ""),
};

test("rows of plain cells give the very inputs that their table gives, alone and among others", () => {
  const all = uniform(seedKey(5), 2000);
  let drawn = 0;
  const pick = <T>(some: readonly T[]): T => some[Math.floor((all[drawn++] ?? 0) * some.length)] as T;
  const rows: GivenRows = Array.from({ length: 200 }, () =>
    Object.fromEntries(Object.entries(cells).map(([name, some]) => [name, pick(some)])),
  );
  expect(read?.(rows)).toEqual(preparedInputs(whole, table(rows)));
  for (const row of rows.slice(0, 20)) expect(read?.([row])).toEqual(preparedInputs(whole, table([row])));
});

const row = Object.fromEntries(Object.entries(cells).map(([name, [first]]) => [name, first]));
test.each([
  ["a level that was never seen", { color: "green" }],
  ["a level in other letters", { color: "RED" }],
  ["a number as a level", { code: 1 }],
  ["no level", { zip: null }],
  ["a word for a number", { plain: "many" }],
  ["a number as a text", { said: 12 }],
  ["a text that is a number", { said: "12" }],
  ["a word for no text", { told: "nothing" }],
  ["an empty text", { told: "  " }],
  ["a number that is not finite", { plain: Number.POSITIVE_INFINITY }],
  ["a list", { plain: [1] }],
  ["a date", { plain: new Date(0) }],
  ["a key that is missing", undefined],
])("%s is left to the table", (_, change) => {
  expect(read?.([row])).toBeDefined();
  const { plain: _plain, ...lacking } = row;
  expect(read?.([change === undefined ? lacking : { ...row, ...change }])).toBeUndefined();
});

test("dates and columns without a reading have no such way", () => {
  const ways = [number("x", { reading: undefined }), { ...number("d"), kind: "date" } as ColumnPreparation].map(
    (column) => {
      const own = preparationOf(number("a"), column);
      return plainRows(own, wantedColumns(own), (one, rows) => rowReader([one], decideCells)(rows));
    },
  );
  expect(ways).toEqual([undefined, undefined]);
});

test("what a column learned is made ready once, however many rows are asked", () => {
  const counted: string[] = [];
  const watch = (column: ColumnPreparation): ColumnPreparation =>
    new Proxy(column, {
      get: (target, key) => {
        if (key === "pieces" || key === "levels") counted.push(target.name);
        return Reflect.get(target, key);
      },
    });
  const watched = preparationOf(...whole.columns.map(watch));
  const model = rowAnswers(watched, { decide: decideCells });
  counted.length = 0;
  for (let i = 0; i < 3; i++) for (const color of ["red", "green"]) model.read({ ...row, color });
  expect(counted).toEqual([]);
});
