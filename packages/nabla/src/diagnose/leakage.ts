import { NablaError } from "../base/error.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { listing } from "../base/text.ts";
import { blockNames } from "../data/examples.ts";
import { blockOf, type Column, type Table, takeTable, widthOf } from "../data/table.ts";
import { codedTarget, logChanceOfSeparation, type ScoredTarget, scoreFeature } from "./leakage-score.ts";

/** Options of `leakage`. */
export interface LeakageOptions {
  /** Decides which rows are inspected and how they are divided. Default 1. */
  readonly seed?: number;
  /** From this score on a feature is a copy of the target, whatever the others do. Default 0.999. */
  readonly copy?: number;
  /** From this score on it is suspicious if no other feature comes near. Default 0.98 for an AUC, 0.95 for R². */
  readonly suspicious?: number;
}

/** How well one feature alone predicts the target. */
export interface FeatureScore {
  readonly name: string;
  /** AUC (mean over the classes) or R², on rows that the predictor has not seen. */
  readonly score: number;
}

/** A feature that predicts too well to be true. */
export interface Leak extends FeatureScore {
  readonly because: string;
}

/** How well single features predict the target; plain data. */
export interface Leakage {
  readonly measure: "AUC" | "R²";
  readonly leaks: readonly Leak[];
  /** The best features, leaks and others, best first. */
  readonly best: readonly FeatureScore[];
  /** A sentence without its full stop. */
  readonly summary: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly try: string;
}

const MOST_ROWS = 20_000;
const FEWEST_ROWS = 50;
/** Numbers inspected in all; of more there are fewer rows. */
const MOST_NUMBERS = 1_000_000;
/** Numbers of a block (an image) that are inspected. */
const MOST_OF_BLOCK = 800;
/** A lone feature must leave at most this share of what the next best leaves. */
const ALONE = 0.25;
/** The same of a number that is as near to the target as a noisy copy of it. */
const [NEAR_COPY, ALONE_AS_COPY] = [0.96, 0.5];
/** Features that are reported as the best ones, leaks that are named, and leaks that come with their score. */
const MOST_BEST = 5;
const MOST_NAMED = 10;
const MOST_SCORED = 3;
/** Numbers that are nearly the target are suspicious up to so many; of more each says what the others do. */
const MOST_COPIES = 3;
const SUSPICIOUS = { AUC: 0.98, "R²": 0.95 } as const;
/** Chance separates the classes so rarely that a warning may rest on it, over all features. */
const RARELY = Math.log(1e-6);

/**
 * Does a feature leak the target? Each is scored alone, by the AUC or R² of its bins on rows that these bins were
 * not made of. `leakage(parts.train).leaks`. Throws `data/no-target`.
 */
export function leakage(table: Table, options: LeakageOptions = {}): Leakage {
  const { seed = 1, copy = 0.999 } = options;
  inRange("copy", copy, { above: 0, atMost: 1 });
  if (table.target === undefined) throw new NablaError("data/no-target", "the table has no target column");
  const features = table.columns.reduce(
    (sum, column) => sum + (column.kind === "number" ? Math.min(MOST_OF_BLOCK, widthOf(column)) : 1),
    0,
  );
  const most = Math.min(MOST_ROWS, Math.max(1000, Math.floor(MOST_NUMBERS / Math.max(1, features))));
  // the order is random, so that even and odd rows are two halves
  const order = permutation(fork(seedKey(seed), "leakage"), table.rows).subarray(0, most);
  const { columns, target } = takeTable(table, order);
  const coded = codedTarget(target ?? table.target);
  const { suspicious = Math.min(SUSPICIOUS[coded.measure], copy) } = options;
  inRange("suspicious", suspicious, { above: 0, atMost: copy });
  if (order.length < FEWEST_ROWS) return report([], [], coded);
  const scores = columns
    .flatMap((column) => scoresOf(column, coded))
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  const byChance = logChanceOfSeparation(coded) + Math.log(Math.max(1, features)) > RARELY;
  // noisy copies of a number come in twos and threes, as a price with and without tax does
  const high = scores.filter(({ score }) => score >= suspicious).length;
  const near = coded.measure === "R²" && high <= MOST_COPIES && high < scores.length ? high : 0;
  const leaks = scores.flatMap((feature, i) => {
    const next = scores[Math.max(i + 1, near)]?.score ?? 0;
    const first = i < Math.max(1, near);
    const because = reasonFor(feature, { next, first, only: scores.length === 1, copy, suspicious, coded });
    if (because === undefined || byChance) return [];
    return [
      { ...feature, because: countsRows(table, feature.name) ? `${because}; ${sortedRows(coded.name)}` : because },
    ];
  });
  return report(leaks, scores, coded);
}

function scoresOf(column: Column, target: ScoredTarget): readonly FeatureScore[] {
  if (column.kind === "category") {
    return [{ name: column.name, score: scoreFeature(column.codes, target, { levels: column.levels.length }) }];
  }
  const width = widthOf(column);
  const { data } = column.values;
  const names = blockNames(column.name, blockOf(column));
  const rows = target.rows;
  const values = new Float64Array(rows);
  const stride = Math.ceil(width / MOST_OF_BLOCK);
  return names.flatMap((name, at) => {
    if (at % stride !== 0) return [];
    for (let row = 0; row < rows; row++) values[row] = data[row * width + at] ?? Number.NaN;
    return [{ name, score: scoreFeature(values, target) }];
  });
}

interface ScoreContext {
  readonly next: number;
  readonly first: boolean;
  readonly only: boolean;
  readonly copy: number;
  readonly suspicious: number;
  readonly coded: ScoredTarget;
}

function reasonFor(
  { score }: FeatureScore,
  { next, first, only, copy, suspicious, coded: { measure } }: ScoreContext,
): string | undefined {
  const alone = `alone it reaches an ${measure} of ${score.toFixed(3)}`;
  if (score >= copy) return `${alone}, as a copy of the target would`;
  const share = measure === "R²" && score >= NEAR_COPY ? ALONE_AS_COPY : ALONE;
  const farAbove = first && !only && score >= suspicious && 1 - score <= share * (1 - next);
  return farAbove ? `${alone}, and the next best feature ${next.toFixed(3)}` : undefined;
}

function sortedRows(target: string): string {
  return `it numbers the rows, which are sorted by ${target}`;
}

/** Whether a number only ever rises, or falls, from row to row, as a number of the rows does. */
function countsRows({ columns }: Table, name: string): boolean {
  const column = columns.find((one) => one.name === name);
  if (column?.kind !== "number" || widthOf(column) !== 1) return false;
  const { data } = column.values;
  let [rises, falls] = [0, 0];
  for (let row = 1; row < data.length; row++) {
    if ((data[row] ?? 0) > (data[row - 1] ?? 0)) rises += 1;
    else if ((data[row] ?? 0) < (data[row - 1] ?? 0)) falls += 1;
  }
  return Math.max(rises, falls) === data.length - 1;
}

function report(leaks: readonly Leak[], scores: readonly FeatureScore[], { measure, name }: ScoredTarget): Leakage {
  const best = scores.slice(0, Math.max(MOST_BEST, leaks.length));
  if (leaks.length === 0) return { measure, leaks, best, summary: `no single feature gives ${name} away`, try: "" };
  const named = leaks
    .slice(0, MOST_NAMED)
    .map((leak) => (leaks.length > MOST_SCORED ? leak.name : `${leak.name} (${leak.because})`));
  const more = leaks.length > MOST_NAMED ? [`${leaks.length - MOST_NAMED} more`] : [];
  const least = Math.min(...leaks.map(({ score }) => score));
  const each =
    leaks.length > MOST_SCORED
      ? ` (each alone reaches an ${measure} of ${(Math.floor(least * 1000) / 1000).toFixed(3)} or more)`
      : "";
  return {
    measure,
    leaks,
    best,
    summary: `${leaks.length === 1 ? "column" : "columns"} ${listing([...named, ...more])}${each} may leak ${name}`,
    try:
      leaks.length === 1
        ? "check whether its value is known when a prediction is made; if not, leave the column out"
        : "check whether their values are known when a prediction is made; if not, leave the columns out",
  };
}
