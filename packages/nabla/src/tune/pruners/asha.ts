/** Successive halving without waiting (Li et al. 2020: A System for Massively Parallel Hyperparameter Tuning). */
import { number, wholeNumber } from "../../base/field.ts";
import { pruner } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { rungStandards } from "../rungs.ts";

/** Ends a trial that is not among the best one in `reduction` at the steps least, least · reduction, least · reduction², …. */
export const asha = pruner(
  "asha",
  {
    reduction: wholeNumber({
      atLeast: 2,
      default: 4,
      source: "Li et al. 2020",
      help: "what the steps of the rungs grow by; one of so many goes on",
    }),
    least: number({
      above: 0,
      default: 1,
      source: "Li et al. 2020",
      unit: "steps",
      help: "the step of the first rung",
    }),
  },
  (options) => {
    const standards = remembered(rungStandards);
    return ({ trials, goal }) => standards(trials, goal, options);
  },
  { help: "successive halving without waiting" },
);
