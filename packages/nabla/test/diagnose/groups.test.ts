import { describe, expect, test } from "vitest";
import { fork, normal, permutation, seedKey, uniform } from "../../src/base/random.ts";
import { splitRows } from "../../src/data/split.ts";
import { type Column, categoryColumn, numberColumn, type Table, table } from "../../src/data/table.ts";
import { type RowGroups, rowGroups } from "../../src/diagnose/groups.ts";
import { likenessWithin } from "../../src/diagnose/likeness.ts";

interface Planted {
  readonly groups: number;
  readonly each: number;
  readonly seed?: number;
  /** How far the inputs of a group's rows are apart, where groups are 1 apart. */
  readonly noise?: number;
  readonly target?: "class" | "number" | "by row";
}

/** Groups of rows in random order, with three inputs and a target that say nothing about other groups. */
function planted({ groups, each, seed = 1, noise = 0.05, target = "class" }: Planted): {
  readonly member: Int32Array;
  readonly inputs: readonly Column[];
  readonly target: Column;
} {
  const key = seedKey(seed);
  const rows = groups * each;
  const order = permutation(fork(key, "order"), rows);
  const member = Int32Array.from(order, (place) => place % groups);
  const inputs = ["a", "b", "c"].map((name) => {
    const [center, own] = [normal(fork(key, name), groups), normal(fork(key, `${name} own`), rows)];
    return numberColumn(
      name,
      Float64Array.from(member, (group, row) => (center[group] ?? 0) + noise * (own[row] ?? 0)),
    );
  });
  const draws = uniform(fork(key, "target"), Math.max(groups, rows));
  const drawn = (group: number, row: number): number => draws[target === "by row" ? row : group] ?? 0;
  const answers =
    target === "number"
      ? numberColumn(
          "t",
          Float64Array.from(member, (group, row) => drawn(group, row)),
        )
      : categoryColumn(
          "t",
          Array.from(member, (group, row) => (drawn(group, row) < 0.5 ? "yes" : "no")),
        );
  return { member, inputs, target: answers };
}

function foundIn(data: Table, seed = 1): readonly RowGroups[] {
  const { train, dev, test: sealed } = splitRows({ rows: data.rows }, { seed });
  const part = new Uint8Array(data.rows);
  for (const [number, rows] of [train, dev, sealed].entries()) for (const row of rows) part[row] = number;
  return rowGroups(data, { part, learned: train, seed });
}

const named = (name: string, member: Int32Array): Column =>
  categoryColumn(
    name,
    Array.from(member, (group) => `P${String(group).padStart(3, "0")}`),
  );
const people = ["Ann", "Ben", "Cho", "Dee", "Eli", "Fay", "Gus", "Hal", "Ivy", "Jon"];
const person = (group: number): string => `${people[group % 10]} ${people[Math.floor(group / 10) % 10]}`;

describe("groups that stand in several parts are found", () => {
  const many = { groups: 60, each: 10 };
  const cases: readonly (readonly [string, Planted, (member: Int32Array) => Column])[] = [
    ["patients by code", many, (member) => named("patient_id", member)],
    ["patients whose target is a number", { ...many, target: "number" }, (member) => named("patient_id", member)],
    [
      "numbers",
      many,
      (member) =>
        numberColumn(
          "PatientID",
          Float64Array.from(member, (g) => 1000 + 7 * g),
        ),
    ],
    [
      "numbers under no name",
      many,
      (member) =>
        numberColumn(
          "key2",
          Float64Array.from(member, (g) => (g * 37) % 61),
        ),
    ],
    ["names of people", many, (member) => categoryColumn("who", Array.from(member, person))],
    ["two rows each", { groups: 100, each: 2 }, (member) => named("subject", member)],
    ["few subjects", { groups: 8, each: 60 }, (member) => named("subject", member)],
    ["inputs that are not alike", { ...many, noise: 3 }, (member) => named("store", member)],
    ["a target of each row, but inputs that are alike", { ...many, target: "by row" }, (m) => named("user", m)],
  ];
  test.each(cases)("%s", (_name, options, column) => {
    for (const seed of [1, 2, 3]) {
      const { member, inputs, target } = planted({ ...options, seed });
      const groups = column(member);
      const [found] = foundIn(table([...inputs, groups], target), seed);
      expect(found?.name).toBe(groups.name);
      const { groups: many, torn, summary } = found as RowGroups;
      expect(many).toBe(options.groups);
      expect(torn).toBeGreaterThan(0.3 * many);
      expect(summary).toMatch(new RegExp(`^rows of one ${groups.name} stand in several parts \\(\\d+ of its ${many}`));
    }
  });

  test("with what is counted by hand", () => {
    const { member, inputs, target } = planted(many);
    const data = table([...inputs, named("patient", member)], target);
    const part = Uint8Array.from(member, (group, row) => (group < 12 && row % 2 === 1 ? 1 : 0));
    const home = new Map<number, Set<number>>();
    for (const [row, group] of member.entries()) home.set(group, (home.get(group) ?? new Set()).add(part[row] ?? 0));
    const torn = [...home.values()].filter((parts) => parts.size > 1).length;
    const learned = [...part.keys()].filter((row) => part[row] === 0);
    expect(rowGroups(data, { part, learned })[0]).toMatchObject({ name: "patient", groups: 60, torn, alike: 1 });
  });
});

describe("nothing is found", () => {
  test("where groups are in one part each", () => {
    const { member, inputs, target } = planted({ groups: 60, each: 10 });
    const part = Uint8Array.from(member, (group) => Number(group > 40));
    const learned = [...part.keys()].filter((row) => part[row] === 0);
    expect(rowGroups(table([...inputs, named("patient_id", member)], target), { part, learned })).toEqual([]);
  });

  test("where rows of one patient are like those of any other", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { member, inputs } = planted({ groups: 60, each: 10, noise: 50, seed });
      const { target } = planted({ groups: 60, each: 10, target: "by row", seed });
      expect(foundIn(table([...inputs, named("patient_id", member)], target), seed)).toEqual([]);
    }
  });

  test("of ordinary columns, though the target depends on them: countries, colors, ages, years, units", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const rows = 300 + 150 * (seed % 3);
      const drawn = (name: string): Float64Array => uniform(fork(seedKey(seed), name), rows);
      const whole = (name: string, from: number, many: number): Float64Array =>
        drawn(name).map((value) => from + Math.floor(many * value));
      const noise = normal(fork(seedKey(seed), "noise"), rows);
      const [age, year, nation] = [whole("age", 18, 60), whole("year", 1990, 30), whole("nation", 0, 30)];
      const words = (values: Float64Array, word: (value: number) => string): readonly string[] =>
        Array.from(values, word);
      const columns = [
        categoryColumn("country", words(nation, person)),
        categoryColumn(
          "color",
          words(whole("color", 0, 5), (value) => ["red", "blue", "green", "black", "white"][value] ?? ""),
        ),
        numberColumn("age", age),
        numberColumn(
          "months",
          age.map((value) => 12 * value),
        ),
        numberColumn("year", year),
        numberColumn("x", noise),
      ];
      const targets = [
        numberColumn(
          "t",
          age.map((value) => 2 * value),
        ),
        categoryColumn(
          "t",
          words(age, (value) => (value > 40 ? "old" : "young")),
        ),
        categoryColumn(
          "t",
          words(nation, (value) => "abc"[value % 3] ?? ""),
        ),
        numberColumn(
          "t",
          nation.map((value, row) => (value % 7) + (noise[row] ?? 0) / 4),
        ),
      ];
      for (const target of targets) expect(foundIn(table(columns, target), seed)).toEqual([]);
    }
  });

  test("of few rows", () => {
    const { member, inputs, target } = planted({ groups: 6, each: 4 });
    expect(foundIn(table([...inputs, named("patient_id", member)], target))).toEqual([]);
  });
});

test("likeness is 1 for constant groups, near 0 by chance, and what analysis of variance gives", () => {
  const groups = [0, 0, 1, 1, 2, 2];
  const numbers = (values: readonly number[]) => ({ kind: "number" as const, values: Float64Array.from(values) });
  expect(likenessWithin(numbers([1, 1, 5, 5, 9, 9]), groups)).toBe(1);
  // within: 3 x 2 x 1/4 = 1.5 of 3 degrees of freedom; all: mean 5, squares 2 (16.25 + 0.25 ...) by hand below
  const values = [1, 2, 5, 6, 8, 9];
  const mean = 31 / 6;
  const all = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  expect(likenessWithin(numbers(values), groups)).toBeCloseTo(1 - 1.5 / 3 / (all / 5), 12);
  expect(likenessWithin(numbers([3, 3, 3, 3, 3, 3]), groups)).toBeNaN();
  const chance = Array.from({ length: 40 }, (_, seed) => {
    const draws = normal(seedKey(seed), 200);
    return likenessWithin(
      numbers([...draws]),
      Array.from(draws, (_value, row) => row % 50),
    );
  });
  expect(Math.abs(chance.reduce((sum, value) => sum + value, 0) / 40)).toBeLessThan(0.03);
  const names = { kind: "category" as const, values: Float64Array.of(0, 0, 1, 1, 0, 1) };
  // impurities: 0, 0 and 1 within, 3 of all
  expect(likenessWithin(names, groups)).toBeCloseTo(1 - 1 / 3 / (3 / 5), 12);
  // rows without a name or a group, and groups of one row, do not count
  const gaps = { kind: "category" as const, values: Float64Array.of(...names.values, Number.NaN, 5, 2) };
  expect(likenessWithin(gaps, [...groups, 0, -1, 3])).toBe(likenessWithin(names, groups));
});

test("of large tables groups are found as of small ones, many or few, and ordinary columns are no more", () => {
  for (const [groups, each] of [
    [60, 400],
    [8000, 3],
  ] as const) {
    const { member, inputs, target } = planted({ groups, each });
    const color = uniform(seedKey(3), member.length);
    const data = table(
      [
        ...inputs,
        named("who", member),
        numberColumn(
          "cents",
          color.map((value) => Math.floor(value * 50_000)),
        ),
        numberColumn(
          "floor",
          color.map((value) => Math.floor(value * 20)),
        ),
      ],
      target,
    );
    expect(foundIn(data).map(({ name, groups: many }) => [name, many])).toEqual([["who", groups]]);
  }
});
