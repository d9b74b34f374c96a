import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, normal, read, seedKey, uniform } from "nabla";
import { describe, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { openParts } from "../../src/experiment/parts.ts";
import { planExperiment, planWithoutLeaks } from "../../src/experiment/plan.ts";
import { checkedProfile } from "../../src/experiment/profile-checks.ts";
import { withRemedy } from "../../src/experiment/remedy.ts";
import { readRecordedWarning } from "../../src/store/recorded-warning.ts";
import { profileText } from "../../src/terminal/profile.ts";
import { workFolder } from "../commands/nabla.ts";

interface Planted {
  readonly price?: (price: number, row: number) => number;
  readonly built?: (year: number, row: number) => number;
  readonly kind?: (kind: string, row: number) => string;
}

/** Flats whose price follows their area and kind, with what is planted in them. */
function flats({ price = (x) => x, built = (x) => x, kind = (x) => x }: Planted = {}): string {
  const rows = 300;
  const [size = [], noise = []] = ["size", "noise"].map((name) => normal(fork(seedKey(3), name), rows));
  const years = uniform(fork(seedKey(3), "years"), rows);
  const lines = Array.from(size, (z, row) => {
    const area = Number(Math.exp(4.5 + 0.4 * z).toFixed(1));
    const own = row % 3 === 0 ? "house" : "flat";
    const paid = Math.round(area * (own === "house" ? 2500 : 1900) * Math.exp(0.1 * (noise[row] ?? 0)));
    return `${area},${kind(own, row)},${built(1900 + Math.floor(100 * (years[row] ?? 0)), row)},${price(paid, row)}`;
  });
  const file = join(workFolder(), "flats.csv");
  writeFileSync(file, `area,kind,built,price\n${lines.join("\n")}\n`);
  return file;
}

const planted: Planted = {
  price: (price, row) => (row % 17 === 3 ? price * 1000 : price),
  built: (year, row) => (row % 25 === 4 ? -999 : year),
  kind: (kind, row) => (row % 10 === 5 ? kind.toUpperCase() : kind),
};

describe("values at fault", () => {
  test("are warnings with examples, counts and the options that mend them; good data have none", async () => {
    expect((await planExperiment({ data: flats(), target: "price" })).warnings).toEqual([]);
    const { suspicions = [], notices } = await planExperiment({ data: flats(planted), target: "price" });
    expect(suspicions.map(({ code, severity }) => [code, severity])).toEqual([
      ["data/mixed-unit", "warning"],
      ["data/similar-levels", "warning"],
      ["data/sentinel", "warning"],
    ]);
    const [unit, levels, sentinel] = suspicions;
    expect(unit?.message).toMatch(/^column price: \d+ of 240 values are in another unit, 1,000 times as large/);
    expect(unit?.remedy).toEqual({ units: { price: { above: expect.any(Number), divide: 1000 } } });
    expect(unit?.hint).toMatch(/^--unit price=above:\d+:divide:1000$/);
    expect(levels).toMatchObject({ remedy: { mergeCase: true }, hint: "merge them with --merge-case" });
    expect(sentinel).toMatchObject({ remedy: { missing: ["-999"] } });
    expect(sentinel?.message).toContain("-999 stands in 12 cells");
    // nothing is said twice
    expect(notices.map(({ code }) => code)).not.toContain("data/skewed-target");
    expect(notices.some(({ message }) => message.includes("-999"))).toBe(false);
  });

  test("are mended by their remedies: what is read is what it was before", async () => {
    const data = flats(planted);
    const { suspicions = [] } = await planExperiment({ data, target: "price" });
    const mended = suspicions.reduce<Experiment>((experiment, { remedy = {} }) => withRemedy(experiment, remedy), {
      data,
      target: "price",
    });
    const after = await openParts({ ...mended, seed: 1 });
    const good = await openParts({ data: flats(), target: "price", seed: 1 });
    expect(after.train.target).toMatchObject({ kind: "number" });
    if (after.train.target?.kind !== "number" || good.train.target?.kind !== "number") throw new Error("no numbers");
    expect([...after.train.target.values.data]).toEqual([...good.train.target.values.data]);
    expect(await after.inspect()).toEqual([]);
    const until = await planWithoutLeaks({ data, target: "price" });
    expect(until.suspicions).toEqual([]);
    expect(until.notices.filter(({ code }) => code === "data/mended")).toHaveLength(3);
    expect(until.resolved).toMatchObject({ mergeCase: true, missing: ["-999"] });
  });

  test("are kept with the outcome of a run, and profiles show them too", async () => {
    const data = flats(planted);
    const plan = await planExperiment({ data, target: "price" });
    const { warnings } = await checkedProfile(data, { target: "price" });
    expect(warnings.map(({ code }) => code)).toEqual(plan.warnings?.map(({ code }) => code));
    const printed = profileText(await checkedProfile(data, { target: "price" }));
    expect(printed).toContain("Warning: column price: ");
    expect(printed).toContain("--merge-case");
    const stored = JSON.parse(JSON.stringify(plan.warnings));
    expect(read.list(readRecordedWarning)(stored, "warnings")).toEqual(plan.warnings);
  });
});

test("rows that repeat each other stay in one part when asked to, and are no warning then", async () => {
  const draws = ["a", "b", "c", "noise"].map((name) => normal(fork(seedKey(5), name), 200));
  const lines = Array.from({ length: 200 }, (_, row) => {
    const [a = 0, b = 0, c = 0, noise = 0] = draws.map((list) => list[row] ?? 0);
    return [a, b, c, a + b + noise].map((value) => value.toFixed(3)).join();
  });
  const data = join(workFolder(), "joined.csv");
  writeFileSync(data, `a,b,c,y\n${[...lines, ...lines.slice(0, 50)].join("\n")}\n`);
  const { suspicions = [] } = await planExperiment({ data, target: "y" });
  expect(suspicions).toMatchObject([{ code: "data/repeated", remedy: { repeated: "together" } }]);
  expect(suspicions[0]?.hint).toBe("keep them in one part: --repeated together");
  const together = await planExperiment({ data, target: "y", repeated: "together" });
  expect(together.suspicions).toEqual([]);
});

test("a unit of a column that holds no numbers is refused, and so is one of a column that is not there", async () => {
  const data = flats();
  const units = { kind: { above: 1, divide: 2 } };
  await expect(planExperiment({ data, target: "price", units })).rejects.toMatchObject({ code: "data/unit" });
  const absent = { width: { above: 1, divide: 2 } };
  await expect(planExperiment({ data, target: "price", units: absent })).rejects.toMatchObject({
    code: "data/missing-column",
  });
});

test("words of one column mean missing there alone", async () => {
  const data = flats({ built: (year, row) => (row % 5 === 0 ? 0 : year) });
  const { train } = await openParts({ data, target: "price", seed: 1, missing: ["built=0"] });
  const built = train.columns.find(({ name }) => name === "built");
  if (built?.kind !== "number") throw new Error("no numbers");
  expect([...built.values.data].some((value) => value === 0)).toBe(false);
  expect([...built.values.data].some((value) => Number.isNaN(value))).toBe(true);
});

test("a noisy copy of the target is found although a part of the target is in another unit", async () => {
  const [size = [], noise = [], other = []] = ["size", "noise", "other"].map((name) =>
    normal(fork(seedKey(8), name), 400),
  );
  const lines = Array.from(size, (z, row) => {
    const price = 200_000 * Math.exp(0.4 * z);
    const written = row % 16 === 3 ? price * 1000 : price;
    return [other[row]?.toFixed(3), (price * (1 + 0.03 * (noise[row] ?? 0))).toFixed(0), written.toFixed(0)].join();
  });
  const data = join(workFolder(), "copied.csv");
  writeFileSync(data, `other,estimate,price\n${lines.join("\n")}\n`);
  const { suspicions = [] } = await planExperiment({ data, target: "price" });
  expect(suspicions.map(({ code }) => code)).toEqual(["data/mixed-unit", "data/leakage"]);
  expect(suspicions[1]?.remedy).toEqual({ ignore: ["estimate"] });
});
