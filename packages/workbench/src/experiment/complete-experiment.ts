/** An experiment with everything that has no default. */
import { NablaError } from "nabla";
import { imageColumns } from "nabla/images";
import { holdsImages } from "../sources/read-images.ts";
import { profile } from "../sources/read-table.ts";
import type { Experiment, PartialExperiment } from "./fields.ts";
import { readingIn } from "./reading-fields.ts";

/** More columns than this are shown by their first and last. */
const SHOWN = 24;

/**
 * The same with its data and its target; that of images is their class. Throws `usage/no-data`, `usage/no-target` with the
 * columns that there are, and before it what reading throws, as for a file that is not there.
 */
export async function completeExperiment({ data, target: named, ...rest }: PartialExperiment): Promise<Experiment> {
  if (data === undefined)
    throw new NablaError("usage/no-data", "no data file was named", "nabla train data.csv --target column");
  const target = named ?? ((await holdsImages(data)) ? imageColumns.target : undefined);
  if (target !== undefined) return { data, target, ...rest };
  const { columns } = await profile(data, readingIn(rest));
  const names = columns.map(({ name }) => name);
  const message = `no target was named: which column of ${data} is to be learned?`;
  const hint = `--target with one of ${listed(names)}, or \`target: column\` in an experiment.yaml`;
  throw new NablaError("usage/no-target", message, hint);
}

function listed(names: readonly string[]): string {
  if (names.length <= SHOWN) return names.join(", ");
  return `${names.slice(0, SHOWN - 4).join(", ")} … ${names.slice(-3).join(", ")} (${names.length} columns)`;
}
