/**
 * Which hyperparameters mattered: the share of the variance over the whole space that each explains on its own
 * (functional ANOVA: Hutter, Hoos and Leyton-Brown 2014: An Efficient Approach for Assessing Hyperparameter Importance).
 */
import { known, NablaError } from "../base/error.ts";
import { percentileInterval } from "../base/statistics/intervals.ts";
import { columnMeans } from "../base/statistics/summary.ts";
import { marginal, type RegressionTree, volumeOf } from "./forest.ts";
import { rankCosts, surrogateOf, type Tried } from "./surrogate.ts";

/** How much one axis matters: from 0 to 1, with a 95% interval. */
export interface AxisImportance {
  readonly path: string;
  readonly share: number;
  readonly interval: { readonly from: number; readonly to: number };
}

/** Hyperparameter importance in a study. */
export interface Importance {
  /** The most important axis first. What is missing to 1 is what axes explain together only. */
  readonly axes: readonly AxisImportance[];
  /** Finished trials that it follows from. */
  readonly trials: number;
}

const FEWEST = 10;

/**
 * Measures importance on the ranks of the trials, failed ones last, so that no outlier decides. The interval is that of
 * other draws of the same trials. Throws `tune/few` for fewer than ten finished trials.
 */
export function importance(tried: Tried, { seed = 1 }: { readonly seed?: number } = {}): Importance {
  const finished = tried.trials.filter(({ state }) => state !== "running").length;
  if (finished < FEWEST)
    throw new NablaError("tune/few", `importance needs ${FEWEST} finished trials, and there are ${finished}`);
  const { draws } = surrogateOf(tried, rankCosts, seed);
  const shares = draws.map((trees) => columnMeans(trees.map((tree) => sharesOf(tree, tried.axes.length))));
  const means = columnMeans(shares);
  const axes = tried.axes.map(
    ({ path }, axis): AxisImportance => ({
      path,
      share: known(means[axis], path),
      interval: percentileInterval(shares.map((each) => known(each[axis], path))),
    }),
  );
  return { axes: axes.sort((a, b) => b.share - a.share), trials: finished };
}

/** The share of a tree's variance that each axis explains alone; 0 of a tree without variance. */
function sharesOf(tree: RegressionTree, axes: number): readonly number[] {
  const mean = tree.reduce((sum, leaf) => sum + leaf.value * volumeOf(leaf), 0);
  const variance = tree.reduce((sum, leaf) => sum + (leaf.value - mean) ** 2 * volumeOf(leaf), 0);
  return Array.from({ length: axes }, (_, axis) => {
    const means = marginal(tree, [axis]);
    const own = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length;
    return variance > 0 ? own / variance : 0;
  });
}
