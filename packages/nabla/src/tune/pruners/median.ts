/** Ends what is worse than the middle (Golovin et al. 2017, Google Vizier, section 3.2.2). */
import { number, wholeNumber } from "../../base/field.ts";
import { medianOf } from "../../base/statistics/summary.ts";
import { pruner, type Standard } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { costOf, type Goal, type Trial, valueFrom } from "../trial.ts";

/** Trials that it is compared with at most: the latest. */
const MOST = 500;

/** Ends a trial whose best value so far is worse than the median of the earlier ones at the same step. */
export const median = pruner(
  "median",
  {
    startup: wholeNumber({
      atLeast: 1,
      default: 5,
      source: "Optuna",
      help: "trials that must have come so far before a step has a standard",
    }),
    warmup: number({
      atLeast: 0,
      default: 0,
      source: "Optuna",
      unit: "steps",
      help: "steps before which nothing ends",
    }),
  },
  ({ startup, warmup }) => {
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
          const value = valueFrom(medianOf(costs), goal);
          return { step, value, name: `the median of ${costs.length} trials` };
        });
    });
    return ({ trials, goal }) => standards(trials, goal);
  },
  { help: "ends what is worse than the median of earlier trials at the same step" },
);
