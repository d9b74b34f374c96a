/** Rows that a model was trained with, where its run and its file are still there. */
import { basename } from "node:path";
import { compact, NablaError, takeTable, wantedColumns } from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { resolvedFrom } from "../experiment/resolve.ts";
import { scan } from "../sources/scan.ts";
import { openStore } from "../store/open.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import type { ComparedRows } from "./compare-export.ts";

const MOST = 300;

/** Up to 300 rows of the file that a model's run names; undefined where the run or its file is gone, and for images. */
export async function trainingRows(model: TrainedModel, spec: string | undefined): Promise<ComparedRows | undefined> {
  const { run, preparation } = model;
  if (run === undefined || preparation.columns.some(({ kind }) => kind === "block")) return undefined;
  try {
    const { data: path, ...experiment } = await experimentIn(run, spec);
    const { encoding, delimiter, header, footer, sheet, format, maxExpansion } = experiment;
    const form = compact({ encoding, delimiter, header, footer, sheet, format, maxExpansion });
    const asked = { badCells: "missing", columns: wantedColumns(preparation), chunkRows: MOST } as const;
    const source = await scan(path, { ...form, ...asked });
    for await (const table of source) {
      const rows = Array.from({ length: Math.min(MOST, table.rows) }, (_, row) => row);
      return { table: takeTable(table, rows), from: `of ${basename(path)}` };
    }
    return undefined;
  } catch (error) {
    // a file that has gone, or has changed, is no fault of the model's
    if (error instanceof NablaError) return undefined;
    throw error;
  }
}

/** What a run was trained on, and how its file is written. */
async function experimentIn(run: string, spec: string | undefined): Promise<ResolvedExperiment> {
  await using store = await openStore(spec, { create: false });
  const { job } = await store.get(run);
  return resolvedFrom(job, `run ${run}`);
}
