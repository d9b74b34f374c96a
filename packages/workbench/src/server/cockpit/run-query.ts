/** The table of runs: filtered, sorted, with seeds joined, a part at a time. */
import { compact } from "nabla";
import type { RunCell, RunLine, RunPage, RunQuery, RunView, SeedGroup } from "./api.ts";
import { cellsOf, fullName, LINE_NAMES, readFilter } from "./filter.ts";
import { decidingIn, groupedRows } from "./run-groups.ts";

/** Rows of an answer at most. */
const MOST = 500;

/** Answers a question about runs. Throws `filter/…`. */
export function queryRuns(lines: Iterable<RunLine>, query: RunQuery): RunPage {
  const {
    filter = "",
    sort = "-created",
    view = "active",
    seeds = false,
    group,
    closed,
    from = 0,
    count = 100,
  } = query;
  const viewed = [...lines].filter((line) => viewOf(line) === view);
  const settings = namesIn(viewed, (line) => line.settings);
  const measures = namesIn(viewed, (line) => line.measures);
  const names = [...new Set([...LINE_NAMES, ...measures, ...settings])];
  const test = readFilter(filter, names);
  const matching = viewed.filter(test);
  const groups = joined(matching, seeds);
  const sorted = sortedBy(groups, sort, names);
  const { headings, shown } = groupedRows(sorted, group, new Set(closed));
  return {
    total: viewed.length,
    rows: groups.length,
    groups: shown.slice(from, from + Math.min(count, MOST)),
    settings,
    measures,
    differing: settings.filter((name) => new Set(matching.map((line) => line.settings[name] ?? null)).size > 1),
    decides: decidingIn(viewed),
    headings,
  };
}

function viewOf({ archived, deleted }: RunLine): RunView {
  return deleted ? "deleted" : archived ? "archived" : "active";
}

function namesIn(lines: readonly RunLine[], of: (line: RunLine) => object): readonly string[] {
  const names = new Set<string>();
  for (const line of lines) for (const name of Object.keys(of(line))) names.add(name);
  return [...names];
}

function joined(lines: readonly RunLine[], seeds: boolean): readonly SeedGroup[] {
  if (!seeds) return lines.map((line) => ({ line, ids: [line.id], spread: {} }));
  return [...Map.groupBy(lines, ({ setting }) => setting).values()].flatMap((members) => {
    const latest = members.reduce((one, other) => (other.created > one.created ? other : one));
    return [{ line: latest, ids: members.map(({ id }) => id), spread: members.length > 1 ? spreadOf(members) : {} }];
  });
}

function spreadOf(lines: readonly RunLine[]): SeedGroup["spread"] {
  return Object.fromEntries(
    namesIn(lines, (line) => line.measures).flatMap((name) => {
      const values = lines.flatMap(({ measures: { [name]: value } }) => (typeof value === "number" ? [value] : []));
      if (values.length < 2) return [];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [[name, { mean, deviation: Math.sqrt(squares / (values.length - 1)), runs: values.length }]];
    }),
  );
}

/** What nothing is known of comes last, in both directions; of equals the latest first. */
function sortedBy(groups: readonly SeedGroup[], sort: string, names: readonly string[]): readonly SeedGroup[] {
  const down = sort.startsWith("-");
  const name = fullName(down ? sort.slice(1) : sort, names);
  const keyed = groups.map((group) => ({
    group,
    key: group.spread[name]?.mean ?? cellsOf(group.line, name)[0] ?? null,
  }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null)
      return Number(a.key === null) - Number(b.key === null) || later(a.group, b.group);
    const order = compareCells(a.key, b.key);
    return (down ? -order : order) || later(a.group, b.group);
  });
  return keyed.map(({ group }) => group);
}

function later(a: SeedGroup, b: SeedGroup): number {
  return a.line.created < b.line.created ? 1 : -1;
}

function compareCells(a: Exclude<RunCell, null>, b: Exclude<RunCell, null>): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [one, other] = [String(a), String(b)];
  return one < other ? -1 : Number(one > other);
}

/** Reads a question from the parameters of an address. */
export function runQueryOf(parameters: URLSearchParams): RunQuery {
  const view = (["active", "archived", "deleted"] as const).find((one) => one === parameters.get("view"));
  return compact({
    filter: parameters.get("filter") ?? undefined,
    sort: parameters.get("sort") || undefined,
    view,
    seeds: parameters.get("seeds") === "true" || undefined,
    group: (["data", "study"] as const).find((one) => one === parameters.get("group")),
    closed: parameters.get("closed")?.split(","),
    from: wholeIn(parameters, "from"),
    count: wholeIn(parameters, "count"),
  });
}

/** A whole number of an address; undefined for anything else. */
export function wholeIn(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
