/** The report of a run for who wants to read it now: the one beside the model, or else a new one. */
import { existsSync, statSync } from "node:fs";
import { NablaError } from "nabla";
import { openStore } from "../store/open.ts";
import { reportPlace, writeReport } from "./report.ts";

/** Gives the file of a run's report in the store at that place. Throws what `writeReport` throws. */
export async function reportOnDemand(run: string, place: string): Promise<string> {
  return await reportIn(run, place, true);
}

/** The same for who may only look: none is written. Throws `report/missing` where there is none. */
export async function writtenReport(run: string, place: string): Promise<string> {
  return await reportIn(run, place, false);
}

async function reportIn(run: string, place: string, mayWrite: boolean): Promise<string> {
  await using store = await openStore(place, { create: false });
  const { id, model } = await store.get(run);
  const beside = model === undefined ? undefined : reportPlace(model);
  if (beside !== undefined && existsSync(beside) && !(mayWrite && isOlder(beside, model))) return beside;
  if (!mayWrite)
    throw new NablaError("report/missing", `the run ${id} has no report yet`, `\`nabla report ${id}\` writes it`);
  return (await writeReport(id, { store })).file;
}

/** Whether a report was written before the model, which another threshold may have been saved into since. */
function isOlder(report: string, model: string | undefined): boolean {
  if (model === undefined || !existsSync(model)) return false;
  return statSync(report).mtimeMs < statSync(model).mtimeMs;
}
