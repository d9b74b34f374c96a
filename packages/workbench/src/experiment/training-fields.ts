/** How an experiment trains: the options of a job, with the defaults of the workbench. */
import {
  adamW,
  compact,
  type DataOf,
  type Json,
  jobFields,
  joint,
  type Loss,
  scheduleFrom,
  softmaxCrossEntropy,
  squaredError,
  type Task,
} from "nabla";
import {
  field,
  listType,
  numberType,
  sameAs,
  text,
  textType,
  type ValueType,
  wholeNumber,
  wordType,
} from "nabla/fields";
import { BACKBONE } from "./begun.ts";
import { asData, type ChosenField, chosen, type DataField, type KnownFacts, orNone } from "./choice.ts";
import type { TargetWeights } from "./data-fields.ts";
import { FEW_IMAGES, imageChanges } from "./image-network.ts";
import { AUTO, positiveClass, usualMeasure } from "./measure.ts";
import { areImages } from "./network-fields.ts";

const shareType = numberType({ above: 0, below: 1 });
const THRESHOLDS = ["none", "auto"] as const;
/** From which probability the positive one of two classes is the answer. */
const thresholdType: ValueType<number | (typeof THRESHOLDS)[number]> = {
  schema: { anyOf: [{ enum: [...THRESHOLDS] }, shareType.schema] },
  words: THRESHOLDS,
  parse: (text) => (THRESHOLDS.some((word) => word === text) ? text : shareType.parse(text)),
  format: String,
  write: (value) => value as Json,
  read: (data, reading) => THRESHOLDS.find((word) => word === data) ?? shareType.read(data, reading),
};

/** The loss where none is named. */
const taskLosses: { readonly [K in Task]: (known: KnownFacts) => DataOf<Loss> } = {
  classification: () => softmaxCrossEntropy.kind,
  regression: () => squaredError.kind,
  multitask: (known) => jointLoss(known),
};

/** A head for each target, whose losses count as the experiment says. */
export function jointLoss({ heads = () => [], so }: Pick<KnownFacts, "heads" | "so">, loss?: Loss): Json {
  const asked = so.targetWeights as TargetWeights | undefined;
  const [weights, weighting] = asked === "uncertainty" ? [undefined, asked] : [asked, undefined];
  return compact({ kind: joint.kind, heads: joint.fields.heads.write(heads({ weights, loss })), weighting });
}

/** Rows in a step: 32 generalizes best on small tables (Masters and Luschi 2018), large ones need fewer, fuller steps. */
function batchFor({ rows }: KnownFacts): number {
  if (rows < 20_000) return 32;
  return rows < 1_000_000 ? 128 : 512;
}

/**
 * Steps of a training on a small table, however few rows it has: what a network learns is counted in steps, and a hundred
 * epochs of 100 rows are 400 of them. More passes than the most over the same few rows teach nothing, and the fewest are for some
 * thousands of rows. See benchmarks/results/choices.md.
 */
const ROWS = { steps: 3000, most: 400, fewest: 60 };
/** The same for images, whose steps are dear. */
const IMAGES = { steps: 1500, most: 120, fewest: 10 };

/** Passes over the training part: more rows bring more steps each, and need fewer passes. */
function epochsFor({ rows, shape, so: { batch } }: KnownFacts): number {
  if (areImages({ shape })) return rows < FEW_IMAGES ? stepsOf(IMAGES, { rows, batch }) : IMAGES.fewest;
  if (rows >= 1_000_000) return 10;
  if (rows >= 20_000) return 30;
  return stepsOf(ROWS, { rows, batch });
}

/** As many epochs as make so many steps, within bounds. */
function stepsOf(
  { steps, most, fewest }: typeof ROWS,
  { rows, batch }: { readonly rows: number; readonly batch: unknown },
): number {
  const perEpoch = Math.ceil(rows / Number(batch));
  return Math.min(most, Math.max(fewest, Math.round(steps / perEpoch)));
}

const balances = wordType(["none", "rows", "weights"]);

/** How classes are balanced; earlier versions wrote true for rows that are shown again. */
const balanceType: typeof balances = {
  ...balances,
  parse: (text) => (text === "balanced" ? "weights" : text),
  read: (data, reading) => (typeof data === "boolean" ? (data ? "rows" : "none") : balances.read(data, reading)),
};

/**
 * By what the epoch is selected whose weights are saved, unless a measure is named. Where a class is rare the balanced error says
 * little of an epoch: on tables for choosing with one row in twenty of a class it gives more balanced error once a threshold is
 * chosen (see benchmarks/results/choices.md).
 */
const usualSelection = "cost" as const;

const {
  loss,
  optimizer,
  penalty,
  schedule,
  average,
  augment,
  freeze,
  mixup,
  shuffle,
  batch,
  epochs,
  measure,
  selection,
  selectionTarget,
  patience,
} = jobFields;

const measureData = asData({ ...measure, presence: "defaulted" as const });

const decidingField: ChosenField<Json> & DataField<Json, "defaulted"> = {
  ...chosen(
    {
      ...measureData,
      read: (data, reading) => (data === AUTO ? AUTO : measureData.read(data, reading)),
      help: "what decides between epochs and trainings, and is told first: a measure, or auto; of several targets it selects the epoch",
      option: {
        argument: "name",
        elsewhere: sameAs("metric", "scoring", "eval-metric", "objective-metric", "monitor"),
      },
    },
    "the error; where a class is rare the balanced error; of a learned quantile the pinball loss; the epoch then goes by the cost",
    (known) => usualMeasure(known, known.so),
  ),
  complete: (data) => (data === AUTO ? AUTO : measureData.complete(data)),
  open: AUTO,
};

/** Names of layers, how many of the first, or a word for all or none of them. */
const layerName: ValueType<string> = {
  ...textType,
  read: (data, reading) => textType.read(typeof data === "number" ? String(data) : data, reading),
};
const layerNames = orNone(listType(layerName));
const frozenType: ValueType<readonly string[]> = {
  ...layerNames,
  schema: { anyOf: [layerNames.schema, { type: "string", minLength: 1 }, { type: "integer", minimum: 0 }] },
  read: (data, reading) => {
    if (data === "none" || data === 0) return [];
    return layerNames.read(typeof data === "string" || typeof data === "number" ? [data] : data, reading);
  },
};

/** The options for how a network is trained. */
export const trainingFields = {
  loss: chosen(asData({ ...loss, help: "the loss that is minimized" }), "by the task", (known) =>
    taskLosses[known.task](known),
  ),
  optimizer: asData({
    ...optimizer,
    presence: "defaulted",
    default: adamW({ rate: 0.003, decay: 0.5 }),
    source: "measured: benchmarks/results/choices.md",
    option: { argument: "kind", elsewhere: sameAs("opt", "optim", "solver") },
  }),
  penalty: asData({
    ...penalty,
    help: "penalty on large weights: the strength of L2, or a kind with its options",
    option: {
      argument: "strength",
      aliases: sameAs("l2"),
      elsewhere: sameAs("l2-penalty", "l2-reg", "l2-regularization"),
    },
  }),
  schedule: asData({
    ...schedule,
    default: scheduleFrom("cosine"),
    source: "the last epochs settle; a constant rate gives 2.0% in place of 1.9%, and a worse worst seed",
    option: { argument: "kind", elsewhere: sameAs("scheduler", "lr-schedule", "lr-scheduler") },
  }),
  average: asData(average),
  augment: chosen(
    orNone(asData({ ...augment, option: { argument: "kinds", elsewhere: sameAs("augmentation", "augmentations") } })),
    `shift,rotate,scale for fewer than ${FEW_IMAGES.toLocaleString("en-US")} images and the default network, else none`,
    ({ rows, shape, said }) => (areImages({ shape }) && rows < FEW_IMAGES && !said("layers") ? imageChanges : []),
  ),
  freeze: chosen(
    {
      ...freeze,
      ...frozenType,
      help: `layers of the model of --from that keep their weights: how many of the first, their names, ${BACKBONE} for all but the head, or none`,
      option: { argument: "layers", bare: BACKBONE, elsewhere: sameAs("frozen", "freeze-layers") },
    },
    `${BACKBONE} where the head is a new one, else none`,
    ({ begun }) => (begun?.head === undefined ? [] : [BACKBONE]),
  ),
  mixup,
  shuffle,
  balance: field(balanceType, {
    default: "none",
    source: "classes as frequent as they are, so that probabilities are those of the data",
    help: "how rare classes are made to count as much as others: their rows are shown as often, or their loss weighs as much",
    option: { argument: "how", elsewhere: sameAs("class-weight", "class-weights") },
  }),
  batch: chosen(
    { ...batch, option: { argument: "rows", elsewhere: sameAs("batch-size", "minibatch-size", "mini-batch-size") } },
    "by the number of rows",
    batchFor,
  ),
  epochs: chosen(
    wholeNumber({
      atLeast: 1,
      optional: true,
      help: epochs.help,
      option: { argument: "count", elsewhere: sameAs("epoch", "n-epochs", "num-epochs", "max-epochs", "max-iter") },
    }),
    "by the number of rows",
    epochsFor,
  ),
  measure: decidingField,
  positive: chosen(
    text({
      optional: true,
      help: "of two classes the one that is to be found: precision, recall and F1 are of it",
      option: { argument: "class", elsewhere: sameAs("pos-label", "positive-class") },
    }),
    "the rarer one",
    ({ subject, so }) => positiveClass(undefined, subject?.(so.selectionTarget as string | undefined)) as string,
  ),
  threshold: field(thresholdType, {
    default: "none",
    source: "the likelier class is the answer",
    help: "of two classes the probability of the positive one from which it is the answer, auto for the best on rows that were not learned, or none for a half",
    option: { argument: "probability", elsewhere: sameAs("decision-threshold", "cutoff") },
  }),
  // a run that was recorded without it selected by error, which is the job's own default
  selection: chosen(
    { ...selection, option: {} },
    `${usualSelection}; error where a measure is named`,
    ({ said }): "error" | typeof usualSelection => (said("measure") ? "error" : usualSelection),
  ),
  selectionTarget: { ...selectionTarget, option: { argument: "target" } },
  patience: chosen(
    {
      ...patience,
      option: {
        argument: "epochs",
        elsewhere: sameAs("early-stopping-patience", "early-stopping-rounds", "n-iter-no-change"),
      },
    },
    "all epochs, since the schedule settles at its end",
    ({ so }) => Number(so.epochs),
  ),
} as const;
