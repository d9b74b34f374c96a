/** Ends what is worse than the middle (Golovin et al. 2017, Google Vizier, section 3.2.2). */
import { inRange } from "../../base/fields.ts";
import type { Pruner, Standard } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { costOf, type Goal, type Trial, valueFrom } from "../trial.ts";

export interface MedianOptions {
  /** Trials that must have come so far before a step has a standard. Default 5, as Optuna. */
  readonly startup?: number;
  /** Steps before which nothing ends. Default 0. */
  readonly warmup?: number;
}

/** Trials that it is compared with at most: the latest. */
const MOST = 500;

/** Ends a trial whose best value so far is worse than the median of the earlier ones at the same step. */
export function median({ startup = 5, warmup = 0 }: MedianOptions = {}): Pruner {
  inRange("startup", startup, { atLeast: 1, whole: true });
  inRange("warmup", warmup, { atLeast: 0 });
  const standards = remembered((trials: readonly Trial[], goal: Goal): readonly Standard[] => {
    const rivals = trials.filter(({ state }) => state === "done" || state === "pruned").slice(-MOST);
    const byStep = new Map<number, number[]>();
    for (const { reports } of rivals) {
      let best = Number.POSITIVE_INFINITY;
      for (const { step, value } of reports) {
        best = Math.min(best, costOf(value, goal));
        const costs = byStep.get(step);
        if (costs === undefined) byStep.set(step, [best]);
        else costs.push(best);
      }
    }
    const steps = [...byStep].filter(([step, costs]) => step >= warmup && costs.length >= startup);
    return steps
      .sort(([a], [b]) => a - b)
      .map(([step, costs]) => {
        const half = costs.sort((a, b) => a - b).length >> 1;
        const middle = ((costs[half] ?? 0) + (costs[costs.length - 1 - half] ?? 0)) / 2;
        return { step, value: valueFrom(middle, goal), name: `the median of ${costs.length} trials` };
      });
  });
  return { kind: "median", options: { startup, warmup }, standards: ({ trials, goal }) => standards(trials, goal) };
}
