/** The experiment from the command line and an experiment file combined. */
import { completeExperiment } from "../experiment/complete-experiment.ts";
import type { Experiment, PartialExperiment } from "../experiment/fields.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import { lastingFile } from "../sources/fetched.ts";
import { type ExperimentOptions, optionsSay } from "./experiment-options.ts";

/** Only what is given; options override the file. Throws what reading throws. */
export async function statedIn(files: readonly string[], options: ExperimentOptions): Promise<PartialExperiment> {
  const written = options.config === undefined ? {} : await readExperiment(options.config);
  const local: string[] = [];
  for (const file of files) local.push(await lastingFile(file));
  const data = local.length === 0 ? {} : { data: local.join(",") };
  return { ...written, ...optionsSay(options), ...data };
}

/** The experiment; options override the file. Throws `usage/no-data`, `usage/no-target` and what reading throws. */
export async function requestedExperiment(files: readonly string[], options: ExperimentOptions): Promise<Experiment> {
  const experiment = await completeExperiment(await statedIn(files, options));
  if (experiment.from === undefined) return experiment;
  const { originFolder } = await import("../exchange/origin-folder.ts");
  const store = typeof options.store === "string" ? options.store : undefined;
  return { ...experiment, from: await originFolder(experiment.from, store) };
}
