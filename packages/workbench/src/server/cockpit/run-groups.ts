/** Rows of the table put together by their data or by their study, with the best of each. */
import { basename } from "node:path";
import { sha256 } from "../../host/hash.ts";
import type { DecidingColumn, RunGrouping, RunHeading, RunLine, SeedGroup } from "./api.ts";

/** Rows in groups, the groups in the order of their first rows; those of no study come last. */
export function groupedRows(
  sorted: readonly SeedGroup[],
  grouping: RunGrouping | undefined,
  closed: ReadonlySet<string>,
): { readonly headings: readonly RunHeading[]; readonly shown: readonly SeedGroup[] } {
  if (grouping === undefined) return { headings: [], shown: sorted };
  const parts = [...Map.groupBy(sorted, ({ line }) => nameOf(line, grouping))].sort(
    ([a], [b]) => Number(a === "") - Number(b === ""),
  );
  const groups = parts.map(([name, rows]) => {
    const key = sha256(name).slice(0, 8);
    return { heading: headingOf(rows, { key, grouping, isClosed: closed.has(key) }), rows };
  });
  return {
    headings: groups.map(({ heading }) => heading),
    shown: groups.flatMap(({ heading, rows }) => (heading.isClosed ? [] : rows)),
  };
}

/** What decides runs, the most frequent first. */
export function decidingIn(lines: readonly RunLine[]): readonly DecidingColumn[] {
  const byName = Map.groupBy(lines, ({ decides }) => decides.name);
  return [...byName.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap(([first]) => (first === undefined ? [] : [first.decides]));
}

/** What is the same for all rows of a group. */
function nameOf({ sha256: data, target, study = "" }: RunLine, grouping: RunGrouping): string {
  return grouping === "study" ? study : JSON.stringify([data, target]);
}

function headingOf(
  rows: readonly SeedGroup[],
  { key, grouping, isClosed }: { readonly key: string; readonly grouping: RunGrouping; readonly isClosed: boolean },
): RunHeading {
  const [{ line } = none()] = rows;
  const title = grouping === "study" ? (line.study ?? "No study") : `${basename(line.file)}, ${line.target}`;
  const best = bestOf(rows);
  return { key, title, rows: rows.length, isClosed, ...(best === undefined ? {} : { best }) };
}

function none(): never {
  throw new Error("a group without rows");
}

/** Of seeds that are one row it is their mean that counts. */
function bestOf(rows: readonly SeedGroup[]): RunHeading["best"] {
  const [column] = decidingIn(rows.map(({ line }) => line));
  if (column === undefined) return undefined;
  const { name, better } = column;
  const sign = better === "less" ? 1 : -1;
  const [first] = rows
    .flatMap(({ line, spread }) => {
      const value = spread[name]?.mean ?? line.measures[name];
      return typeof value === "number" ? [{ run: line.id, column, value }] : [];
    })
    .sort((a, b) => sign * (a.value - b.value));
  return first;
}
