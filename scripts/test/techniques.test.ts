import { expect, test } from "vitest";
import { idsOf, readRows, techniques } from "../techniques.ts";

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

test("techniques have IDs of their own, and none is lost", () => {
  expect(techniques.length).toBeGreaterThanOrEqual(146);
  expect(new Set(techniques.map(({ id }) => id)).size).toBe(techniques.length);
  expect(techniques.filter(({ title }) => title === "")).toEqual([]);
});
