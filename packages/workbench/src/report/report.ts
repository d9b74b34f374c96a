/** A self-contained HTML file that reports everything about a run. */
import { basename, join } from "node:path";
import { compact, count } from "nabla";
import type { MistakeCosts } from "nabla/diagnose";
import { writeFileAtomic } from "../host/atomic-files.ts";
import type { RunStore } from "../store/run-store.ts";
import { folderBeside } from "../store/store-place.ts";
import { type Answers, answersFor } from "./answers.ts";
import { calibrationOf, confusionOf, rankingOf } from "./class-errors.ts";
import { explainedOf } from "./explained.ts";
import type { Markup } from "./markup.ts";
import { residualsSection } from "./number-errors.ts";
import { againOf, baselinesOf, dataOf, headOf, networkOf } from "./overview.ts";
import { picturesOf } from "./pictures.ts";
import { page } from "./pieces.ts";
import { type Known, type ReportedRun, subjectOf } from "./reported-run.ts";
import { chainOf, curvesOf, healthOf, journalOf, verdictOf } from "./training.ts";
import { slicesOf, worstOf } from "./where-errors.ts";
import { worstRowsCsv } from "./worst-rows.ts";

/** Rows that are written for inspection. */
const WORST = 200;

/** Options of `writeReport`. */
export interface ReportOptions {
  readonly store: RunStore;
  /** The file; default next to the model. */
  readonly file?: string;
  /** What is in memory already; by default all of it is read from the store. */
  readonly known?: Known;
  /** What mistakes cost, for two classes; by default all cost the same. */
  readonly costs?: MistakeCosts;
}

/** The files that were written. */
export interface WrittenReport {
  readonly file: string;
  /** The rows with the largest losses, as CSV. */
  readonly rows: string;
}

/** Where the report of a model goes. */
export function reportPlace(model: string): string {
  return `${model}-report.html`;
}

/** Writes the report of a run, and its worst rows next to it. Throws what `subjectOf` throws, and `files/…`. */
export async function writeReport(id: string, { store, file, known, costs }: ReportOptions): Promise<WrittenReport> {
  const subject = await subjectOf(id, store, known);
  const place = file ?? reportPlace(subject.run.model ?? join(folderBeside(store.place), subject.run.id));
  const rows = `${place.replace(/\.html?$/i, "")}-rows.csv`;
  const answers = await answersFor(subject);
  const { markup } = await reportOf(subject, answers, compact({ rows: basename(rows), costs }));
  const encoder = new TextEncoder();
  await writeFileAtomic(place, encoder.encode(markup));
  await writeFileAtomic(rows, encoder.encode(worstRowsCsv(answers, WORST)));
  return { file: place, rows };
}

/** The whole page. */
async function reportOf(
  subject: ReportedRun,
  answers: Answers,
  { rows, costs }: { readonly rows: string; readonly costs?: MistakeCosts },
): Promise<Markup> {
  const { run } = subject;
  const errors =
    answers.kind === "classes"
      ? [confusionOf(answers), calibrationOf(answers, run.outcome?.shipped?.calibration), rankingOf(answers, costs)]
      : [residualsSection(answers, run.target)];
  const thinned =
    answers.table.rows < answers.of ? `, every ${Math.round(answers.of / answers.table.rows)}th of ${answers.of}` : "";
  const sections = [
    verdictOf(subject),
    baselinesOf(subject),
    curvesOf(subject),
    journalOf(subject),
    ...errors,
    slicesOf(answers),
    (await picturesOf(answers, rows)) ?? worstOf(answers, rows),
    await explainedOf(subject),
    await healthOf(subject),
    dataOf(subject),
    networkOf(subject),
    chainOf(subject),
    againOf(subject),
  ];
  const kind = subject.heldOut === undefined ? "dev row" : "row";
  const networks = subject.heldOut === undefined ? "" : " of train and dev, each by a network that did not learn it";
  const footer = `Errors are those of ${count(answers.table.rows, kind)}${thinned}${networks}; the test set was not used.`;
  return page({ ...headOf(subject), sections, footer });
}
