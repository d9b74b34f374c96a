/** Every option of a job besides its data and engine, defined once. */
import {
  boolean,
  type Field,
  field,
  type Given,
  list,
  number,
  text,
  type Values,
  wholeNumber,
  word,
} from "../base/field.ts";
import type { Json } from "../base/json.ts";
import { kindType, textType } from "../base/value-type.ts";
import type { Augmentation } from "../data/augment/augmentation.ts";
import { layerType } from "../nn/layer.ts";
import { lossType } from "../nn/loss.ts";
import { penaltyType } from "../nn/penalty.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { constantRate, type Schedule } from "../optim/schedule.ts";
import type { Averaging } from "./averaging.ts";
import type { Measure } from "./deciding/measure.ts";
import { defaults } from "./defaults.ts";
import { SELECTIONS } from "./selection.ts";

/** The options of a training run, whatever it trains. */
export const trainingFields = {
  optimizer: field(kindType<Optimizer>("optimizer", "transforms"), { help: "how weights are updated" }),
  penalty: field(penaltyType, { optional: true, help: "what large weights cost; a number is the strength of L2" }),
  schedule: field(kindType<Schedule>("schedule", "factor"), {
    default: constantRate(),
    source: "the plainest",
    help: "how the learning rate changes while training",
  }),
  average: field(kindType<Averaging>("average", "share"), {
    optional: true,
    help: "an average of the weights over steps, which is then what is measured and kept",
  }),
  augment: list(kindType<Augmentation>("augmentation", "init"), {
    default: [],
    source: "rows as they are",
    help: "random changes of the training rows, new in every epoch",
  }),
  freeze: list(textType, {
    default: [],
    source: "everything is learned",
    help: "parameters that keep the values they begin with, by path; `*` stands for any letters, such as conv2d*",
  }),
  mixup: number({
    above: 0,
    optional: true,
    help: "learn mixtures of two rows with shares from Beta(mixup, mixup); 0.2 is usual",
  }),
  shuffle: boolean({ default: true, source: "every framework", help: "whether rows are shuffled in each epoch" }),
  batch: wholeNumber({
    atLeast: 1,
    default: defaults.batch,
    source: "Masters and Luschi 2018 find 32 and below best, the notes 64 up",
    help: "batch size: the rows that a step learns from",
  }),
  epochs: wholeNumber({
    atLeast: 0,
    default: defaults.epochs,
    source: "enough for small tables; the best epoch is kept",
    help: "passes over the training set (epochs), at most",
  }),
  seed: wholeNumber({
    atLeast: 0,
    atMost: Number.MAX_SAFE_INTEGER,
    default: defaults.seed,
    source: "any number",
    help: "decides every random number",
  }),
  time: number({ above: 0, optional: true, unit: "seconds", help: "the longest time that a training takes" }),
  measure: field(kindType<Measure>("measure", "rowErrors"), {
    optional: true,
    help: "what decides: the measure that epochs and trainings are compared by; left out, the error",
  }),
  selection: word(SELECTIONS, {
    default: "error",
    source: "what is wanted in the end",
    help: "which epoch's weights are saved: that of the lowest dev error (or the best value of the measure that decides), that of the lowest dev cost, or the last",
  }),
  selectionTarget: text({
    optional: true,
    help: "of several targets the one by which the epoch is selected and training stops early; left out, the weighted sum of all",
  }),
  patience: wholeNumber({
    atLeast: 1,
    optional: true,
    unit: "epochs",
    help: "early stopping: epochs without a better dev error that end a training",
  }),
} as const;

/** Every option of a job. */
export const jobFields = {
  model: field(layerType, { help: "the network" }),
  loss: field(lossType, { help: "what is minimized" }),
  ...trainingFields,
} as const;

/** The options of a job in code: plain settings or nabla objects. */
export type TrainingOptions = Given<typeof trainingFields> & Pick<Values<typeof trainingFields>, "optimizer">;

/** An option as plain data. */
export type DataOf<T> = T extends number | string | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DataOf<Item>[]
    : Json;

/** Options as plain data; those that are optional or have a default may be left out. */
export type DataOfFields<F extends { readonly [name: string]: Field }> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? DataOf<T> : never;
};
