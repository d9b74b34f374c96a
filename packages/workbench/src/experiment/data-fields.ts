/** The data fields of an experiment: which data, how it is split, and how it is prepared. */

import {
  AGGREGATES,
  type Fractions,
  fractionsOf,
  type Json,
  jobFields,
  lossFrom,
  MOST_LEVELS,
  MOST_PIECES,
  RESAMPLED,
  SCALINGS,
  type Scaling,
  TARGET_SCALES,
  TASKS,
  type TargetScale,
  TEXT_BUCKETS,
} from "nabla";
import {
  boolean,
  field,
  list,
  listType,
  notationType,
  number,
  numberType,
  readFields,
  sameAs,
  schemaOfFields,
  text,
  textType,
  type ValueType,
  wholeNumber,
  word,
} from "nabla/fields";
import type { ImageShape } from "nabla/images";
import type { AskedTarget } from "nabla/tables";
import { imageShapeOf, mostPixels } from "../sources/image-shape.ts";
import { chosen, type Facts } from "./choice.ts";
import { areImages } from "./network-fields.ts";
import { PIXELS } from "./pixels.ts";
import { readingFields } from "./reading-fields.ts";

const columnName: ValueType<string> = {
  ...textType,
  schema: { anyOf: [textType.schema, { type: "number" }] },
  read: (data, reading) => textType.read(typeof data === "number" ? String(data) : data, reading),
};

/** A column, or a list of them; several occurrences on a command line are a list. */
const targetType: ValueType<AskedTarget> = {
  ...columnName,
  schema: { anyOf: [columnName.schema, { type: "array", items: columnName.schema, minItems: 1 }] },
  combine: (earlier, later) => [earlier, later].flat(),
  formatEach: (data) => [data].flat().map(String),
  read: (data, reading) =>
    Array.isArray(data) ? listType(columnName, { least: 1 }).read(data, reading) : columnName.read(data, reading),
};

/** What several targets count: numbers, or as much less as they are uncertain (Kendall, Gal and Cipolla 2018). */
export type TargetWeights = "uncertainty" | readonly number[];

const numbersType = listType(numberType({ atLeast: 0 }));
const weightsType: ValueType<TargetWeights> = {
  schema: { anyOf: [{ enum: ["uncertainty"] }, numbersType.schema] },
  words: ["uncertainty"],
  parse: (text) => (text === "uncertainty" ? text : numbersType.parse(text)),
  format: (data) => (typeof data === "string" ? data : numbersType.format(data)),
  write: (value) => value as Json,
  read: (data, reading) => (data === "uncertainty" ? data : numbersType.read(data, reading)),
};

/** Several paths are one text, separated by commas. */
const dataType: ValueType<string> = {
  ...textType,
  schema: { anyOf: [textType.schema, { type: "array", items: textType.schema, minItems: 1 }] },
  read: (data, reading) =>
    Array.isArray(data) ? listType(textType, { least: 1 }).read(data, reading).join(",") : textType.read(data, reading),
};

const share = { atLeast: 0, atMost: 100 } as const;
const shares = {
  train: number({ ...share, help: "the share of the rows that is learned from; all three sum to 1 or 100" }),
  dev: number({ ...share, help: "the share by which the best epoch is chosen" }),
  test: number({ ...share, default: 0, source: "no test part", help: "the share that stays sealed" }),
};
const partsType: ValueType<{ readonly [part in keyof Fractions]: number }> = {
  schema: schemaOfFields(shares),
  parse: (given) => given,
  format: (data) => JSON.stringify(data),
  write: (value) => value as Json,
  read: (data, reading) => {
    const { train, dev, test } = readFields(shares, data, reading);
    return splitType.read(`${train}/${dev}/${test}`, reading);
  },
};
const splitType: ValueType<{ readonly [part in keyof Fractions]: number }> = notationType(partsType, {
  of: (written) => ({ ...fractionsOf(written) }),
  format: ({ train, dev, test }) => [train, dev, test].map((part) => Number((100 * part).toPrecision(12))).join("/"),
});

const lengths = listType(numberType({ atLeast: 1, whole: true }));
const imageType = notationType<ImageShape>(
  {
    ...lengths,
    read: (data, reading) => imageShapeOf(lengths.read(data, reading).join("x")),
  },
  { of: imageShapeOf, format: (lengths) => lengths.join("x") },
);

/** The scale that the loss of an experiment needs; undefined where any will do, or none is named. */
export function scaleOfLoss({ loss }: { readonly loss?: unknown }): TargetScale | undefined {
  return loss === undefined ? undefined : lossFrom(loss as Json).learnsOn;
}

/** How inputs are scaled where nothing is said, as `prepare` does it. */
export function usualScaling({ shape }: Pick<Facts, "shape">): Scaling {
  return areImages({ shape }) ? "standardize" : "smoothClip";
}

/** What the first version did with data, which a record that does not say it was made by: numbers as they scaled, and no forecasts. */
export const earlierData = { scaling: "standardize", targetScale: "none", horizon: 0 } as const;

/** The options for which data, how it is split and how it is prepared. */
export const dataFields = {
  data: field(dataType, {
    help: "the data file, or several: a list, a pattern such as parts/*.csv, a folder of parts or of images",
  }),
  ...readingFields,
  target: field(targetType, {
    help: "target column, or several: a,b, a list, or the option repeated; of images it is the class",
    option: { argument: "column", elsewhere: sameAs("target-column", "label", "label-column", "response", "y") },
  }),
  task: chosen(
    word(TASKS, { optional: true, help: "what is learned; several targets are multitask", option: {} }),
    "by the target's values",
    ({ task }) => task,
  ),
  split: chosen(
    field(splitType, {
      optional: true,
      help: "train/dev/test split, such as 60/20/20",
      option: { argument: "shares" },
    }),
    "by the number of rows",
    ({ split }) => split,
  ),
  seed: { ...jobFields.seed, option: { argument: "number", elsewhere: sameAs("random-state", "random-seed") } },
  splitSeed: wholeNumber({
    atLeast: 0,
    atMost: Number.MAX_SAFE_INTEGER,
    optional: true,
    help: "decides the split alone, so that runs with other seeds share it; left out, the seed does",
    option: { argument: "number" },
  }),
  group: text({
    optional: true,
    help: "rows of one value stay in one part, such as those of a patient; with --time-column each value is a series of its own",
    option: { argument: "column" },
  }),
  timeColumn: text({
    optional: true,
    help: "a column of numbers or dates: train lies before dev, and dev before test; the past becomes inputs, as --horizon says",
    option: { argument: "column" },
  }),
  horizon: chosen(
    wholeNumber({
      atLeast: 0,
      default: 0,
      help: "how many steps ahead of the last known value are forecast; 0 makes no inputs of the past",
      option: { argument: "steps" },
    }),
    "with --time-column, and times of a steady step, one round of the calendar (7 days, 24 hours, 12 months, 5 business days, 4 weeks), else 1; at most a tenth of the rows; else 0",
    ({ horizon = 0 }) => horizon,
  ),
  known: list(textType, {
    default: [],
    source: "of other columns the past alone is known when a forecast is made",
    help: "columns that are known in advance of the time that is forecast, such as price,holiday",
    option: { argument: "columns" },
  }),
  lags: list(numberType({ atLeast: 1, whole: true }), {
    optional: true,
    help: "values of the target that forecasts look back at: 1 is the last known one; left out, 1 to 7",
    option: { argument: "steps" },
  }),
  windows: list(numberType({ atLeast: 1, whole: true }), {
    optional: true,
    help: "of how many last values forecasts look at the mean; left out, of one season and four",
    option: { argument: "steps" },
  }),
  weight: text({
    optional: true,
    help: "a column of numbers from 0: how much each row counts in what is learned and measured; it is no input",
    option: { argument: "column", elsewhere: sameAs("sample-weight", "weight-column", "weights", "case-weight") },
  }),
  resample: word(RESAMPLED, {
    optional: true,
    help: "with --time-column, where rows have any times: the step that rows become one row of, such as day",
    option: { argument: "step" },
  }),
  aggregate: word(AGGREGATES, {
    default: "mean",
    source: "what is measured is a mean; what is counted or sold is a sum",
    help: "with --resample: what of the targets of a step's rows is forecast",
    option: { argument: "what" },
  }),
  mixBy: text({
    optional: true,
    help: "each source that the column names has the same share of every part",
    option: { argument: "column" },
  }),
  repeated: word(["keep", "together"], {
    default: "keep",
    source: "rows are drawn one by one",
    help: "whether rows that repeat each other, exactly or nearly, stay in one part",
    option: { argument: "what" },
  }),
  feedSplitColumns: boolean({
    default: false,
    source: "no group of dev is known to a network that learned from others",
    help: "the column that divides the rows is an input too",
    option: {},
  }),
  ignore: list(textType, {
    default: [],
    source: "every other column is an input",
    help: "columns to leave out of the inputs, such as id,paid",
    option: {
      argument: "columns",
      elsewhere: sameAs("drop", "exclude", "drop-columns", "exclude-columns", "ignore-columns"),
    },
  }),
  image: field(imageType, {
    optional: true,
    help: "the size that images are scaled to, such as 28x28x1 (height x width x channels); left out, that of the files",
    option: { argument: "size", elsewhere: sameAs("image-size", "img-size") },
  }),
  from: text({
    optional: true,
    help: "a model to begin from, with its network and its weights: a run, a model folder, or a file such as backbone.onnx",
    option: { argument: "model", elsewhere: sameAs("pretrained", "backbone", "init-from", "warm-start") },
  }),
  fromSha256: text({
    optional: true,
    help: "the SHA-256 that this model must have, as runs record it; left out, whatever it has",
  }),
  pixels: word(PIXELS, {
    optional: true,
    help: "how a network of another tool takes pixels: from 0 to 1, from -1 to 1, as bytes from 0 to 255, or by ImageNet's mean and deviation; left out, as its file says, else unit",
    option: { argument: "scale" },
  }),
  skipBroken: boolean({
    default: false,
    source: "a broken file is a fault of the data, which someone should see",
    help: "leave out images that cannot be decoded, and name them",
    option: {},
  }),
  maxPixels: wholeNumber({
    atLeast: 1,
    atMost: Number.MAX_SAFE_INTEGER,
    default: mostPixels,
    source: "about 400 megabytes in memory",
    help: "an image with more pixels is not decoded, and counts as broken",
    option: { argument: "count" },
  }),
  scaling: chosen(
    word(SCALINGS, { optional: true, help: "how input numbers are scaled", option: { argument: "kind" } }),
    "smoothClip (RealMLP, Holzmüller et al. 2024), of images standardize",
    usualScaling,
  ),
  targetWeights: field(weightsType, {
    optional: true,
    help: "what each of several targets counts in the loss and the error, in their order, such as 2,1; uncertainty learns what it counts in the loss; left out, all alike",
    option: { argument: "weights" },
  }),
  targetScale: chosen(
    word(TARGET_SCALES, {
      optional: true,
      help: "the scale on which a number is learned; log suits prices, which are never negative and whose effects multiply, and mean is that of the loss poisson",
      option: { argument: "scale" },
    }),
    "mean for the loss poisson; log, or mean with that loss for counts, where rows that were not learned are predicted better with it, else none",
    ({ so }): TargetScale => scaleOfLoss(so) ?? "none",
  ),
  textPieces: wholeNumber({
    atLeast: 1,
    atMost: TEXT_BUCKETS,
    default: MOST_PIECES,
    source: "measured on descriptions of packages and lines of novels: text-preparation.ts",
    help: "the most words and parts of words by which a column of texts is known",
    option: { argument: "number" },
  }),
  encoder: word(["bag", "gru", "transformer"], {
    default: "bag",
    source: "Joulin et al. 2017: quick, and hard to beat where topics are told apart",
    help: "what makes a vector of a text: a bag of words and their parts, or words in order through a GRU or a transformer, which read the last values of a series too",
    option: { argument: "kind" },
  }),
  levels: wholeNumber({
    atLeast: 1,
    default: MOST_LEVELS,
    source: "trials on made-up rows: level-slots.ts",
    help: "the most inputs of one category; beyond that, its rarest levels share 16 of them",
    option: { argument: "number" },
  }),
} as const;
