import { expect, test } from "vitest";
import { idsOf, readRows, summaryOf, techniques } from "../techniques.ts";

type Report = Parameters<typeof readRows>[0];

interface Told {
  readonly group?: string;
  readonly title: string;
  readonly status: "passed" | "failed" | "skipped";
}

/** What is made of the technique `id` by a report of some tests. */
function outcome(id: string, ...tests: readonly Told[]) {
  const assertionResults = tests.map(({ group, title, status }) => {
    return { ancestorTitles: group === undefined ? [] : [group], title, status };
  });
  return readRows({ testResults: [{ assertionResults }] } as unknown as Report).find((row) => row.id === id);
}

test("IDs are those at the beginning of a title", () => {
  expect(idsOf("C1 C2 C9 the norms of a matrix")).toEqual(["C1", "C2", "C9"]);
  expect(idsOf("N0a names a saddle")).toEqual(["N0a"]);
  expect(idsOf("the norm of C1")).toEqual([]);
  expect(idsOf("L2 penalties")).toEqual(["L2"]);
});

test("a technique works when it has tests and all of them pass", () => {
  expect(outcome("K1", { title: "K1 an average", status: "passed" })).toMatchObject({ passed: true, tests: 1 });
  const two: readonly Told[] = [
    { title: "K1 K2 an average", status: "passed" },
    { group: "K1 its start", title: "is 4", status: "failed" },
  ];
  expect(outcome("K1", ...two)).toMatchObject({ passed: false, tests: 2 });
  expect(outcome("K2", ...two)).toMatchObject({ passed: true, tests: 1 });
});

test("a technique without a test, or with skipped ones only, does not work", () => {
  expect(outcome("K1", { title: "K2 another", status: "passed" })).toMatchObject({ passed: false, tests: 0 });
  expect(outcome("K1", { title: "K1 later", status: "skipped" })).toMatchObject({ passed: false, tests: 0 });
});

test("the summary counts what has tests apart from what works", () => {
  const row = { id: "K1", title: "" };
  const rows = [
    { ...row, passed: true, tests: 2 },
    { ...row, passed: false, tests: 1 },
    { ...row, passed: false, tests: 0 },
  ];
  expect(summaryOf(rows)).toBe("2 of 3 techniques are covered by tests, 1 work");
});

test("techniques have IDs of their own, and none is lost", () => {
  const families = Object.entries(Object.groupBy(techniques, ({ id }) => id.charAt(0))).map(
    ([family, of]) => `${family}${of?.length}`,
  );
  expect(families.join(" ")).toBe("F3 A9 B12 C15 D12 E9 G6 H8 I10 J11 K7 L12 M7 N2 O5 P5 Q3 R11 S9 T15 U1");
  expect(new Set(techniques.map(({ id }) => id)).size).toBe(techniques.length);
  expect(techniques.filter(({ title }) => title === "")).toEqual([]);
});
