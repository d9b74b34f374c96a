import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { batchCount, batches, epochOrder } from "../../src/data/batches.ts";
import { examplesOf, takeExamples } from "../../src/data/examples.ts";
import { categoryColumn, numberColumn, table } from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

/** Inputs that tell row and feature: row 3 of width 2 is [6, 7]. */
function numbered(rows: number, width = 2) {
  const inputs = ndarray(
    Float32Array.from({ length: rows * width }, (_, i) => i),
    [rows, width],
  );
  return {
    rows,
    inputs,
    targets: ndarray(
      Int32Array.from({ length: rows }, (_, i) => i),
      [rows],
    ),
  };
}
const key = fork(seedKey(7), "batches");

describe("batches", () => {
  it("J1 an epoch of 50 million rows is 50,000 batches of 1000", () => {
    expect(batchCount(50_000_000, { size: 1000 })).toBe(50_000);
  });

  it("J2 2000 rows in batches of 1000 are rows 0 to 999 and 1000 to 1999, not 1001 in the first", () => {
    const found = Array.from(batches(numbered(2000), { size: 1000, shuffle: false }), ({ indices }) => [
      indices[0],
      indices.at(-1),
      indices.length,
    ]);
    expect(found).toEqual([
      [0, 999, 1000],
      [1000, 1999, 1000],
    ]);
  });

  it("J2 each row comes exactly once in an epoch, whole, with its target, for any size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 350 }),
        fc.nat({ max: 20 }),
        fc.constantFrom(1, 3, 60),
        fc.boolean(),
        (rows, size, epoch, width, shuffle) => {
          const seen: number[] = [];
          let last = -1;
          for (const batch of batches(numbered(rows, width), { size, key, epoch, shuffle })) {
            expect(batch.index).toBe(++last);
            expect(batch.inputs.shape).toEqual([batch.rows, width]);
            expect(batch.targets.shape).toEqual([batch.rows]);
            expect(batch.targets.data).toEqual(Int32Array.from(batch.indices));
            batch.indices.forEach((row, i) => {
              expect(batch.inputs.data[i * width]).toBe(row * width);
              expect(batch.inputs.data[i * width + width - 1]).toBe(row * width + width - 1);
            });
            seen.push(...batch.indices);
          }
          expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it("J2 the short last batch is kept or dropped", () => {
    const sizes = (last: "keep" | "drop") =>
      Array.from(batches(numbered(10), { size: 4, key, last }), ({ rows }) => rows);
    expect(sizes("keep")).toEqual([4, 4, 2]);
    expect(sizes("drop")).toEqual([4, 4]);
    expect(batchCount(10, { size: 4, last: "drop" })).toBe(2);
  });

  it("J9 a size need not be a power of 2", () => {
    expect(Array.from(batches(numbered(250), { size: 100, key }), ({ rows }) => rows)).toEqual([100, 100, 50]);
  });

  it("resumes in the middle of an epoch with the batches that were still to come", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat({ max: 30 }),
        (rows, size, from) => {
          const collect = (start: number) =>
            Array.from(batches(numbered(rows), { size, key, epoch: 3, from: start }), ({ index, indices }) => [
              index,
              ...indices,
            ]);
          expect(collect(from)).toEqual(collect(0).slice(from));
        },
      ),
      { seed: 6 },
    );
  });

  it("orders each epoch anew, and the same for the same key", () => {
    expect(epochOrder(50, key, 1)).toEqual(epochOrder(50, key, 1));
    expect(epochOrder(50, key, 1)).not.toEqual(epochOrder(50, key, 2));
    expect(epochOrder(50, key, 1)).not.toEqual(epochOrder(50, seedKey(8), 1));
  });

  it("uses the same storage for every batch", () => {
    const storages = new Set(Array.from(batches(numbered(10), { size: 4, key }), ({ inputs }) => inputs.data.buffer));
    expect(storages.size).toBe(1);
  });

  it("refuses sizes and options that mean nothing, and names them", () => {
    const cases = [
      [{ size: 0, key }, "data/batch-size", "got 0"],
      [{ size: 2.5, key }, "data/batch-size", "got 2.5"],
      [{ size: 11, key, last: "drop" }, "data/batch-size", "10 rows give no batch of 11"],
      [{ size: 2, key, from: -1 }, "data/batch-from", "got -1"],
      [{ size: 2 }, "data/batch-key", "key"],
    ] as const;
    for (const [options, code, part] of cases) {
      const error = thrown(() => batches(numbered(10), options).next());
      expect(error.code).toBe(code);
      expect(error.message).toContain(part);
    }
  });
});

describe("examples", () => {
  it("puts number columns side by side and takes classes from the target", () => {
    const examples = examplesOf(
      table([numberColumn("a", [1, 2]), numberColumn("b", [3, 4])], categoryColumn("c", ["y", "x"])),
    );
    expect(examples.inputs).toEqual({ dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 3, 2, 4) });
    expect(examples.targets).toEqual({ dtype: "int32", shape: [2], data: Int32Array.of(1, 0) });
    expect(examples).toMatchObject({ classes: ["x", "y"], names: ["a", "b"], rows: 2 });
    expect(takeExamples(examples, [1]).inputs.data).toEqual(Float32Array.of(2, 4));
  });

  it("keeps the shape of a single image-like column, and makes number targets [rows, 1]", () => {
    const image = numberColumn("image", ndarray([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]));
    const examples = examplesOf(table([image], numberColumn("y", [0.5, 1])));
    expect(examples.inputs.shape).toEqual([2, 2, 2]);
    expect(examples.targets).toEqual({ dtype: "float32", shape: [2, 1], data: Float32Array.of(0.5, 1) });
  });

  it("sends names and missing values to prepare", () => {
    const target = numberColumn("y", [1, 2]);
    const names = thrown(() => examplesOf(table([categoryColumn("town", ["Ulm", "Aix"])], target)));
    expect([names.code, names.message]).toEqual([
      "data/not-numeric",
      "column town is categorical (Aix, Ulm, …), not numeric",
    ]);
    const missing = thrown(() => examplesOf(table([numberColumn("x", [1, Number.NaN])], target)));
    expect([missing.code, missing.message]).toEqual(["data/missing", "column x, row 1: the value is missing"]);
  });
});

it.each([47, 48, 300])("rows of %i numbers are taken bit by bit, whatever stands in them", (width) => {
  const data = Float32Array.from({ length: 5 * width }, (_, i) => (i % 7 === 0 ? Number.NaN : i / 3));
  data.set([Number.POSITIVE_INFINITY, -0], 2 * width);
  const rows = { rows: 5, inputs: ndarray(data, [5, width]), targets: ndarray(Int32Array.of(5, 6, 7, 8, 9), [5]) };
  const order = [4, 2, 2, 0];
  const { inputs, targets } = takeExamples(rows, order);
  const bits = (array: Float32Array): Uint32Array => new Uint32Array(array.slice().buffer);
  const expected = order.flatMap((row) => Array.from(data.subarray(row * width, (row + 1) * width)));
  expect(bits(inputs.data as Float32Array)).toEqual(bits(Float32Array.from(expected)));
  expect(Array.from(targets.data)).toEqual([9, 7, 7, 5]);
  expect(takeExamples(rows, []).inputs.data.length).toBe(0);
});
