/** A change of a job as a change of an experiment. */
import { jobFields } from "nabla";
import type { JobPatch } from "nabla/diagnose";
import type { Fields } from "nabla/fields";
import type { ResolvedExperiment } from "./fields.ts";
import { resolvedFrom } from "./resolve.ts";

/** The experiment with changes made, one after the other; what is taken away gets what the job would use without it. */
export function patchExperiment(resolved: ResolvedExperiment, patches: readonly JobPatch[]): ResolvedExperiment {
  return patches.reduce(patched, resolved);
}

function patched(resolved: ResolvedExperiment, { without: _, mix: _m, ...patch }: JobPatch): ResolvedExperiment {
  const fields: Fields = jobFields;
  const stated = Object.entries(patch).filter(([, value]) => value !== undefined);
  const changes = stated.map(([name, value]) => {
    const { default: standard, write } = fields[name] ?? {};
    return [name, value ?? (standard === undefined ? undefined : write?.(standard))] as const;
  });
  const changed = { ...resolved, ...Object.fromEntries(changes) };
  // an experiment always sets its patience: without a limit, all epochs
  return resolvedFrom({ ...changed, patience: changed.patience ?? changed.epochs }, "experiment");
}
