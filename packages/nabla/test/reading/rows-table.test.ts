import { expect, test } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { wantedColumns } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { columnFrom, decideColumn, tableFromRows, writtenColumn } from "../../src/reading/index.ts";

const columns = {
  rooms: ["3", "4,5", "2"],
  heating: ["gas", "oil", "gas"],
  garden: ["True", "False", "True"],
  sold: ["31.05.2024", "01.06.2024", "13.06.2024"],
  zip: ["01067", "10115", "01067"],
};

const wanted = Object.entries(columns).map(([name, cells]) => {
  const written = writtenColumn(name, cells);
  const { reading } = decideColumn(written);
  const { column } = columnFrom(written, reading);
  return { name, reading, ...(column.kind === "category" ? { levels: column.levels } : {}) };
});

test("rows are read by what a preparation wants, whether it says how cells are read or not", () => {
  const rows = [
    { rooms: 3, heating: "gas", price: 1 },
    { rooms: 4, heating: "oil", price: 2 },
  ];
  const learned = tableFromRows(rows);
  const target = learned.columns.find(({ name }) => name === "price");
  if (target === undefined) throw new Error("there is no price");
  const fit = prepare.fit({ rows: 2, columns: learned.columns.filter((column) => column !== target), target });
  const table = tableFromRows([{ rooms: 5, heating: "coal" }], wantedColumns(fit));
  expect(table.columns.map(({ name }) => name)).toEqual(["rooms", "heating"]);
  expect(table.unseen).toEqual([{ column: "heating", levels: [{ text: "coal", count: 1 }] }]);
  const leveled = tableFromRows([{ zip: 10115 }], [{ name: "zip", levels: ["01067", "10115"] }]);
  expect(leveled.columns).toEqual([expect.objectContaining({ kind: "category", codes: Int32Array.of(1) })]);
  const bare = wantedColumns(fit).map(({ name, kind }) => ({ name, kind }));
  expect(tableFromRows([{ rooms: 5, heating: "coal" }], bare).columns.map(({ kind }) => kind)).toEqual([
    "number",
    "category",
  ]);
});

test("rows are read as the file of the model was", () => {
  const table = tableFromRows(
    [
      { rooms: 3.5, heating: "oil", garden: true, sold: new Date(Date.UTC(2024, 4, 31)), zip: "10115", more: 1 },
      { rooms: "4,5", heating: "coal", garden: "no", sold: "01.06.2024", zip: "01067" },
      { rooms: null, heating: null, garden: 1, sold: undefined, zip: 10115 },
      { rooms: 81.382 },
    ],
    wanted,
  );
  expect(table.rows).toBe(4);
  expect(
    table.columns.map((column) => Array.from(column.kind === "number" ? column.values.data : column.codes)),
  ).toEqual([
    [3.5, 4.5, Number.NaN, 81.382],
    [1, 2, -1, -1],
    [1, 0, 1, -1],
    [19874, 19875, Number.NaN, Number.NaN],
    [1, 0, 1, -1],
  ]);
  expect(table.unseen).toEqual([{ column: "heating", levels: [{ text: "coal", count: 1 }] }]);
});

test("a number of a program is itself where texts have commas", () => {
  const price = { name: "price", reading: { as: "number", decimal: ",", grouping: "." } } as const;
  const { columns } = tableFromRows([{ price: 81.382 }, { price: "81.382" }, { price: "4,5" }], [price]);
  expect(columns[0]).toMatchObject({ values: { data: Float64Array.of(81.382, 81382, 4.5) } });
});

test("rows without a model are decided by what they hold", () => {
  const table = tableFromRows([{ a: 1.5, b: "x", c: true }, { a: 2, b: "y", c: false }, { a: 3 }]);
  expect(table.columns.map(({ name, kind, reading }) => [name, kind, reading?.as])).toEqual([
    ["a", "number", "number"],
    ["b", "category", "category"],
    ["c", "category", "category"],
  ]);
});

/** The error of an action. */
function errorOf(action: () => unknown): NablaError {
  try {
    action();
  } catch (error) {
    if (error instanceof NablaError) return error;
  }
  throw new Error("expected an error");
}

test("errors name row and column", () => {
  const whole = { rooms: 1, heating: "gas", garden: true, sold: "01.06.2024", zip: "01067" };
  const number = errorOf(() => tableFromRows([whole, { ...whole, rooms: "many" }], wanted));
  expect([number.code, number.message]).toEqual([
    "data/not-a-number",
    'row 1, column rooms: expected a number, found "many"',
  ]);
  expect(errorOf(() => tableFromRows([{ ...whole, sold: "31.02.2024" }], wanted)).code).toBe("data/not-a-date");
  const nested = errorOf(() => tableFromRows([{ ...whole, rooms: [1, 2] }], wanted));
  expect([nested.code, nested.message]).toEqual([
    "data/not-a-cell",
    "row 0, column rooms: expected a number, a text, a truth value, a date or null, found a list",
  ]);
  const absent = errorOf(() => tableFromRows([{ room: 1, heating: "gas" }], wanted));
  expect([absent.code, absent.message]).toEqual(["data/missing-column", 'no row has a "rooms"']);
  expect(absent.hint).toContain("room");
});
