/** How an experiment trains: the options of a job, with the defaults of the workbench. */
import { adam, jobFields, type Schedule, scheduleFrom } from "nabla";
import { boolean, wholeNumber } from "nabla/fields";
import { asData, chosen, type KnownFacts } from "./choice.ts";
import { areImages } from "./network-fields.ts";

const taskLosses = { classification: "softmaxCrossEntropy", regression: "squaredError" } as const;

/** Rows in a step: 32 generalizes best on small tables (Masters and Luschi 2018), large ones need fewer, fuller steps. */
function batchFor({ rows }: KnownFacts): number {
  if (rows < 20_000) return 32;
  return rows < 1_000_000 ? 128 : 512;
}

/** Passes over the training part: more rows bring more steps each, and need fewer passes. */
function epochsFor({ rows, shape }: KnownFacts): number {
  // a convolution's step is dear, and images of one class are more alike than rows of a table
  if (areImages({ shape })) return rows < 20_000 ? 30 : 10;
  if (rows < 20_000) return 100;
  return rows < 1_000_000 ? 30 : 10;
}

/** Shorter waits stop before the rate has come down, longer ones gain 0.1%. A schedule that rises again must be waited for. */
function patienceFor({ so: { schedule, epochs } }: KnownFacts): number {
  const { risesAgain = false }: Schedule = scheduleFrom(schedule as string);
  return risesAgain ? Number(epochs) : Math.ceil(0.3 * Number(epochs));
}

const { loss, optimizer, penalty, schedule, average, augment, mixup, shuffle, batch, epochs, patience } = jobFields;

/** The options for how a network is trained. */
export const trainingFields = {
  loss: chosen(asData({ ...loss, help: "the loss that is minimized" }), "by the task", ({ task }) => taskLosses[task]),
  optimizer: asData({
    ...optimizer,
    presence: "defaulted",
    default: adam({ rate: 0.003 }),
    source: "measured alike from 0.002 to 0.005, because the schedule brings every rate down in the end",
    option: { argument: "kind" },
  }),
  penalty: asData({
    ...penalty,
    help: "penalty on large weights: the strength of L2, or a kind with its options",
    option: { argument: "strength", aliases: { l2: (strength) => strength } },
  }),
  schedule: asData({
    ...schedule,
    default: scheduleFrom("cosine"),
    source: "the last epochs settle; a constant rate gives 2.0% in place of 1.9%, and a worse worst seed",
    option: { argument: "kind" },
  }),
  average: asData(average),
  augment: asData({ ...augment, option: { argument: "kinds" } }),
  mixup,
  shuffle,
  balance: boolean({
    default: false,
    source: "classes as frequent as they are",
    help: "whether rows of rare classes are shown as often as others",
  }),
  batch: chosen({ ...batch, option: { argument: "rows" } }, "by the number of rows", batchFor),
  epochs: chosen(
    wholeNumber({ atLeast: 1, optional: true, help: epochs.help, option: { argument: "count" } }),
    "by the number of rows",
    epochsFor,
  ),
  patience: chosen({ ...patience, option: { argument: "epochs" } }, "0.3 of the epochs", patienceFor),
} as const;
