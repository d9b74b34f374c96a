import { expect, test } from "vitest";
import { fork, normal, permutation, seedKey } from "../../src/base/random.ts";
import { type Column, categoryColumn, type NumberColumn, numberColumn, table } from "../../src/data/table.ts";
import { additiveResiduals } from "../../src/diagnose/additive-residuals.ts";
import { timeSigns } from "../../src/diagnose/time-signs.ts";

const rows = 400;
const drawn = (name: string, seed: number): Float64Array => normal(fork(seedKey(seed), name), rows);
const days = Float64Array.from({ length: rows }, (_, row) => 19_000 + row);
const shuffled = (seed: number): Float64Array =>
  Float64Array.from(permutation(fork(seedKey(seed), "days"), rows), (place) => 19_000 + place);

function signs(when: NumberColumn, inputs: readonly Column[], target: Column) {
  const learned = Array.from({ length: rows }, (_, row) => row).filter((row) => row % 5 !== 0);
  return timeSigns(table([...inputs, when], target), { times: [when], learned });
}

test("rows in the order of a time, forward or backward, and but for two", () => {
  const [x, y] = [numberColumn("x", drawn("x", 1)), numberColumn("y", drawn("y", 1))];
  const late = days.slice();
  late[100] = 19_000;
  for (const when of [days, days.toReversed(), late, days.map((day) => Math.floor(day / 7))]) {
    const [found] = signs(numberColumn("when", when), [x], y);
    expect(found).toMatchObject({ name: "when", ordered: true });
    expect(found?.summary).toBe("the rows stand in the order of when");
  }
});

test("a target that moves with time beyond what the inputs explain: a trend, a wave, a class", () => {
  for (const seed of [1, 2, 3]) {
    const when = shuffled(seed);
    const x = drawn("x", seed);
    const noise = drawn("noise", seed);
    const moved = (by: (day: number) => number): Float64Array =>
      when.map((day, row) => 5 * (x[row] ?? 0) + by(day - 19_000) + (noise[row] ?? 0));
    const inputs = [numberColumn("x", x)];
    const targets = [
      numberColumn(
        "y",
        moved((day) => day / 100),
      ),
      numberColumn(
        "y",
        moved((day) => 2 * Math.sin(day / 15)),
      ),
      categoryColumn(
        "y",
        Array.from(when, (day, row) => ((day - 19_000) / 200 - 1 + (noise[row] ?? 0) / 2 > 0 ? "late" : "early")),
      ),
    ];
    for (const target of targets) {
      const [found] = signs(numberColumn("when", when), inputs, target);
      expect(found).toMatchObject({ name: "when", ordered: false, summary: "y moves with when" });
    }
  }
});

test("no sign: times in no order that say nothing, inputs that move where the target follows them, births", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const when = shuffled(seed);
    const [x, noise] = [drawn("x", seed), drawn("noise", seed)];
    const moving = numberColumn(
      "x",
      x.map((value, row) => value + ((when[row] ?? 0) - 19_000) / 50),
    );
    const follows = numberColumn(
      "y",
      Float64Array.from(moving.values.data, (value, row) => 3 * value + (noise[row] ?? 0)),
    );
    expect(signs(numberColumn("when", when), [moving], follows)).toEqual([]);
    expect(signs(numberColumn("when", when), [numberColumn("x", x)], numberColumn("y", noise))).toEqual([]);
    const classes = categoryColumn(
      "y",
      Array.from(noise, (value) => "abc"[Math.floor(Math.abs(value) * 2) % 3] ?? "a"),
    );
    expect(signs(numberColumn("when", when), [numberColumn("x", x)], classes)).toEqual([]);
  }
  const y = numberColumn("y", days);
  for (const name of ["birthday", "date_of_birth", "Geburtsdatum", "dob"])
    expect(signs(numberColumn(name, days), [], y)).toEqual([]);
});

test("what a curve of each input leaves: lines as least squares fit them, bends too, missing inputs at their mean", () => {
  const [a, b, noise] = [drawn("a", 4), drawn("b", 4), drawn("noise", 4)];
  const spread = (left: Float64Array): number => Math.sqrt(left.reduce((sum, value) => sum + value ** 2, 0) / rows);
  const mixed = a.map((value, row) => value + 0.5 * (b[row] ?? 0));
  const target = a.map((value, row) => 2 * value - 3 * (b[row] ?? 0) + 7 + (noise[row] ?? 0) / 100);
  expect(spread(additiveResiduals([mixed, b, b], target))).toBeLessThan(0.05);
  const bent = a.map((value, row) => value ** 2 - Math.abs(b[row] ?? 0) + (noise[row] ?? 0) / 100);
  expect(spread(additiveResiduals([a, b], bent))).toBeLessThan(0.2 * spread(bent.map((value) => value - 0.2)));
  expect(additiveResiduals([], Float64Array.of(1, 2, 6))).toEqual(Float64Array.of(-2, -1, 3));
  const gaps = additiveResiduals([Float64Array.of(1, -1, Number.NaN)], Float64Array.of(3, 1, 2));
  expect(gaps[2]).toBeCloseTo(0, 12);
  expect(additiveResiduals([new Float64Array(rows).fill(2)], a)[0]).toBeCloseTo(
    (a[0] ?? 0) - a.reduce((sum, x) => sum + x) / rows,
    9,
  );
});

test("what an input explains by a curve hides no wave, and the second target and one label of several are looked at too", () => {
  for (const seed of [1, 2, 3]) {
    const when = shuffled(seed);
    const [x, noise] = [drawn("x", seed), drawn("noise", seed)];
    const wave = when.map((day) => 2 * Math.sin((day - 19_000) / 15));
    const bent = numberColumn(
      "y",
      Float64Array.from(x, (value, row) => 8 * value ** 2 + (wave[row] ?? 0) + (noise[row] ?? 0)),
    );
    expect(signs(numberColumn("when", when), [numberColumn("x", x)], bent)).toMatchObject([
      { summary: "y moves with when" },
    ]);
    const steady = numberColumn(
      "z",
      Float64Array.from(x, (value, row) => 8 * value ** 2 + (noise[row] ?? 0)),
    );
    expect(signs(numberColumn("when", when), [numberColumn("x", x)], steady)).toEqual([]);
    const learned = Array.from({ length: rows }, (_, row) => row);
    const both = table([numberColumn("x", x), numberColumn("when", when)], [steady, bent]);
    expect(timeSigns(both, { times: [numberColumn("when", when)], learned })).toMatchObject([
      { summary: "y moves with when" },
    ]);
    const warm = Array.from(wave, (value, row) => [
      ...(value > 0 ? ["warm"] : []),
      ...((noise[row] ?? 0) > 0 ? ["big"] : []),
    ]);
    const cells = categoryColumn(
      "tags",
      warm.map((tags) => tags.join("|")),
    );
    const tags = { ...cells, reading: { as: "category", labels: "|" } } as const;
    expect(
      timeSigns(table([numberColumn("when", when)], tags), { times: [numberColumn("when", when)], learned }),
    ).toMatchObject([{ summary: "tags warm moves with when" }]);
  }
});

test("no sign: what the rows of one of a few years share, as cars of a model year do; many days with more than one row are one", () => {
  const noise = drawn("noise", 8);
  const year = Float64Array.from({ length: rows }, (_, row) => 3652 + 365 * ((row * 37) % 12));
  const cars = numberColumn(
    "y",
    year.map((day, row) => day / 365 + (noise[row] ?? 0)),
  );
  expect(signs(numberColumn("when", year), [], cars)).toEqual([]);
  const day = Float64Array.from({ length: rows }, (_, row) => 19_000 + ((row * 37) % 100));
  const sold = numberColumn(
    "y",
    day.map((one, row) => 2 * Math.sin(one / 15) + (noise[row] ?? 0)),
  );
  expect(signs(numberColumn("when", day), [], sold)).toMatchObject([{ ordered: false, moves: true }]);
});

test("no sign: rows of one time in the order of their classes, what a category explains, times of building", () => {
  const noise = drawn("noise", 6);
  const weeks = Float64Array.from({ length: rows }, (_, row) => 19_000 + 7 * ((row * 37) % 20));
  const kinds = categoryColumn(
    "kind",
    Array.from(weeks, (_, row) => (row < rows / 2 ? "a" : "b")),
  );
  expect(signs(numberColumn("when", weeks), [numberColumn("x", noise)], kinds)).toEqual([]);
  const when = shuffled(7);
  const season = categoryColumn(
    "season",
    Array.from(when, (day) => (day < 19_200 ? "cold" : "warm")),
  );
  const heat = numberColumn(
    "heat",
    when.map((day, row) => (day < 19_200 ? 0 : 3) + (noise[row] ?? 0)),
  );
  expect(signs(numberColumn("when", when), [season], heat)).toEqual([]);
  expect(signs(numberColumn("when", when), [], heat)).toHaveLength(1);
  expect(signs(numberColumn("date_built", when), [], heat)).toEqual([]);
});
