import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import {
  categoryColumn,
  columnOf,
  numberColumn,
  selectColumns,
  table,
  takeTable,
  widthOf,
} from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

const image = numberColumn("image", ndarray([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]));
const people = table(
  [numberColumn("age", [31, 4, 62]), categoryColumn("town", ["Ulm", null, "Aix"])],
  categoryColumn("kind", ["b", "a", "b"]),
);

describe("table", () => {
  it("sorts levels and marks missing names with -1", () => {
    expect(people.columns[1]).toMatchObject({ levels: ["Aix", "Ulm"], codes: Int32Array.of(1, -1, 0) });
  });

  it("names the level that a column does not know", () => {
    const error = thrown(() => categoryColumn("town", ["Ulm", "Ux"], ["Aix", "Ulm"]));
    expect(error.code).toBe("data/unknown-level");
    expect(error.message).toBe('column town, row 1: "Ux" is not one of its levels');
  });

  it("takes rows in the order asked for, target included", () => {
    const taken = takeTable(people, [2, 0, 2]);
    expect(taken.rows).toBe(3);
    expect(taken.columns[0]).toMatchObject({ values: { data: Float64Array.of(62, 31, 62) } });
    expect(taken.columns[1]).toMatchObject({ codes: Int32Array.of(0, 1, 0) });
    expect(taken.target).toMatchObject({ codes: Int32Array.of(1, 1, 1) });
  });

  it("takes whole blocks of image-like columns", () => {
    expect(widthOf(image)).toBe(4);
    const taken = takeTable(table([image]), [1]).columns[0];
    expect(taken).toMatchObject({ values: { shape: [1, 2, 2], data: Float32Array.of(5, 6, 7, 8) } });
  });

  it("selects columns by name and keeps the target", () => {
    const selected = selectColumns(people, ["town"]);
    expect(selected.columns.map((column) => column.name)).toEqual(["town"]);
    expect(selected.target?.name).toBe("kind");
  });

  it("names a missing column and its nearest names", () => {
    const error = thrown(() => columnOf(people, "twon"));
    expect(error.code).toBe("data/missing-column");
    expect(error.message).toContain('"twon"');
    expect(error.hint).toContain("town");
  });

  it("refuses columns of different lengths and equal names", () => {
    const uneven = thrown(() => table([numberColumn("a", [1, 2]), numberColumn("b", [1])]));
    expect([uneven.code, uneven.message]).toEqual(["data/rows", "column b has 1 row, column a has 2 rows"]);
    const twice = thrown(() => table([numberColumn("a", [1])], numberColumn("a", [1])));
    expect([twice.code, twice.message]).toEqual(["data/duplicate-column", 'two columns are named "a"']);
  });
});
