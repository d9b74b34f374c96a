/** Options that mend data, added to those that an experiment has. */
import type { Experiment, PartialExperiment } from "./fields.ts";

/** The experiment with the options of a remedy: lists and records grow, anything else is replaced. */
export function withRemedy(experiment: Experiment, remedy: PartialExperiment): Experiment {
  const own: Readonly<Record<string, unknown>> = experiment;
  const added = Object.entries(remedy).map(([name, value]) => [name, combined(own[name], value)] as const);
  return { ...experiment, ...Object.fromEntries(added) };
}

function combined(own: unknown, added: unknown): unknown {
  if (Array.isArray(added)) return [...new Set([...(Array.isArray(own) ? own : []), ...added])];
  if (isPlain(own) && isPlain(added)) return { ...own, ...added };
  return added;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
