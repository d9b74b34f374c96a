/** Ends what is worse than the middle (Golovin et al. 2017, Google Vizier, section 3.2.2). */
import { inRange } from "../../base/fields.ts";
import { type Pruner, type Standard, standing } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { type Goal, type Trial, valueFrom } from "../trial.ts";

export interface MedianOptions {
  /** Trials that must have come so far before a step has a standard. Default 5, as Optuna. */
  readonly startup?: number;
  /** Steps before which nothing ends. Default 0. */
  readonly warmup?: number;
}

/** Ends a trial whose best value so far is worse than the median of the earlier ones at the same step. */
export function median({ startup = 5, warmup = 0 }: MedianOptions = {}): Pruner {
  inRange("startup", startup, { atLeast: 1, whole: true });
  inRange("warmup", warmup, { atLeast: 0 });
  const standards = remembered((trials: readonly Trial[], goal: Goal): readonly Standard[] => {
    const rivals = trials.filter(({ state }) => state === "done" || state === "pruned");
    const steps = new Set(rivals.flatMap(({ reports }) => reports.map(({ step }) => step)));
    return [...steps]
      .filter((step) => step >= warmup)
      .sort((a, b) => a - b)
      .flatMap((step) => {
        const costs = rivals.flatMap(({ reports }) => standing(reports, step, goal) ?? []).sort((a, b) => a - b);
        if (costs.length < startup) return [];
        const half = costs.length >> 1;
        const middle = ((costs[half] ?? 0) + (costs[costs.length - 1 - half] ?? 0)) / 2;
        return [{ step, value: valueFrom(middle, goal), name: `the median of ${costs.length} trials` }];
      });
  });
  return { kind: "median", options: { startup, warmup }, standards: ({ trials, goal }) => standards(trials, goal) };
}
