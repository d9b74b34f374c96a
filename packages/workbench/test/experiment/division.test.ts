import type { NablaError, Table } from "nabla";
import { expect, expectTypeOf, test } from "vitest";
import { foldsOf } from "../../src/experiment/folds.ts";
import { openParts, type Parts, type PartsOptions } from "../../src/experiment/parts.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { jobOf } from "../../src/experiment/resolve.ts";
import { readTable } from "../../src/sources/read-table.ts";
import { patients } from "./tables.ts";

const open = (data: string, options: Partial<PartsOptions> = {}): Promise<Parts> =>
  openParts({ data, target: "state", seed: 3, ...options });

const refusal = async (options: Partial<PartsOptions> & { readonly members?: number }): Promise<NablaError> => {
  try {
    await planExperiment({ data: patients(), target: "state", ...options } as Parameters<typeof planExperiment>[0]);
  } catch (error) {
    return error as NablaError;
  }
  throw new Error("nothing was refused");
};

const names = ({ columns }: Table): readonly string[] => columns.map(({ name }) => name);

test("A9 --group keeps patients whole and out of the inputs; asked to, it feeds them", async () => {
  const data = patients();
  const parts = await open(data, { group: "patient" });
  expect(names(parts.train)).toEqual(["day", "clinic", "a", "b", "c"]);
  const { train = [], dev = [] } = { train: [...(parts.groups?.train ?? [])], dev: [...(parts.groups?.dev ?? [])] };
  expect(train.filter((group) => dev.includes(group))).toEqual([]);
  expect(parts.rows).toEqual({ train: 240, dev: 80, test: 80 });
  expect(parts.policy.reason).toContain("no group is split between parts");
  const fed = await open(data, { group: "clinic", feedSplitColumns: true, split: { train: 0.5, dev: 0.5, test: 0 } });
  expect(names(fed.train)).toContain("clinic");
});

test("A9 --time-column puts train before dev and dev before test, and days are no input", async () => {
  const data = patients();
  const parts = await open(data, { timeColumn: "day" });
  expect(names(parts.train)).not.toContain("day");
  const { columns } = await readTable(data, { target: "state" });
  const days = columns.find(({ name }) => name === "day");
  const a = columns.find(({ name }) => name === "a");
  if (days?.kind !== "number" || a?.kind !== "number") throw new Error("numbers were expected");
  const dayOf = new Map(Array.from(a.values.data, (value, row) => [value, days.values.data[row] ?? 0]));
  const span = (part: Table): readonly [number, number] => {
    const [first] = part.columns.filter(({ name }) => name === "a");
    const times = first?.kind === "number" ? Array.from(first.values.data, (value) => dayOf.get(value) ?? 0) : [];
    return [Math.min(...times), Math.max(...times)];
  };
  expect(span(parts.train)[1]).toBeLessThan(span(parts.dev)[0]);
  expect(span(parts.dev)[1]).toBeLessThan(span(parts.openTest())[0]);
});

test("A6 --mix-by gives each clinic the same share of every part", async () => {
  const data = patients({ rows: 900 });
  const parts = await open(data, { mixBy: "clinic", feedSplitColumns: true });
  const share = ({ columns, rows }: Table): number => {
    const clinic = columns.find(({ name }) => name === "clinic");
    return clinic?.kind === "category" ? clinic.codes.filter((code) => code === 0).length / rows : Number.NaN;
  };
  for (const part of [parts.train, parts.dev, parts.openTest()]) expect(share(part)).toBeCloseTo(1 / 3, 1);
  expect(names((await open(data, { mixBy: "clinic" })).train)).not.toContain("clinic");
});

test("A4 a plan, all that training and tuning get, holds no value of the test part", async () => {
  const plan = await planExperiment({ data: patients(), target: "state", seed: 3 });
  const hidden = new Set(valuesOf(plan.parts.openTest()));
  const shown = new Set(valuesOf(plan));
  expect(hidden.size).toBeGreaterThan(200);
  expect([...hidden].filter((value) => shown.has(value))).toEqual([]);
  expect(valuesOf(plan.parts.train).filter((value) => shown.has(value)).length).toBeGreaterThan(600);
  expectTypeOf(plan.prepared).not.toHaveProperty("test");
  expectTypeOf(jobOf(plan.resolved)).not.toHaveProperty("test");
  expectTypeOf<Parts>().not.toHaveProperty("test");
});

/** Every number with fractions that can be reached without calling a function. */
function valuesOf(value: unknown, seen = new Set<unknown>()): readonly number[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  if (value instanceof Float64Array) return [...value].filter((number) => !Number.isInteger(number));
  if (ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap((inner) => valuesOf(inner, seen));
}

test("A2 members hold out every row of train and dev once, the first of them dev, and no group is torn", async () => {
  const { resolved, parts } = await planExperiment({
    ...{ data: patients({ rows: 160 }), target: "state", seed: 3, group: "patient", members: 4 },
  });
  const folds = foldsOf(resolved, parts);
  const { train, dev } = parts.rows;
  expect(Array.from(folds[0]?.held ?? [])).toEqual(Array.from({ length: dev }, (_, row) => train + row));
  const held = folds.flatMap((fold) => Array.from(fold.held));
  expect(held.toSorted((a, b) => a - b)).toEqual([...Array(train + dev).keys()]);
  const groups = [...(parts.groups?.train ?? []), ...(parts.groups?.dev ?? [])];
  const groupsOf = (rows: Uint32Array): ReadonlySet<number> => new Set(Array.from(rows, (row) => groups[row] ?? -1));
  for (const { held: out, learn } of folds)
    expect([...groupsOf(out)].filter((group) => groupsOf(learn).has(group))).toEqual([]);
});

test("rows of the file are found again behind rows without a target", async () => {
  const { fileRow, rows } = await readTable(patients({ untargeted: [0, 7] }), { target: "state" });
  expect([rows, await fileRow?.(0), await fileRow?.(5), await fileRow?.(6)]).toEqual([398, 3, 8, 10]);
});

test("columns that do not exist, hold no times, or cannot fill the parts are refused in one sentence", async () => {
  const cases = [
    [{ group: "pateint" }, "data/missing-column", 'patients.csv: there is no column "pateint"'],
    [{ timeColumn: "dya" }, "data/missing-column", 'patients.csv: there is no column "dya"'],
    [{ timeColumn: "clinic" }, "data/not-numeric", "patients.csv, column clinic: it holds names (north, south), and"],
    [{ group: "clinic" }, "data/empty-part", "2 groups cannot fill 3 parts"],
    [{ mixBy: "a" }, "data/many-sources", "patients.csv, column a: it names"],
    [{ group: "patient", timeColumn: "day" }, "data/split-both", "groups or times"],
    [{ members: 500 }, "data/few-rows", "320 rows cannot be divided into 500 folds"],
    [{ members: 5, timeColumn: "day" }, "data/folds-in-time", "ordered in time"],
  ] as const;
  for (const [options, code, part] of cases) {
    const error = await refusal(options);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(part)]);
    expect(error.message).not.toContain("\n");
  }
  expect((await refusal({ group: "pateint" })).hint).toContain("patient");
});
