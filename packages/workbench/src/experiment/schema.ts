/** The shape of `experiment.yaml`. What layers, optimizers and the like may say, their own makers in nabla check. */
import { fractionsOf, type Json, SCALINGS } from "nabla";
import { z } from "zod";
import { imageShapeOf } from "../sources/image-shape.ts";
import { secondsOf } from "../text/duration.ts";

const whole = (least: number): z.ZodNumber => z.int().min(least);
const described = z.custom<Json>((value) => typeof value === "string" || isRecord(value), {
  error: 'expected a kind, such as "adam", or a record with a kind',
});

/** Turns what a reader of text throws into an issue at the key. */
function read<T>(reader: (text: string) => T): (text: string, context: z.RefinementCtx) => T {
  return (text, context) => {
    try {
      return reader(text);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
  };
}

const units = z.array(whole(1));

/** Every key that an experiment may have, all of them optional: options of the command may bring the rest. */
export const schema = z.strictObject({
  data: z.string().min(1).optional(),
  target: z.union([z.string().min(1), z.number().transform(String)]).optional(),
  task: z.enum(["classification", "regression"]).optional(),
  split: z
    .union([
      z.string().transform(read(fractionsOf)),
      z
        .strictObject({ train: z.number(), dev: z.number(), test: z.number().default(0) })
        .transform((parts, context) => read(fractionsOf)(`${parts.train}/${parts.dev}/${parts.test}`, context)),
    ])
    .optional(),
  seed: whole(0).max(Number.MAX_SAFE_INTEGER).optional(),
  splitSeed: whole(0).max(Number.MAX_SAFE_INTEGER).optional(),
  group: z.string().min(1).optional(),
  timeColumn: z.string().min(1).optional(),
  mixBy: z.string().min(1).optional(),
  feedSplitColumns: z.boolean().optional(),
  ignore: z.array(z.string().min(1)).optional(),
  folds: whole(2).optional(),
  image: z.string().transform(read(imageShapeOf)).optional(),
  scaling: z.enum(SCALINGS).optional(),
  augment: z.array(described).optional(),
  hidden: units.optional(),
  activation: z.string().optional(),
  keep: z.number().gt(0).max(1).optional(),
  normalize: z.boolean().optional(),
  layers: z.array(described).min(1).optional(),
  loss: described.optional(),
  // a number alone is the strength of L2
  penalty: z
    .union([
      z
        .number()
        .min(0)
        .transform((strength): Json => ({ kind: "l2", strength })),
      described,
    ])
    .optional(),
  optimizer: described.optional(),
  rate: z.number().gt(0).optional(),
  schedule: described.optional(),
  average: described.optional(),
  mixup: z.number().gt(0).optional(),
  shuffle: z.boolean().optional(),
  batch: whole(1).optional(),
  epochs: whole(1).optional(),
  time: z.union([z.number().gt(0), z.string().transform(read(secondsOf))]).optional(),
  patience: whole(1).optional(),
  human: z.number().min(0).lt(1).optional(),
  output: z.string().min(1).optional(),
});

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "kind" in value;
}

/** The names of all keys. */
export const keys: readonly string[] = Object.keys(schema.shape);
