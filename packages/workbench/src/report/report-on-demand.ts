/** The report of a run for who wants to read it now: the one beside the model, or else a new one. */
import { existsSync } from "node:fs";
import { openStore } from "../store/open.ts";
import { reportPlace, writeReport } from "./report.ts";

/** Gives the file of a run's report in the store at that place. Throws what `writeReport` throws. */
export async function reportOnDemand(run: string, place: string): Promise<string> {
  await using store = await openStore(place, { create: false });
  const { id, model } = await store.get(run);
  const beside = model === undefined ? undefined : reportPlace(model);
  if (beside !== undefined && existsSync(beside)) return beside;
  return (await writeReport(id, { store })).file;
}
