/** The benchmark's rows as Markdown. */
import type { Row } from "./compare.ts";
import { floatingOperations, type Workload } from "./workloads.ts";

/** The floor of arithmetic: what OpenBLAS reaches on one thread of the machine that the targets were set on. */
const FLOOR_GFLOPS = 94;

export interface Report {
  readonly workloads: readonly Workload[];
  readonly rows: readonly Row[];
  /** Machine, versions and date. */
  readonly machine: string;
  /** Who took no part, and why. */
  readonly absent: readonly string[];
}

/** Medians, how many times as long as nabla each peer takes, and what a reader must know of the figures. */
export function showReport({ workloads, rows, machine, absent }: Report): string {
  const present = workloads.filter(({ name }) => rows.some(({ workload }) => workload === name));
  const remarks = [
    ...rows.flatMap(({ workload, engine, scaled }) =>
      scaled === undefined
        ? []
        : [`${engine} trains one in ${scaled} of ${workload}'s models, its time is multiplied.`],
    ),
    ...fedRatios(rows),
    ...disagreements(rows),
    ...absent,
  ];
  return [
    machine,
    "",
    medians(present, rows),
    "",
    ratios(present, rows),
    ...(remarks.length === 0 ? [] : ["", ...new Set(remarks.map((remark) => `- ${remark}`))]),
  ].join("\n");
}

type Named = Pick<Row, "engine" | "threads">;

function nameOf({ engine, threads }: Named): string {
  return `${engine}, ${threads} thread${threads === 1 ? "" : "s"}`;
}

function isOurs({ engine }: Named): boolean {
  return engine.startsWith("nabla");
}

function contestantsOf(rows: readonly Row[]): readonly Named[] {
  return [...new Map(rows.map((row) => [nameOf(row), row])).values()];
}

function find(rows: readonly Row[], workload: string, named: Named): Row | undefined {
  return rows.find((row) => row.workload === workload && nameOf(row) === nameOf(named));
}

function table(title: string, workloads: readonly Workload[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line([title, ...workloads.map(({ name }) => name)]),
    line(["---", ...workloads.map(() => "---:")]),
    ...lines.map(line),
  ].join("\n");
}

function medians(workloads: readonly Workload[], rows: readonly Row[]): string {
  const show = (figure: number | undefined): string =>
    figure?.toLocaleString("en-US", { maximumFractionDigits: figure < 100 ? 1 : 0 }) ?? "-";
  const floor = workloads.map((workload) =>
    workload.repeated === undefined ? show(floatingOperations(workload) / FLOOR_GFLOPS / 1000) : "-",
  );
  return table("median microseconds a step", workloads, [
    [`arithmetic at ${FLOOR_GFLOPS} GFLOP/s`, ...floor],
    ...contestantsOf(rows).map((named) => [
      nameOf(named),
      ...workloads.map(({ name }) => show(find(rows, name, named)?.medianMicroseconds)),
    ]),
  ]);
}

/** Peers against nabla on as many threads. */
function ratios(workloads: readonly Workload[], rows: readonly Row[]): string {
  const contestants = contestantsOf(rows);
  const lines = contestants.filter(isOurs).flatMap((ours) =>
    contestants
      .filter((peer) => !isOurs(peer) && peer.threads === ours.threads)
      .map((peer) => [
        `${peer.engine} / ${nameOf(ours)}`,
        ...workloads.map(({ name }) => {
          const [theirs, own] = [find(rows, name, peer), find(rows, name, ours)];
          if (theirs === undefined || own === undefined) return "-";
          const ratio = theirs.medianMicroseconds / own.medianMicroseconds;
          return ratio.toLocaleString("en-US", { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
        }),
      ]),
  );
  return lines.length === 0 ? "" : table("times as long as nabla", workloads, lines);
}

/** What batches out of a table cost more than a batch that stays where it is. */
function fedRatios(rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row) => {
    const bare = find(rows, row.workload.replace(/-fed$/, ""), row);
    if (bare === undefined || bare === row) return [];
    const share = (row.medianMicroseconds / bare.medianMicroseconds - 1) * 100;
    return [`${row.workload} takes ${share.toFixed(1)}% longer than ${bare.workload} (${nameOf(row)}).`];
  });
}

/** Steps that are compared, as a share of all, and how far means of their costs may be apart. */
const COMPARED: Readonly<Record<string, { readonly from: number; readonly tolerance: number }>> = {
  // masks of dropout differ
  regular: { from: 0.8, tolerance: 0.1 },
  // of costs that fall to a fifteenth, what is rounded differently is a larger share
  cnn: { from: 1, tolerance: 3e-3 },
};

/** Costs after 100 steps must agree to 1e-3, or as `COMPARED` says. */
export function disagreements(rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row) => {
    const ours = rows.find((one) => one.workload === row.workload && isOurs(one));
    const steps = Math.min(row.costs.length, ours?.costs.length ?? 0);
    if (ours === undefined || row === ours || steps === 0) return [];
    const { from: share, tolerance } = COMPARED[row.workload] ?? { from: 1, tolerance: 1e-3 };
    const from = Math.min(steps - 1, Math.floor(steps * share));
    const mean = ({ costs }: Row): number =>
      costs.slice(from, steps).reduce((sum, cost) => sum + cost / (steps - from), 0);
    const few = steps <= 100 ? [`${row.workload}: ${nameOf(row)} was compared after ${steps} steps only.`] : [];
    return Math.abs(mean(row) - mean(ours)) <= tolerance * Math.abs(mean(row))
      ? few
      : [
          ...few,
          `${row.workload}: costs differ, ${nameOf(row)} ends at ${mean(row)}, ${nameOf(ours)} at ${mean(ours)}.`,
        ];
  });
}
