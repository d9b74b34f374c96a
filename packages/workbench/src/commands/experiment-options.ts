/** What the command line and an experiment file say together. */
import { completeExperiment } from "../experiment/complete-experiment.ts";
import type { Experiment, PartialExperiment } from "../experiment/experiment.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import { localFile } from "../sources/fetched.ts";

export interface RequestedExperiment {
  /** The data file or its address, if one was named. */
  readonly file: string | undefined;
  readonly config: string | undefined;
  /** The options as commander gives them. */
  readonly flags: Omit<PartialExperiment, "data" | "penalty" | "output"> & {
    readonly penalty?: number;
    readonly out?: string;
  };
}

/** What is said and nothing else; options stand above the file. Throws what reading throws. */
export async function statedIn({ file, config, flags }: RequestedExperiment): Promise<PartialExperiment> {
  const { penalty, out, ...plain } = flags;
  const written = config === undefined ? {} : await readExperiment(config);
  return {
    ...written,
    ...plain,
    ...(file === undefined ? {} : { data: await localFile(file) }),
    ...(penalty === undefined ? {} : { penalty: { kind: "l2", strength: penalty } }),
    ...(out === undefined ? {} : { output: out }),
  };
}

/** The experiment; options stand above the file. Throws `usage/no-data`, `usage/no-target` and what reading throws. */
export async function experimentFrom(given: RequestedExperiment): Promise<Experiment> {
  return await completeExperiment(await statedIn(given));
}
