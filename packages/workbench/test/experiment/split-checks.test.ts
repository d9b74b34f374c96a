/** What data say about how they should be split, found in files as people have them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, normal, permutation, seedKey } from "nabla";
import { expect, test } from "vitest";
import { openParts } from "../../src/experiment/parts.ts";
import { planExperiment, planWithoutLeaks } from "../../src/experiment/plan.ts";
import { nabla, penguins, workFolder } from "../commands/nabla.ts";

const ROWS = 600;
const PEOPLE = 60;

interface Written {
  /** What a person is called in the file. */
  readonly called?: (person: number) => string;
  readonly column?: string;
  /** Rows of one person, more or less. */
  readonly people?: number;
}

/** Ten measurements each of sixty people, nearly the same within one, whose state says nothing about other people. */
function measurements({
  called = (person) => `P${String(person).padStart(3, "0")}`,
  column = "patient_id",
  people = PEOPLE,
}: Written = {}): string {
  const key = seedKey(8);
  const order = permutation(fork(key, "order"), ROWS);
  const centers = ["a", "b", "c", "state"].map((name) => normal(fork(key, name), people));
  const own = ["a own", "b own", "c own"].map((name) => normal(fork(key, name), ROWS));
  const lines = Array.from(order, (place, row) => {
    const person = place % people;
    const numbers = own.map((list, i) => ((centers[i]?.[person] ?? 0) + 0.05 * (list[row] ?? 0)).toFixed(3));
    return [...numbers, called(person), (centers[3]?.[person] ?? 0) > 0 ? "yes" : "no"].join();
  });
  return written("measurements.csv", [`a,b,c,${column},ill`, ...lines]);
}

function written(name: string, lines: readonly string[]): string {
  const file = join(workFolder(), name);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

async function warnings(data: string, target: string, options: object = {}) {
  const parts = await openParts({ data, target, seed: 1, ...options });
  return await parts.inspect();
}

test.each([
  ["codes", {}],
  ["numbers", { called: (person: number) => String(4000 + 11 * person) }],
  [
    "names",
    { called: (person: number) => `Dr. ${String.fromCharCode(65 + (person % 26))}${person}`, column: "doctor" },
  ],
  ["one or two rows each, more values than a category has", { people: 400 }],
])("groups by %s: --group in place of a leak, also where the column is ignored, and silence when it is followed", async (_name, options) => {
  const data = measurements(options);
  const name = "column" in options ? options.column : "patient_id";
  for (const ignore of [[], [name]]) {
    const found = await warnings(data, "ill", { ignore });
    const codes = found.map(({ code }) => code);
    expect(codes[0]).toBe("data/groups");
    expect(codes).not.toContain("data/leakage");
    expect(found[0]?.message).toMatch(
      new RegExp(`^rows of one ${name} stand in several parts \\(\\d+ of its \\d+ values\\), and ill is nearly always`),
    );
    expect(found[0]?.hint).toMatch(new RegExp(`: --group ${name}$`));
  }
  expect((await warnings(data, "ill", { group: name })).map(({ code }) => code)).not.toContain("data/groups");
});

test("a leak beside groups is a leak still; options are quoted as a shell needs them", async () => {
  const lines = Array.from({ length: 200 }, (_, row) => {
    const draw = normal(seedKey(row), 3);
    const ill = (draw[0] ?? 0) > 0;
    return `${draw[1]},${ill ? 5 : -5},${draw[2]},${ill ? "yes" : "no"}`;
  });
  const data = written("quoted.csv", ["a,total paid,b,ill", ...lines]);
  const [leak] = await warnings(data, "ill");
  expect(leak).toMatchObject({ code: "data/leakage", remedy: { ignore: ["total paid"] } });
  expect(leak?.hint).toMatch(/: --ignore 'total paid'$/);
});

test("until good splits by the groups and says so; it ignores what is a leak", async () => {
  const plan = await planWithoutLeaks({ data: measurements(), target: "ill", hidden: [4], epochs: 1 });
  expect([plan.resolved.group, plan.resolved.ignore]).toEqual(["patient_id", []]);
  expect(plan.suspicions?.map(({ code }) => code)).not.toContain("data/groups");
  expect(plan.notices.find(({ code }) => code === "data/grouped")?.message).toMatch(/: split by patient_id$/);
});

/** Days with a number that drifts; `by` puts them in order. */
function days(by: "day" | "chance", drift = 0): string {
  const key = seedKey(6);
  const order = by === "day" ? [...Array(300).keys()] : [...permutation(fork(key, "order"), 300)];
  const [x, noise] = ["x", "noise"].map((name) => normal(fork(key, name), 300)) as [Float64Array, Float64Array];
  const lines = order.map((day, row) => {
    const when = new Date(Date.UTC(2022, 0, 1 + day)).toISOString().slice(0, 10);
    return `${when},${x[row]},${(x[row] ?? 0) + (noise[row] ?? 0) + drift * (day / 300)}`;
  });
  return written("days.csv", ["when,x,y", ...lines]);
}

test("dates in order name --time-column in a notice, and those that the target drifts with in a warning; others do not", async () => {
  for (const [data, severity, message] of [
    [days("day"), "advice", "the rows stand in the order of when"],
    [days("chance", 6), "warning", "y moves with when"],
    [days("day", 6), "warning", "the rows stand in the order of when, and y moves with when"],
  ] as const) {
    const plan = await planExperiment({ data, target: "y", hidden: [4] });
    const found = plan.warnings?.find(({ code }) => code === "data/time");
    expect(found).toMatchObject({ severity, message, remedy: { timeColumn: "when" } });
    expect(found?.hint).toMatch(/: --time-column when$/);
    const notice = plan.notices.find(({ code }) => code === "data/time");
    expect(notice?.message).toBe(severity === "advice" ? `${message}; ${found?.hint}` : undefined);
    expect(plan.suspicions?.some(({ code }) => code === "data/time")).toBe(severity === "warning");
    const ignored = await warnings(data, "y", { ignore: ["when"] });
    expect(ignored.map(({ code }) => code)).toContain("data/time");
    expect((await warnings(data, "y", { timeColumn: "when" })).map(({ code }) => code)).not.toContain("data/time");
  }
  expect((await warnings(days("chance"), "y")).map(({ code }) => code)).not.toContain("data/time");
});

test("what is followed through time, as stores are, is advice: new ones may never be predicted", async () => {
  const stores = ["Mitte", "Altona", "Nippes", "Sendling", "Plagwitz", "Linden", "Mooca", "Lapa"];
  const noise = normal(seedKey(4), 60 * stores.length);
  const lines = Array.from({ length: 60 }, (_, day) =>
    stores.map((store, i) => {
      const [when, own] = [new Date(Date.UTC(2023, 2, 1 + day)), noise[day * stores.length + i] ?? 0];
      return `${when.toISOString().slice(0, 10)},${store},${own},${100 + 30 * i + 5 * own + Math.sin(day / 9)}`;
    }),
  );
  const data = written("sales.csv", ["date,store,temperature,sales", ...lines.flat()]);
  const plan = await planExperiment({ data, target: "sales", hidden: [4] });
  expect(plan.suspicions?.map(({ code }) => code)).not.toContain("data/groups");
  const notices = plan.notices.map(({ message }) => message);
  expect(notices).toContainEqual(expect.stringMatching(/^the rows stand in the order of date.*: --time-column date$/));
  expect(notices).toContainEqual(expect.stringMatching(/; if new ones are to be predicted, .*: --group store$/));
  expect((await planWithoutLeaks({ data, target: "sales", hidden: [4] })).resolved.group).toBeUndefined();
});

test("a class without a row in dev is named; the examples have nothing against them", async () => {
  const lines = Array.from({ length: 60 }, (_, row) => `${row % 7},${row < 2 ? "rare" : row % 2 === 0 ? "a" : "b"}`);
  const plan = await planExperiment({ data: written("rare.csv", ["x,kind", ...lines]), target: "kind", seed: 1 });
  expect(plan.notices.find(({ code }) => code === "data/absent-class")?.message).toBe(
    "dev has no row of class rare: no error on it is measured; give more rows of it, or a larger share to dev with --split",
  );
  for (const target of ["species", "body_mass_g", "island", "sex"])
    expect((await warnings(penguins, target)).filter(({ code }) => code !== "data/repeated")).toEqual([]);
});

test("on the terminal the option is what is said, within 80 columns", async () => {
  const data = measurements();
  const { code, stdout } = await nabla(["train", data, "--target", "ill", "--epochs", "1", "--hidden", "4"], {
    folder: workFolder(),
  });
  expect(code).toBe(0);
  const before = stdout.slice(0, stdout.indexOf("Task"));
  expect(before.replace(/\s+/g, " ")).toContain("keep them together, so that dev holds new ones: --group patient_id");
  expect(Math.max(...before.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("of several targets each is looked at: what gives one or a label away, groups, times", async () => {
  const key = seedKey(21);
  const [x, y, z, price, size] = ["x", "y", "z", "price", "size"].map((name) => normal(fork(key, name), 300));
  const order = permutation(fork(key, "order"), 300);
  const lines = Array.from(order, (day, row) => {
    const [kind, tag] = [(y?.[row] ?? 0) > 0 ? "house" : "flat", (size?.[row] ?? 0) > 0 ? "large" : ""];
    const when = new Date(Date.UTC(2022, 0, 1 + day)).toISOString().slice(0, 10);
    const fee = kind === "house" ? (10 + (z?.[row] ?? 0)).toFixed(2) : "";
    const code = tag === "" ? 1 + (z?.[row] ?? 0) / 9 : 3 + (z?.[row] ?? 0) / 9;
    const tags = [tag, row % 3 === 0 ? "new" : "", "old"].filter((one) => one !== "").join("|");
    return [when, x?.[row], fee, code, (price?.[row] ?? 0) + day / 60, kind, tags].join();
  });
  const data = written("flats.csv", ["sold,x,fee,code,price,kind,tags", ...lines]);
  const found = await warnings(data, "kind,tags,price", { columns: { kind: "category" } });
  const messages = Object.fromEntries(found.map(({ code, message }) => [code, message]));
  expect(messages).toMatchObject({
    "data/leakage": expect.stringMatching(/^column fee \(.*\) may leak kind; column code \(.*\) may leak tags large$/),
    "data/time": "price moves with sold",
  });
  const people = Array.from({ length: 400 }, (_, row) => {
    const person = (row * 7) % 40;
    return [
      `P${person}`,
      x?.[row % 300],
      row % 5,
      ((price?.[person] ?? 0) + (y?.[row % 300] ?? 0) / 50).toFixed(3),
    ].join();
  });
  const visits = written("visits.csv", ["patient_id,x,step,weight", ...people]);
  const [group] = await warnings(visits, "step,weight", { columns: { step: "category" } });
  expect(group).toMatchObject({ code: "data/groups", remedy: { group: "patient_id" } });
});
