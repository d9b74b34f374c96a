/** The fields of an experiment for one run, apart from what is trained: how long it may take, and what it produces. */
import { jobFields } from "nabla";
import { field, notationType, number, numberType, sameAs, text, wholeNumber, word } from "nabla/fields";
import { secondsOf } from "../text/duration.ts";
import { chosen, type KnownFacts } from "./choice.ts";
import { areImages } from "./network-fields.ts";

const secondsType = notationType(numberType({ above: 0 }), { of: secondsOf, format: (seconds) => `${seconds}s` });

/** Rows of train and dev, of tables and of images, up to which several networks are worth their time. */
const MEMBERS_UP_TO = { table: 5_000, images: 1_000 } as const;
/** Fewer rows than these are too few to be divided once more. */
const MEMBERS_FROM = 20;
/** More members gain little, and each costs a training. */
const MOST_MEMBERS = 8;

/** So few rows of train and dev are worth twice the members, each of which learns more of them; see benchmarks/results/choices.md. */
const TWICE_UP_TO = 1_000;

/** As many folds as dev goes into train and dev, so that each fold is as large as dev; of few rows twice as many. */
function membersFor(known: KnownFacts): number {
  const { split, rows, so } = known;
  const pool = rows * (1 + split.dev / split.train);
  const most = areImages(known) ? MEMBERS_UP_TO.images : MEMBERS_UP_TO.table;
  const isAlone = so.timeColumn !== undefined || so.refit === "none" || pool > most || pool < MEMBERS_FROM;
  if (isAlone) return 1;
  const folds = Math.round((split.train + split.dev) / split.dev);
  const isSmall = pool <= TWICE_UP_TO && !areImages(known);
  return Math.max(2, Math.min(MOST_MEMBERS, isSmall ? 2 * folds : folds));
}

/** The options for how long a run may take, and what it produces. */
export const runFields = {
  members: chosen(
    wholeNumber({
      atLeast: 1,
      default: 1,
      formerly: "folds",
      help: "networks that the model averages; each learns train and dev but for a fold of its own, which measures it",
      option: { argument: "count", aliases: sameAs("folds"), elsewhere: sameAs("cv", "n-folds", "k-fold") },
    }),
    `as many as dev goes into train and dev, for up to ${MEMBERS_UP_TO.table} rows of these (images: ${MEMBERS_UP_TO.images}), and for up to ${TWICE_UP_TO} twice as many; else 1`,
    membersFor,
  ),
  refit: chosen(
    word(["none", "dev", "all"], {
      default: "none",
      help: "what the model learns beside train once it was measured: nothing more, dev, or the test set too",
      option: {},
    }),
    "dev with several members and where rows are ordered in time, else none",
    ({ so, said }) => (Number(so.members) > 1 || (so.timeColumn !== undefined && !said("members")) ? "dev" : "none"),
  ),
  time: field(secondsType, {
    optional: true,
    unit: "seconds",
    help: `${jobFields.time.help}, such as 60s or 5m`,
    option: { argument: "time", elsewhere: sameAs("max-time", "time-limit", "time-budget") },
  }),
  watch: word(["none", "health"], {
    default: "none",
    help: "what is recorded of each layer on the way: nothing, or its health and histograms, for the pages of nabla ui",
    option: {},
  }),
  human: number({
    atLeast: 0,
    default: 0,
    source: "no estimate is given",
    help: "human-level error that the training error is compared with: a fraction, of RMSE, MAE and log loss a value in their unit",
    option: { argument: "error" },
  }),
  output: text({
    optional: true,
    help: "where the model goes (default: .nabla/models/<run>)",
    option: { name: "out", argument: "folder", elsewhere: sameAs("output", "output-dir", "model-dir", "save") },
  }),
} as const;
