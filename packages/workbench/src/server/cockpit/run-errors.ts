/** What a run's network gets wrong: its confusion, the rows behind a cell of it, its worst rows. */
import { NablaError, rows as rowsFrom } from "nabla";
import { confusionMatrix, worstRows } from "nabla/diagnose";
import { type Answers, answersFor } from "../../runs/dev-answers.ts";
import { heldOutOf } from "../../runs/held-out.ts";
import { loadMeasured } from "../../runs/measured-model.ts";
import { partsOf } from "../../runs/stored-run.ts";
import { rowsAt } from "../../runs/worst-rows.ts";
import { pngAddress } from "../../sources/png.ts";
import { openStore } from "../../store/open.ts";
import type { ErrorsOfRun, LookedRows } from "./api-models.ts";

/** Rows that are shown at once, and points that are drawn. */
const MOST = { rows: 24, points: 600 } as const;

/** Answers to rows that the network did not learn. Throws `run/no-model`, `data/changed`, `ui/several` and `model/…`. */
export async function answersOfRun(id: string, place: string): Promise<Answers> {
  await using store = await openStore(place, { create: false, say: () => {} });
  const run = await store.get(id);
  const { trained, preparation } = await loadMeasured(run);
  const parts = await partsOf(run);
  const heldOut = await heldOutOf(run, { parts, preparation });
  const answers = await answersFor({ parts, trained, preparation, ...(heldOut === undefined ? {} : { heldOut }) });
  if (answers !== undefined) return answers;
  throw new NablaError("ui/several", "rows of several targets are shown in the report");
}

/** What is wrong, and where most. */
export async function errorsIn(answers: Answers): Promise<ErrorsOfRun> {
  const worst = await looked(answers, worstRows(answers.losses, MOST.rows), answers.table.rows);
  const rows = answers.table.rows;
  if (answers.kind === "classes") {
    const { classes, predicted, targets } = answers;
    const { counts } = confusionMatrix(predicted, targets, classes);
    return { rows, confusion: { classes, counts: counts.map((line) => [...line]) }, worst };
  }
  const step = Math.max(1, rows / MOST.points);
  const pairs = Array.from({ length: Math.min(rows, MOST.points) }, (_, i) => {
    const row = Math.floor(i * step);
    return [answers.targets[row] ?? Number.NaN, answers.predicted[row] ?? Number.NaN] as const;
  });
  return { rows, pairs, worst };
}

/** The rows of one class that were taken for another, the surest first. */
export async function rowsOfCell(
  answers: Answers,
  { truth, predicted }: { readonly truth: number; readonly predicted: number },
): Promise<LookedRows> {
  if (answers.kind !== "classes") return { header: [], rows: [], total: 0 };
  const places = Array.from(answers.targets.keys()).filter(
    (row) => answers.targets[row] === truth && answers.predicted[row] === predicted,
  );
  places.sort((a, b) => (answers.confidence[b] ?? 0) - (answers.confidence[a] ?? 0));
  return await looked(answers, places.slice(0, MOST.rows), places.length);
}

async function looked(answers: Answers, places: readonly number[], total: number): Promise<LookedRows> {
  const { header, rows } = rowsAt(answers, places);
  const [column] = answers.table.columns;
  const pictures = column?.kind === "number" && column.values.shape.length === 4 ? column.values : undefined;
  return {
    header,
    total,
    rows: await Promise.all(
      rows.map(async (cells, i) => {
        const row = places[i] ?? 0;
        if (pictures === undefined) return { cells };
        return { cells, picture: await pngAddress(rowsFrom(pictures, row, row + 1)) };
      }),
    ),
  };
}
