/** An experiment with everything that has no default. */
import { NablaError } from "nabla";
import { imageColumns } from "../sources/image-shape.ts";
import { holdsImages } from "../sources/read-images.ts";
import type { Experiment, PartialExperiment } from "./fields.ts";

/** The same with its data and its target; that of images is their class. Throws `usage/no-data` and `usage/no-target`. */
export async function completeExperiment({ data, target: named, ...rest }: PartialExperiment): Promise<Experiment> {
  if (data === undefined)
    throw new NablaError("usage/no-data", "no data file was named", "nabla train data.csv --target column");
  const target = named ?? ((await holdsImages(data)) ? imageColumns.target : undefined);
  if (target !== undefined) return { data, target, ...rest };
  const message = `no target was named: which column of ${data} is to be learned?`;
  throw new NablaError("usage/no-target", message, "--target column, or `target: column` in an experiment.yaml");
}
