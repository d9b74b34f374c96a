/** What the measured outcomes say: means over seeds, ranks, wins, and whether the targets are met. */
import { compact } from "nabla";
import { type Interval, meanOf, midranks, normalInterval, sampleVariance, studentInterval } from "nabla/statistics";
import { rowMeans, standardError } from "./measures.ts";
import type { Method } from "./methods.ts";
import type { Outcome } from "./outcomes.ts";
import type { PeerOutcome, Peers } from "./peers.ts";
import type { TableEntry } from "./tables.ts";

/** One method on one table, over its seeds. */
export interface Summary {
  readonly table: string;
  readonly method: string;
  readonly seeds: number;
  readonly error: number;
  /** The standard deviation over seeds; absent for one seed. */
  readonly deviation?: number;
  readonly logLoss?: number;
  readonly calibration?: number;
  readonly chance?: number;
  readonly seconds?: number;
  readonly failed: number;
}

type Single = PeerOutcome & Partial<Pick<Outcome, "chance" | "failed">>;

/** One summary for each table and method. */
export function summarize(outcomes: readonly Single[]): readonly Summary[] {
  return [...Map.groupBy(outcomes, ({ table, method }) => `${table} ${method}`).values()].flatMap((those) => {
    const [first] = those;
    if (first === undefined) return [];
    const errors = those.map(({ error }) => error);
    const mean = (of: (one: Single) => number | undefined): number | undefined => {
      const values = those.map(of).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : meanOf(values);
    };
    return [
      compact({
        table: first.table,
        method: first.method,
        seeds: those.length,
        error: meanOf(errors),
        deviation: errors.length < 2 ? undefined : Math.sqrt(sampleVariance(errors)),
        logLoss: mean(({ logLoss }) => logLoss),
        calibration: mean(({ calibration }) => calibration),
        chance: mean(({ chance }) => chance),
        seconds: mean(({ seconds }) => seconds),
        failed: those.filter(({ failed }) => failed !== undefined).length,
      }),
    ];
  });
}

/** The mean rank of each method over the tables that all of them were measured on, and how many tables those are. */
export function meanRanks(
  summaries: readonly Summary[],
  methods: readonly string[],
): { readonly ranks: ReadonlyMap<string, number>; readonly tables: number } {
  const errors = errorsBy(summaries);
  const tables = [...errors.values()].map((of) => methods.map((method) => of.get(method)));
  const whole = tables.filter((row): row is number[] => row.every((error) => error !== undefined));
  const ranked = whole.map((row) => midranks(row));
  const ranks = new Map(methods.map((method, i) => [method, meanOf(ranked.map((row) => row[i] ?? Number.NaN))]));
  return { ranks, tables: whole.length };
}

/** The errors of each table by method. */
function errorsBy(summaries: readonly Summary[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const tables = Map.groupBy(summaries, ({ table }) => table);
  return new Map([...tables].map(([name, of]) => [name, new Map(of.map(({ method, error }) => [method, error]))]));
}

/** One method beside another, table by table. */
export interface Duel {
  readonly tables: number;
  /** Tables with a lower error, and with the same. */
  readonly wins: number;
  readonly ties: number;
  /** By how much the error is higher in the mean over tables, with Student's 95% interval. */
  readonly difference: number;
  readonly interval: Interval;
}

/** How a method compares with another on the tables that both were measured on. */
export function duel(summaries: readonly Summary[], method: string, other: string): Duel {
  const differences = [...errorsBy(summaries).values()].flatMap((of) => {
    const [mine, theirs] = [of.get(method), of.get(other)];
    return mine === undefined || theirs === undefined ? [] : [mine - theirs];
  });
  return {
    tables: differences.length,
    wins: differences.filter((one) => one < 0).length,
    ties: differences.filter((one) => one === 0).length,
    difference: differences.length === 0 ? Number.NaN : meanOf(differences),
    interval: studentInterval(differences),
  };
}

/** A method beside another on the test rows of one table, each row as the mean over seeds. */
export interface RowDuel {
  readonly table: string;
  /** Error minus that of the other. */
  readonly difference: number;
  /** The standard error of the other's error on these test rows, and that of the difference, row by row. */
  readonly noise: number;
  readonly paired: number;
}

/** Compares a method of nabla with its default row by row. */
export function rowDuels(outcomes: readonly Outcome[], method: Method): readonly RowDuel[] {
  return [...Map.groupBy(outcomes, ({ table }) => table)].flatMap(([table, those]) => {
    const [mine, usual] = [method, "default" as const].map((name) => lossesBySeed(those, name));
    const seeds = [...(mine?.keys() ?? [])].filter((seed) => usual?.has(seed));
    if (seeds.length === 0) return [];
    const [changed = [], before = []] = [mine, usual].map((losses) =>
      rowMeans(seeds.map((seed) => losses?.get(seed) ?? [])),
    );
    return [{ table, ...compareRows(changed, before) }];
  });
}

/** Compares the default, over all its seeds, with a peer row by row. */
export function peerDuels(outcomes: readonly Outcome[], rows: Peers["rows"], peer: string): readonly RowDuel[] {
  return [...Map.groupBy(outcomes, ({ table }) => table)].flatMap(([table, those]) => {
    const theirs = rows[table]?.[peer];
    const mine = [...lossesBySeed(those, "default").values()];
    if (theirs === undefined || mine.length === 0) return [];
    return [{ table, ...compareRows(rowMeans(mine), theirs) }];
  });
}

function lossesBySeed(outcomes: readonly Outcome[], method: Method): ReadonlyMap<number, readonly number[]> {
  return new Map(outcomes.filter((one) => one.method === method).map(({ seed, losses }) => [seed, losses]));
}

function compareRows(losses: readonly number[], others: readonly number[]): Omit<RowDuel, "table"> {
  const differences = losses.map((loss, row) => loss - (others[row] ?? Number.NaN));
  const noise = standardError(others);
  return { difference: meanOf(differences), noise, paired: standardError(differences) };
}

/** -1 where the error is surely lower, 1 where it is surely higher: 95%, paired by row. */
export function sureSign({ difference, paired }: RowDuel): number {
  const { from, to } = normalInterval(difference, paired);
  return from > 0 ? 1 : to < 0 ? -1 : 0;
}

/** Whether a target is met, and where it is not. */
export interface Target {
  readonly what: string;
  readonly met: boolean;
  /** What was found, with the tables that miss it. */
  readonly found: string;
}

/** Tables with fewer rows are too small for targets of single tables. */
const ENOUGH = 300;

const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

/** The targets that the defaults are to reach on a half of the tables. Those without outcomes are not in the list. */
export function targetsOf(
  tables: readonly TableEntry[],
  outcomes: readonly Outcome[],
  peers: readonly PeerOutcome[],
): readonly Target[] {
  const names = new Set(tables.map(({ name }) => name));
  const within = <One extends { readonly table: string }>(all: readonly One[]): readonly One[] =>
    all.filter(({ table }) => names.has(table));
  const summaries = summarize([...within(outcomes), ...within(peers)]);
  const large = new Set(tables.filter(({ rows }) => rows >= ENOUGH).map(({ name }) => name));
  const searches = (["until-good", "tune"] as const).flatMap((method) => searchTargets(within(outcomes), method));
  return [
    ...networkTargets(summaries, large, "default"),
    ...networkTargets(summaries, large, "all-rows"),
    ...rankTargets(summaries),
    ...calibrationTargets(summaries.filter(({ table }) => large.has(table))),
    ...searches,
  ];
}

function networkTargets(summaries: readonly Summary[], large: ReadonlySet<string>, method: Method): readonly Target[] {
  const gaps = [...errorsBy(summaries)].flatMap(([table, of]) => {
    const [mine, linear, tuned] = [method, "linear", "tuned"].map((one) => of.get(one));
    if (mine === undefined || linear === undefined || tuned === undefined) return [];
    return [{ table, gap: mine - Math.min(linear, tuned) }];
  });
  if (gaps.length === 0) return [];
  const judged = gaps.filter(({ table }) => large.has(table));
  const behind = judged.filter(({ gap }) => gap > 0.005).toSorted((a, b) => b.gap - a.gap);
  const lower = gaps.filter(({ gap }) => gap < 0).length;
  return [
    {
      what: `${method} at most half a point above the better of linear and tuned MLP, on each table with ${ENOUGH} rows or more`,
      met: behind.length === 0,
      found: `${judged.length - behind.length} of ${judged.length}${listing(behind.map(({ table, gap }) => `${table} +${percent(gap)}`))}`,
    },
    {
      what: `${method} lower than both on two thirds of all tables`,
      met: lower >= (2 / 3) * gaps.length,
      found: `${lower} of ${gaps.length}`,
    },
  ];
}

function rankTargets(summaries: readonly Summary[]): readonly Target[] {
  const { ranks, tables } = meanRanks(summaries, rankedMethods);
  if (tables === 0) return [];
  const [mine = 0, forest = 0, boosting = 0] = ["default", "forest", "boosting"].map((method) => ranks.get(method));
  const found = `${mine.toFixed(2)} against ${forest.toFixed(2)} and ${boosting.toFixed(2)} on ${tables} tables`;
  return [
    { what: "mean rank of the default better than the random forest's", met: mine < forest, found },
    { what: "mean rank at most 0.3 behind gradient boosting's", met: mine <= boosting + 0.3, found },
  ];
}

/** The methods that are ranked: a default and its peers. */
export const rankedMethods: readonly string[] = ["default", "linear", "network", "tuned", "forest", "boosting"];

function calibrationTargets(summaries: readonly Summary[]): readonly Target[] {
  const judged = summaries.flatMap(({ table, method, calibration, chance = 0 }) =>
    method === "default" && calibration !== undefined ? [{ table, calibration, chance }] : [],
  );
  if (judged.length === 0) return [];
  const above = judged.filter(({ calibration }) => calibration > 0.05);
  const surely = judged.filter(({ calibration, chance }) => calibration - chance > 0.05);
  const shown = ({ table, calibration, chance }: (typeof judged)[number]): string =>
    `${table} ${percent(calibration)}, of which ${percent(chance)} is chance`;
  return [
    {
      what: `calibration error of the default at most 5%, on each table with ${ENOUGH} rows or more`,
      met: above.length === 0,
      found: `${judged.length - above.length} of ${judged.length}${listing(above.map(shown))}`,
    },
    {
      what: "the same without what honest probabilities would show on so few test rows",
      met: surely.length === 0,
      found: `${judged.length - surely.length} of ${judged.length}${listing(surely.map(shown))}`,
    },
  ];
}

function searchTargets(outcomes: readonly Outcome[], method: Method): readonly Target[] {
  const duels = rowDuels(outcomes, method);
  if (duels.length === 0) return [];
  const worse = duels.filter(({ difference, noise }) => difference > noise);
  const better = duels.filter(({ difference }) => difference < 0).length;
  const shown = ({ table, difference, noise }: RowDuel): string =>
    `${table} +${percent(difference)} (${percent(noise)})`;
  return [
    {
      what: `${method} on no table worse than the default by more than a standard error of the test`,
      met: worse.length === 0,
      found: `${duels.length - worse.length} of ${duels.length}${listing(worse.map(shown))}`,
    },
    {
      what: `${method} better than the default on two thirds of the tables`,
      met: better >= (2 / 3) * duels.length,
      found: `${better} of ${duels.length}`,
    },
  ];
}

function listing(exceptions: readonly string[]): string {
  return exceptions.length === 0 ? "" : `; not ${exceptions.join(", ")}`;
}
