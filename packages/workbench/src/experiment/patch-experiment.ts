/** A change of a job as a change of an experiment. */
import { compact } from "nabla";
import type { JobPatch } from "nabla/diagnose";
import type { ResolvedExperiment } from "./resolve.ts";

/** The experiment with changes made, one after the other; what is taken away gets what the job would use without it. */
export function patchExperiment(resolved: ResolvedExperiment, patches: readonly JobPatch[]): ResolvedExperiment {
  return patches.reduce(patched, resolved);
}

function patched(resolved: ResolvedExperiment, patch: JobPatch): ResolvedExperiment {
  const { penalty, schedule, patience, mixup, without: _without, mix: _mix, ...plain } = patch;
  const { penalty: oldPenalty, mixup: oldMixup, ...kept } = resolved;
  const newPenalty = penalty === undefined ? oldPenalty : penalty;
  const changed = { ...kept, ...plain };
  return {
    ...changed,
    ...compact({
      penalty: newPenalty ?? undefined,
      mixup: mixup === undefined ? oldMixup : undefined,
      schedule: schedule === null ? "constant" : schedule,
      patience: patience === null ? changed.epochs : patience,
    }),
  };
}
