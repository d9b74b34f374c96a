/**
 * Every field of an experiment, declared once. From these fields come the types, the reader of `experiment.yaml`, its
 * schema, the options of commands, resolved experiments, what "Next" proposes, and the tables of the docs.
 */
import { jobFields } from "nabla";
import type { Given, Values } from "nabla/fields";
import { asData } from "./choice.ts";
import { dataFields } from "./data-fields.ts";
import { networkFields } from "./network-fields.ts";
import { runFields } from "./run-fields.ts";
import { trainingFields } from "./training-fields.ts";

/** Every key of an experiment. */
export const experimentFields = { ...dataFields, ...networkFields, ...trainingFields, ...runFields } as const;

/** Every key of a resolved experiment: the full network replaces the shorthand options for one. */
export const resolvedFields = {
  ...dataFields,
  model: asData(jobFields.model),
  ...trainingFields,
  ...runFields,
} as const;

/** A part of an experiment, as a file or options give it. */
export type PartialExperiment = Given<typeof experimentFields>;

/** An experiment as given; whatever it leaves open is chosen from the data and the fields' defaults. */
export type Experiment = PartialExperiment & Pick<Values<typeof experimentFields>, "data" | "target">;

/** An experiment with nothing left open: plain data that a run records, and that makes the very same job again. */
export type ResolvedExperiment = Values<typeof resolvedFields>;
