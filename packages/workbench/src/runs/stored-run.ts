/** A run of the store, made whole again: its experiment, its data, its model. */
import { NablaError } from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { openParts, type Parts, prepareParts } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import { resolvedFrom } from "../experiment/resolve.ts";
import type { Run } from "../store/run.ts";

/** The experiment that a run records. Throws `run/foreign` for a run that no file was trained in. */
export function experimentOf(run: Run): ResolvedExperiment {
  const job = run.job;
  if (typeof job === "object" && job !== null && "data" in job && "model" in job)
    return resolvedFrom(job, `run ${run.id}`);
  throw new NablaError("run/foreign", `the run ${run.id} records no experiment on a file`);
}

/** The very same parts that a run had. Throws `data/changed` when the file is another one now, and what `openParts` throws. */
export async function partsOf(run: Run): Promise<Parts> {
  const resolved = experimentOf(run);
  const { data } = resolved;
  const parts = await openParts(resolved);
  if (parts.sha256 === run.data.sha256) return parts;
  const was = `SHA-256 ${run.data.sha256.slice(0, 12)}…`;
  throw new NablaError(
    "data/changed",
    `${data} has changed since the run ${run.id}: it was ${was}, it is ${parts.sha256.slice(0, 12)}… now`,
    "restore the file, or train again",
  );
}

/** A stored run's plan with its own split; its data warnings were already reported. Throws what `partsOf` throws. */
export async function planOf(run: Run, resolved: ResolvedExperiment = experimentOf(run)): Promise<Plan> {
  const parts = await partsOf(run);
  return { resolved, parts, prepared: prepareParts(parts), notices: parts.profile.notices };
}

/**
 * The plan that repeats a run, but for what is given: a clock's limit is no part of it, nor is the folder that the first model
 * lies in.
 */
export async function planToRepeat(run: Run, given: Partial<ResolvedExperiment> = {}): Promise<Plan> {
  const { time: _time, output: _output, ...resolved } = experimentOf(run);
  // what time or a request prevented then is not made up for now
  const measured = run.outcome?.shipped?.because === undefined ? {} : { members: 1, refit: "none" as const };
  return await planOf(run, { ...resolved, ...measured, ...given });
}
