/** The fields of an experiment for one run, apart from what is trained: how long it may take, and what it produces. */
import { jobFields } from "nabla";
import { field, notationType, number, numberType, text, wholeNumber } from "nabla/fields";
import { secondsOf } from "../text/duration.ts";

const secondsType = notationType(numberType({ above: 0 }), { of: secondsOf, format: (seconds) => `${seconds}s` });

/** The options for how long a run may take, and what it produces. */
export const runFields = {
  folds: wholeNumber({
    atLeast: 2,
    optional: true,
    help: "measure the error by cross-validation too, for few rows",
    option: { argument: "count" },
  }),
  time: field(secondsType, {
    optional: true,
    unit: "seconds",
    help: `${jobFields.time.help}, such as 60s or 5m`,
    option: { argument: "time" },
  }),
  human: number({
    atLeast: 0,
    below: 1,
    default: 0,
    source: "no estimate is given",
    help: "human-level error, from 0 to below 1: what the training error is compared with",
    option: { argument: "error" },
  }),
  output: text({
    optional: true,
    help: "where the model goes (default: .nabla/models/<run>)",
    option: { name: "out", argument: "folder" },
  }),
} as const;
