import { describe, expect, it } from "vitest";
import { preparedInputs } from "../../src/data/apply-preparation.ts";
import { featureNames, type Preparation } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { fitSource } from "../../src/data/prepare-source.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import { categoryColumn, numberColumn, type Table, table, takeTable } from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

/** `levels` codes with leading zeros, the first of them the most frequent. */
function codes(levels: number): Table {
  const cells = Array.from({ length: levels }, (_, i) =>
    Array.from({ length: 1 + Math.floor((2 * levels) / (i + 1)) }, () => String(i).padStart(5, "0")),
  ).flat();
  return table(
    [categoryColumn("zip", cells)],
    numberColumn(
      "y",
      Float64Array.from(cells, (_, row) => row),
    ),
  );
}

/** The inputs that each value lights. */
function lit(preparation: Preparation, values: readonly (string | null)[]): readonly (readonly number[])[] {
  const { data, shape } = preparedInputs(preparation, table([categoryColumn("zip", values)]));
  const width = shape[1] ?? 0;
  return values.map((_, row) =>
    Array.from(data.subarray(row * width, (row + 1) * width)).flatMap((value, i) => (value === 0 ? [] : [i])),
  );
}

/** FNV-1a of 32 bits, in whole numbers of any size. */
function fnv1a(text: string): number {
  let hash = 2_166_136_261n;
  for (const sign of text) hash = ((hash ^ BigInt(sign.charCodeAt(0))) * 16_777_619n) % 2n ** 32n;
  return Number(hash);
}

describe("a category of many levels", () => {
  it("has an input a level up to 256", () => {
    const [column] = prepare.fit(codes(256)).columns;
    expect(column).not.toHaveProperty("slots");
    expect(featureNames(prepare.fit(codes(256)))).toHaveLength(257);
  });

  it("keeps inputs for the 240 most frequent and hashes the rest into 16, so that inputs are bounded", () => {
    const preparation = prepare.fit(codes(1000));
    const names = featureNames(preparation);
    expect(names).toHaveLength(257);
    expect([names[0], names[239], names[240], names[255], names[256]]).toEqual([
      "zip=00000",
      "zip=00239",
      "zip shared 241",
      "zip shared 256",
      "zip=unknown",
    ]);
    const asked = ["00000", "00239", "00240", "00999", "01000", "240", null];
    expect(lit(preparation, asked)).toEqual(
      [0, 239, 240 + (fnv1a("00240") % 16), 240 + (fnv1a("00999") % 16), 256, 256, 256].map((place) => [place]),
    );
  });

  it("keeps all levels that it knows, so that seen and unseen can be told apart", () => {
    const [column] = prepare.fit(codes(1000)).columns;
    expect(column?.kind === "category" && column.levels.length).toBe(1000);
  });

  it("is the same from a stream and after JSON, and for any order of rows", async () => {
    const all = codes(300);
    const preparation = prepare.fit(all);
    expect(preparationFrom(JSON.parse(JSON.stringify(preparation)))).toEqual(preparation);
    async function* backwards(): AsyncGenerator<Table, void, undefined> {
      const order = Array.from({ length: all.rows }, (_, row) => all.rows - 1 - row);
      for (let from = 0; from < all.rows; from += 100) yield takeTable(all, order.slice(from, from + 100));
    }
    const found = await fitSource(backwards());
    expect(found.columns).toEqual(preparation.columns);
  });

  it("takes another bound", () => {
    const towns = table(
      [categoryColumn("town", ["a", "b", "b", "c", "c", "d"])],
      numberColumn("y", [1, 2, 3, 4, 5, 6]),
    );
    expect(prepare.fit(towns, { levels: 2 }).columns).toEqual([
      { kind: "category", name: "town", levels: ["a", "b", "c", "d"], slots: [1, 0, 1, 1] },
    ]);
    expect(prepare.fit(towns, { levels: 1 }).columns).toMatchObject([{ slots: [0, 0, 0, 0] }]);
    expect(prepare.fit(towns, { levels: 4 }).columns[0]).not.toHaveProperty("slots");
    expect(thrown(() => prepare.fit(towns, { levels: 0 })).code).toBe("options/range");
  });
});
