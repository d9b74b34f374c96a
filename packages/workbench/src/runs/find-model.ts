/** The model that a word of the command line means. */
import type { TrainedModel } from "../store/trained-model.ts";

/** A folder is a model; anything else names a run of the store `spec`. Throws `model/…`, `run/…` and `store/…`. */
export async function findModel(place: string, spec: string | undefined): Promise<TrainedModel> {
  const { stat } = await import("node:fs/promises");
  const { loadTrained } = await import("../store/trained-model.ts");
  const folder = await stat(place).catch(() => undefined);
  if (folder !== undefined || /[\\/]/.test(place)) return await loadTrained(place);
  const { modelOf } = await import("./stored-run.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(spec, { create: false });
  return await loadTrained(modelOf(await store.get(place)));
}
