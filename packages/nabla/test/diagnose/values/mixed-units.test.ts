import { describe, expect, test } from "vitest";
import { fork, normal, seedKey, uniform } from "../../../src/base/random.ts";
import { categoryColumn, numberColumn, table } from "../../../src/data/table.ts";
import { convertedBy, inOneUnit } from "../../../src/data/unit-rule.ts";
import { mixedUnits } from "../../../src/diagnose/values/mixed-units.ts";
import { changed, houses, tableOf } from "./tables.ts";

describe("numbers of another unit", () => {
  for (const [column, factor, share] of [
    ["price", 1000, 0.06],
    ["price", 0.001, 0.08],
    ["price", 100, 0.03],
    ["area", 25.4, 0.12],
    ["area", 60, 0.2],
    ["height", 0.01, 0.3],
    ["height", 2.54, 0.12],
    ["price", 145.038, 0.4],
    ["area", 25.4, 0.45],
  ] as const) {
    for (const rows of [150, 900]) {
      test(`are found and told apart: ${column} times ${factor} in ${share} of ${rows} rows`, () => {
        const data = houses(rows);
        const before = [...data[column]];
        const places = changed(data[column], share, (value) => Number((value * factor).toPrecision(9)));
        const found = mixedUnits(tableOf(data));
        expect(found.map(({ name }) => name)).toEqual([column]);
        const [{ rule, examples, summary } = { rule: undefined, examples: [], summary: "" }] = found;
        expect(rule?.divide).toBeCloseTo(factor, 9);
        expect(summary).toMatch(new RegExp(`^column ${column}: `));
        for (const [written, converted] of examples) expect(converted).toBe(Number((written / factor).toPrecision(12)));
        // all rows are told apart and given back what they were, but for a few at the limit
        const mended = data[column].map((value) => (rule === undefined ? value : inOneUnit(value, rule)));
        const wrong = mended.filter((value, i) => Math.abs(value - (before[i] ?? 0)) > 1e-6 * (before[i] ?? 0));
        expect(wrong.length).toBeLessThanOrEqual(0.003 * rows);
        expect(places.length).toBeGreaterThan(2);
      });
    }
  }

  test("are degrees Fahrenheit where others are Celsius", () => {
    const rows = 600;
    const [season, noise] = ["season", "noise"].map((name) => normal(fork(seedKey(2), name), rows));
    const celsius = Array.from(season ?? [], (z, i) => Number((15 + 6 * z + (noise?.[i] ?? 0)).toFixed(1)));
    changed(celsius, 0.12, (value) => Number((value * 1.8 + 32).toFixed(1)));
    const found = mixedUnits(table([numberColumn("season", season ?? [])], numberColumn("temperature", celsius)));
    expect(found).toMatchObject([{ name: "temperature", rule: { subtract: 32, divide: 1.8 } }]);
    expect(convertedBy({ subtract: 32, divide: 1.8 }, 212)).toBe(100);
  });

  test("are found in two columns at once", () => {
    const data = houses(700);
    changed(data.area, 0.1, (value) => Number((value * 1000).toPrecision(9)), 1);
    changed(data.price, 0.06, (value) => value * 1000, 2);
    expect(
      mixedUnits(tableOf(data))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["area", "price"]);
  });
});

test("long tails, even spreads, two kinds of rows and zeros are no units", () => {
  const rows = 600;
  for (let seed = 1; seed <= 12; seed++) {
    const z = (name: string): Float64Array => normal(fork(seedKey(seed), name), rows);
    const u = (name: string): Float64Array => uniform(fork(seedKey(seed), name), rows);
    const [a, b, c, kind, tail] = [z("a"), z("b"), z("c"), u("kind"), u("tail")];
    const columns = [
      numberColumn(
        "heavy",
        a.map((x) => Math.exp(1.5 * x)),
      ),
      numberColumn(
        "power",
        tail.map((x) => Math.floor(10 * (1 - x) ** -1.2)),
      ),
      numberColumn(
        "even",
        u("even").map((x) => Number(x.toFixed(4))),
      ),
      numberColumn("signed", b),
      numberColumn(
        "kinds",
        c.map((x, i) => ((kind[i] ?? 0) < 0.3 ? 40 + 4 * x : 9 + x)),
      ),
      numberColumn(
        "rain",
        b.map((x, i) => ((kind[i] ?? 0) < 0.7 ? 0 : Math.exp(x))),
      ),
      numberColumn(
        "count",
        tail.map((x) => Math.floor(-3 * Math.log(1 - x))),
      ),
    ];
    const target = numberColumn(
      "y",
      a.map((x, i) => x + (b[i] ?? 0)),
    );
    expect(mixedUnits(table(columns, target)), `seed ${seed}`).toEqual([]);
    expect(mixedUnits(tableOf(houses(200, seed)))).toEqual([]);
  }
});

describe("machines of two kinds", () => {
  for (const factor of [60, 1000]) {
    test(`are not taken for two units: the wear follows their power as it is written, ${factor} times as large`, () => {
      for (let seed = 1; seed <= 3; seed++) {
        const draw = (name: string): Float64Array => normal(fork(seedKey(seed), name), 300);
        const [kind, size, noise] = [uniform(fork(seedKey(seed), "kind"), 300), draw("size"), draw("noise")];
        const power = Array.from(size, (z, i) => Math.exp(1.6 + 0.25 * z) * ((kind[i] ?? 0) < 0.35 ? factor : 1));
        const wear = power.map((value, i) => Math.log(value) + 0.4 * (noise[i] ?? 0));
        const columns = [numberColumn("power", power), numberColumn("heat", draw("heat"))];
        expect(mixedUnits(table(columns, numberColumn("wear", wear))), `seed ${seed}`).toEqual([]);
      }
    });
  }
});

/** People, whose weight follows height and waist; machines and sexes are as they come. */
function people(rows: number, seed: number) {
  const draw = (name: string): Float64Array => normal(fork(seedKey(seed), name), rows);
  const [tall, mass, waist, noise] = [draw("tall"), draw("mass"), draw("waist"), draw("noise")];
  const sites = uniform(fork(seedKey(seed), "site"), rows);
  const height = Array.from(tall, (z) => 171 + 9 * z);
  const weight = height.map((cm, i) => 25 * Math.exp(0.15 * (mass[i] ?? 0)) * (cm / 100) ** 2);
  return {
    height,
    weight,
    waist: weight.map((kg, i) => 20 + 0.85 * kg + 5 * (waist[i] ?? 0)),
    site: Array.from(sites, (u) => `site ${1 + Math.floor(4 * u)}`),
    pressure: weight.map((kg, i) => 100 + 0.4 * kg + 8 * (noise[i] ?? 0)),
  };
}

function peopleTable({ height, weight, waist, site, pressure }: ReturnType<typeof people>) {
  const inputs = [numberColumn("height", height), numberColumn("weight", weight), numberColumn("waist", waist)];
  return table([...inputs, categoryColumn("site", site)], numberColumn("pressure", pressure));
}

describe("units that overlap", () => {
  for (const seed of [1, 2]) {
    for (const share of [0.2, 0.38]) {
      test(`are found by what the other columns say: pounds in ${share} of the rows, seed ${seed}`, () => {
        const data = people(500, seed);
        const places = changed(data.weight, share, (kg) => kg * 2.20462, seed);
        const [found, ...more] = mixedUnits(peopleTable(data));
        expect(more).toEqual([]);
        expect(found?.name).toBe("weight");
        expect(found?.unit).toMatch(/^2\.205 times as large, as kilograms and pounds are/);
        expect(Math.abs((found?.found ?? 0) - places.length)).toBeLessThanOrEqual(0.03 * places.length);
      });
    }

    test(`are found where all rows of one site are in it, seed ${seed}`, () => {
      const data = people(500, seed);
      const own = data.site.map((site) => site === "site 2");
      data.weight.forEach((kg, i) => {
        if (own[i]) data.weight[i] = kg * 2.20462;
      });
      const [found, ...more] = mixedUnits(peopleTable(data));
      expect(more).toEqual([]);
      expect(found).toMatchObject({ name: "weight" });
      expect(Math.abs((found?.found ?? 0) - own.filter(Boolean).length)).toBeLessThanOrEqual(4);
    });

    test(`are found in several columns of the same rows, seed ${seed}`, () => {
      const data = people(500, seed);
      changed(data.height, 0.3, (cm) => cm / 2.54, seed);
      changed(data.waist, 0.3, (cm) => cm / 2.54, seed);
      const found = mixedUnits(peopleTable(data));
      expect(found.map(({ name }) => name).sort()).toEqual(["height", "waist"]);
      for (const { unit } of found) expect(unit).toMatch(/^2.54 times as small/);
    });

    test(`are none where nobody changed any, seed ${seed}`, () => {
      expect(mixedUnits(peopleTable(people(500, seed)))).toEqual([]);
    });
  }
});
