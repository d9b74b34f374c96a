import { expect, test } from "vitest";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { categoryColumn, numberColumn, table } from "../../src/data/table.ts";
import { likeRows } from "../../src/diagnose/like-rows.ts";

test("rows that repeat each other exactly or nearly are one group, and all others have their own", () => {
  const [a, b] = ["a", "b"].map((name) => [...normal(fork(seedKey(4), name), 50)]) as [number[], number[]];
  const kind: string[] = a.map((_, i) => (i % 2 === 0 ? "x" : "y"));
  const copy = (to: number, from: number, by = 0): void => {
    a[to] = (a[from] ?? 0) + by;
    b[to] = (b[from] ?? 0) - by;
    kind[to] = kind[from] ?? "";
  };
  copy(10, 3);
  copy(40, 3, 0.002);
  copy(41, 40, 0.002);
  copy(20, 7);
  kind[20] = kind[7] === "x" ? "y" : "x";
  const groups = likeRows(table([numberColumn("a", a), numberColumn("b", b), categoryColumn("kind", kind)]));
  expect([10, 40, 41].map((row) => groups[row])).toEqual([groups[3], groups[3], groups[3]]);
  // another kind is another row, however near its numbers are
  expect(groups[20]).not.toBe(groups[7]);
  expect(new Set(groups).size).toBe(50 - 3);
  const exact = likeRows(table([numberColumn("a", a), numberColumn("b", b)]), { tolerance: 0 });
  expect([exact[10] === exact[3], exact[40] === exact[3]]).toEqual([true, false]);
});
