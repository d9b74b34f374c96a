/** The outcomes as benchmarks/results.md. */
import { cpus } from "node:os";
import {
  duel,
  meanRanks,
  peerDuels,
  rankedMethods,
  rowDuels,
  type Summary,
  summarize,
  sureSign,
  targetsOf,
} from "./comparison.ts";
import { type Method, methodNames } from "./methods.ts";
import type { Outcome } from "./outcomes.ts";
import { type Peers, peerNames } from "./peers.ts";
import type { Half, TableEntry } from "./tables.ts";

export interface Results {
  readonly tables: readonly TableEntry[];
  readonly outcomes: readonly Outcome[];
  readonly peers: Peers;
  /** The hash of the sources that were measured. */
  readonly sources: string;
}

const halves: readonly Half[] = ["choosing", "reporting"];

const halfMeanings: Readonly<Record<Half, string>> = {
  choosing: "defaults, thresholds and remedies were chosen by these tables",
  reporting: "nothing was chosen by these",
};

/** The order of the columns. */
const columns: readonly string[] = [...methodNames, ...Object.keys(peerNames)];

const nameOf = (method: string): string => peerNames[method] ?? method;

const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${percent(Math.abs(value))}`;

/** The page for the given tables. */
export function resultsPage(results: Results): string {
  const parts = halves.flatMap((half) => {
    const tables = results.tables.filter((table) => table.half === half);
    return tables.length === 0 ? [] : [halfOf(half, { ...results, tables })];
  });
  return `${[introduction(results), ...parts].join("\n\n")}\n`;
}

function introduction({ outcomes, peers, sources }: Results): string {
  const times = [...new Set(outcomes.filter(({ method }) => searched(method)).map(({ time }) => time))];
  const limit = times.length === 0 ? "" : ` (with ${times.join(" or ")} s each)`;
  const versions = Object.entries(peers.versions).map(([name, version]) => `${name} ${version}`);
  const machine = `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, Node ${process.versions.node}`;
  const older = outcomes.some((outcome) => outcome.sources !== sources) ? ", in part of earlier sources" : "";
  return `# Results

What comes of \`nabla train file.csv --target column\` and of its searches, on tables whose test rows nabla never saw: they
are cut off by a hash before, and nabla divides the rest itself. \`npm run results\` writes this page; what the tables are and
where they come from is in [SOURCES.md](results/tables/SOURCES.md).

Errors are the misclassified share, or 1 - R² for numbers, as the mean over seeds ± their standard deviation. **default** is
\`train\` (up to five seeds), **all-rows** \`train --split 100/0/0\`, which keeps no rows for a test of its own and so learns
all that the others learn, where the default keeps a fifth of them sealed, **until-good** \`train --until-good\` and **tune** \`tune --trials 30\`${limit},
**ensemble** \`ensemble\` of five runs. The others are scikit-learn's on the same rows (\`benchmarks/results/peers.py\`): a
logistic or ridge regression, an MLP as it comes and one of twelve settings chosen on a quarter of the train rows, 500 trees,
and histogram gradient boosting as it comes; medians stand for missing numbers, with a column that says so.

Measured with sources ${sources}${older}; ${machine}. ${versions.length === 0 ? "Peers have not been measured." : `Peers: ${versions.join(", ")}.`}`;
}

function searched(method: string): boolean {
  return method === "tune" || method === "until-good";
}

function halfOf(half: Half, { tables, outcomes, peers }: Results): string {
  const names = new Set(tables.map(({ name }) => name));
  const mine = outcomes.filter(({ table }) => names.has(table));
  const theirs = peers.measured.filter(({ table }) => names.has(table));
  const summaries = summarize([...mine, ...theirs]);
  const title = half === "choosing" ? "Choosing half" : "Reporting half";
  const sections = [
    `## ${title}: ${halfMeanings[half]}`,
    ...targetSection(tables, mine, peers),
    ...tableSection("Error", summaries, tables, ({ error, deviation, failed }) => {
      const spread = deviation === undefined ? "" : ` ± ${(100 * deviation).toFixed(1)}`;
      return `${percent(error)}${spread}${failed > 0 ? ` (${failed} failed)` : ""}`;
    }),
    ...rankSection(summaries),
    ...duelSection(summaries, mine, peers),
    ...rowSection(mine),
    ...tableSection("Log loss", summaries, tables, ({ logLoss }) => logLoss?.toFixed(3)),
    ...tableSection("Calibration error (and what chance alone would show)", summaries, tables, (one) => {
      const { calibration, chance } = one;
      if (calibration === undefined) return undefined;
      return `${percent(calibration)}${chance === undefined ? "" : ` (${percent(chance)})`}`;
    }),
    ...tableSection("Seconds", summaries, tables, ({ seconds }) => seconds?.toFixed(1)),
  ];
  return sections.join("\n\n");
}

function targetSection(tables: readonly TableEntry[], outcomes: readonly Outcome[], peers: Peers): readonly string[] {
  const targets = targetsOf(tables, outcomes, peers.measured);
  if (targets.length === 0) return [];
  const rows = targets.map(({ what, met, found }) => [what, met ? "met" : "**missed**", found]);
  return ["### Targets", markdown(["Target", "", "Found"], rows)];
}

/** A row for each table, a column for each method that has something to say. */
function tableSection(
  title: string,
  summaries: readonly Summary[],
  tables: readonly TableEntry[],
  shown: (one: Summary) => string | undefined,
): readonly string[] {
  const found = new Map(summaries.map((one) => [`${one.table} ${one.method}`, shown(one)]));
  const methods = columns.filter((method) => tables.some(({ name }) => found.get(`${name} ${method}`) !== undefined));
  const rows = tables
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, rows: count }) => ({
      head: `${name} (${count})`,
      cells: methods.map((method) => found.get(`${name} ${method}`)),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined))
    .map(({ head, cells }) => [head, ...cells.map((cell) => cell ?? "-")]);
  if (rows.length === 0) return [];
  return [`### ${title}`, markdown(["Table (rows)", ...methods.map(nameOf)], rows)];
}

function rankSection(summaries: readonly Summary[]): readonly string[] {
  const present = (method: string): boolean => summaries.some((one) => one.method === method);
  const methods = [...new Set([...rankedMethods, ...methodNames])].filter(present);
  const lines = [rankedMethods.filter(present), methods].map((of) => {
    const { ranks, tables } = meanRanks(summaries, of);
    if (tables === 0 || of.length < 2) return undefined;
    const ordered = [...ranks].toSorted(([, a], [, b]) => a - b);
    const places = ordered.map(([method, rank]) => `${nameOf(method)} ${rank.toFixed(2)}`);
    return `Mean rank of ${of.length} on the ${tables} tables that all were measured on: ${places.join(", ")}.`;
  });
  const told = [...new Set(lines.filter((line) => line !== undefined))];
  return told.length === 0 ? [] : ["### Ranks", ...told];
}

function duelSection(summaries: readonly Summary[], outcomes: readonly Outcome[], peers: Peers): readonly string[] {
  const others = columns.filter((method) => method !== "default");
  const rows = others.flatMap((method) => {
    const { tables, wins, ties, difference, interval } = duel(summaries, "default", method);
    if (tables < 2) return [];
    const range = `${signed(interval.from)} to ${signed(interval.to)}`;
    const signs = signsAgainst(method, outcomes, peers);
    const sure = [-1, 1].map((sign) => `${signs.filter((one) => one === sign).length}`);
    return [[nameOf(method), `${wins} of ${tables}`, `${ties}`, ...sure, signed(difference), range]];
  });
  const counts = ["Lower error", "Same", "Surely lower", "Surely higher"];
  const header = ["Default against", ...counts, "Mean difference", "95%, paired by table"];
  const note = "Sure is what a 95% interval says that is paired by the test rows of a table.";
  return rows.length === 0 ? [] : ["### Wins", note, markdown(header, rows)];
}

/** For each table whether the default is surely better (-1) or worse (1) than a method. */
function signsAgainst(method: string, outcomes: readonly Outcome[], peers: Peers): readonly number[] {
  const own = methodNames.find((name) => name === method);
  if (own === undefined) return peerDuels(outcomes, peers.rows, method).map(sureSign);
  return rowDuels(outcomes, own).map((one) => 0 - sureSign(one));
}

/** Searches beside the default, on the same test rows and seeds. */
function rowSection(outcomes: readonly Outcome[]): readonly string[] {
  const others = methodNames.filter((method) => method !== "default");
  const found = others.flatMap((method: Method) => rowDuels(outcomes, method).map((one) => ({ method, ...one })));
  if (found.length === 0) return [];
  const rows = [...Map.groupBy(found, ({ table }) => table)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, those]) => {
      const cells = others.map((method) => {
        const one = those.find((candidate) => candidate.method === method);
        return one === undefined ? "-" : `${signed(one.difference)} ± ${(100 * one.paired).toFixed(1)}`;
      });
      return [table, ...cells, percent(those[0]?.noise ?? Number.NaN)];
    });
  const note =
    "Error minus that of the default with the same seeds ± the standard error of the difference, paired by row; last, the standard error of the default's error.";
  return ["### Searches against the default", note, markdown(["Table", ...others, "test"], rows)];
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), `|${header.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
