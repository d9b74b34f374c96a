/** The model that a folder or a run has. */
import { stat } from "node:fs/promises";
import { loadTrained, type TrainedModel } from "../store/trained-model.ts";

/** A folder is a model; anything else names a run of the store `spec`. Throws `model/…`, `run/…` and `store/…`. */
export async function findModel(place: string, spec: string | undefined): Promise<TrainedModel> {
  const folder = await stat(place).catch(() => undefined);
  if (folder !== undefined || /[\\/]/.test(place)) return await loadTrained(place);
  const { openStore } = await import("../store/open.ts");
  const { modelOf } = await import("../store/run-model.ts");
  await using store = await openStore(spec, { create: false });
  return await loadTrained(modelOf(await store.get(place)));
}
