/** The experiment from the command line and an experiment file combined. */
import { completeExperiment } from "../experiment/complete-experiment.ts";
import type { Experiment, PartialExperiment } from "../experiment/fields.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import { localFile } from "../sources/fetched.ts";
import { type ExperimentOptions, optionsSay } from "./experiment-options.ts";

/** Only what is given; options override the file. Throws what reading throws. */
export async function statedIn(file: string | undefined, options: ExperimentOptions): Promise<PartialExperiment> {
  const written = options.config === undefined ? {} : await readExperiment(options.config);
  const data = file === undefined ? {} : { data: await localFile(file) };
  return { ...written, ...optionsSay(options), ...data };
}

/** The experiment; options override the file. Throws `usage/no-data`, `usage/no-target` and what reading throws. */
export async function requestedExperiment(file: string | undefined, options: ExperimentOptions): Promise<Experiment> {
  return await completeExperiment(await statedIn(file, options));
}
