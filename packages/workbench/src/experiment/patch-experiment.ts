/** A change of a job as a change of an experiment. */
import type { JobPatch } from "nabla/diagnose";
import type { SettledExperiment } from "./settle.ts";

/** The experiment with changes made, one after the other; what is taken away gets what the job would use without it. */
export function patchExperiment(settled: SettledExperiment, patches: readonly JobPatch[]): SettledExperiment {
  return patches.reduce(patched, settled);
}

function patched(settled: SettledExperiment, patch: JobPatch): SettledExperiment {
  const { penalty, schedule, patience, mixup, without: _without, mix: _mix, ...plain } = patch;
  const { penalty: oldPenalty, mixup: oldMixup, ...kept } = settled;
  const newPenalty = penalty === undefined ? oldPenalty : penalty;
  const newMixup = mixup === undefined ? oldMixup : undefined;
  const changed = { ...kept, ...plain };
  return {
    ...changed,
    ...(newPenalty === undefined || newPenalty === null ? {} : { penalty: newPenalty }),
    ...(newMixup === undefined ? {} : { mixup: newMixup }),
    ...(schedule === undefined ? {} : { schedule: schedule ?? "constant" }),
    ...(patience === undefined ? {} : { patience: patience ?? changed.epochs }),
  };
}
