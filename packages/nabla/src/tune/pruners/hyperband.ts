/** Successive halving from several first steps at once (Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar 2018). */
import { number, wholeNumber } from "../../base/field.ts";
import { inRange } from "../../base/range.ts";
import { pruner } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { lastStep, rungStandards } from "../rungs.ts";
import type { Goal, Trial } from "../trial.ts";

/** The golden ratio spreads numbers evenly over brackets. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The bracket of a trial: 0 prunes most aggressively and has most of the trials (the paper's table 1). */
function dealer(brackets: number, reduction: number): (number: number) => number {
  const ends: number[] = [];
  for (let i = 0; i < brackets; i++)
    ends.push((ends.at(-1) ?? 0) + (brackets / (brackets - i)) * reduction ** (brackets - 1 - i));
  const total = ends.at(-1) ?? 0;
  return (number) => ends.findIndex((end) => ((number * GOLDEN) % 1) * total < end);
}

/** Deals trials to brackets by their numbers; bracket b ends trials as `asha` from the step least · reduction^b on. */
export const hyperband = pruner(
  "hyperband",
  {
    reduction: wholeNumber({
      atLeast: 2,
      default: 3,
      source: "Li et al. 2018",
      help: "what the steps of the rungs grow by; one of so many goes on",
    }),
    least: number({
      above: 0,
      default: 1,
      source: "Li et al. 2018",
      unit: "steps",
      help: "the first step of the most impatient bracket",
    }),
    most: number({
      above: 0,
      optional: true,
      unit: "steps",
      help: "the step at which trainings end; left out, the last one that any trial reached",
    }),
  },
  ({ reduction, least, most }) => {
    if (most !== undefined) inRange("most", most, { above: least });
    const dealt = remembered((trials: readonly Trial[], goal: Goal) => {
      const end = Math.max(least, most ?? lastStep(trials));
      const brackets = 1 + Math.floor(Math.log(end / least) / Math.log(reduction) + 1e-9);
      const bracketOf = dealer(brackets, reduction);
      const standards = Array.from({ length: brackets }, (_, bracket) => {
        const rivals = trials.filter((trial) => bracketOf(trial.number) === bracket);
        return rungStandards(rivals, goal, { reduction, least: least * reduction ** bracket });
      });
      return { bracketOf, standards };
    });
    return ({ trials, goal, number: place }) => {
      const { bracketOf, standards } = dealt(trials, goal);
      return standards[bracketOf(place)] ?? [];
    };
  },
  { help: "successive halving from several first steps at once" },
);
