/** The network that dev measured, where the model of a run is another one. */
import { known, membersOf } from "nabla";
import type { Run } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import { loadTrained, saveTrained, type TrainedModel } from "../store/trained-model.ts";

/** Where it lies beside the checkpoint of its run. */
function placeOf(checkpoint: string): string {
  return checkpoint.replace(/(\.safetensors)?$/, "-measured");
}

/** Keeps the measured network of a run whose model does not hold it. */
export async function saveMeasured(checkpoint: string, model: TrainedModel): Promise<void> {
  await saveTrained(placeOf(checkpoint), model);
}

/**
 * The network of a run that learned train alone, which its dev set measures: the first of the members that a model averages,
 * and what was kept beside the checkpoint of one that learned dev too. Throws `run/no-model` and `model/…`.
 */
export async function loadMeasured(run: Run): Promise<TrainedModel> {
  const { kind } = run.outcome?.shipped ?? { kind: "measured" };
  const { checkpoint } = run;
  if (kind === "refit" && checkpoint !== undefined) return await loadTrained(placeOf(checkpoint));
  return measuredIn(await loadTrained(modelOf(run)), run);
}

/** The first member of a model that averages several. */
function measuredIn(model: TrainedModel, { outcome }: Pick<Run, "outcome">): TrainedModel {
  if (outcome?.shipped?.kind !== "members") return model;
  const [first] = membersOf(model.trained);
  const { temperature: _, ...rest } = model;
  return { ...rest, trained: known(first, "the first member") };
}
