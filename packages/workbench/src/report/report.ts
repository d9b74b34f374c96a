/** A self-contained HTML file that reports everything about a run. */
import { basename, join } from "node:path";
import { compact, count } from "nabla";
import type { MistakeCosts } from "nabla/diagnose";
import { writeFileAtomic } from "../host/atomic-files.ts";
import { type Answers, answersFor } from "../runs/dev-answers.ts";
import { experimentOf } from "../runs/stored-run.ts";
import { worstRowsCsv } from "../runs/worst-rows.ts";
import type { RunStore } from "../store/run-store.ts";
import { folderBeside } from "../store/store-place.ts";
import { calibrationOf, classesFoundOf, confusionOf, rankingOf } from "./class-errors.ts";
import { explainedOf } from "./explained.ts";
import { forecastsOf } from "./forecasts.ts";
import type { Markup } from "./markup.ts";
import { residualsSection } from "./number-errors.ts";
import { againOf, baselinesOf, dataOf, headOf, networkOf } from "./overview.ts";
import { picturesOf } from "./pictures.ts";
import { group, page } from "./pieces.ts";
import { type Known, type ReportedRun, subjectOf } from "./reported-run.ts";
import { type SoleSubject, soleSubjects } from "./sole-subjects.ts";
import { targetHead, targetsOverview } from "./targets.ts";
import { chainOf, curvesOf, healthOf, journalOf, verdictOf } from "./training.ts";
import { slicesOf, worstOf } from "./where-errors.ts";

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
  /** The rows with the largest losses, as CSV; none for labels. */
  readonly rows?: string;
  /** The same for the targets after the first. */
  readonly otherRows?: readonly string[];
}

/** Where the report of a model goes. */
export function reportPlace(model: string): string {
  return `${model}-report.html`;
}

/** Writes the report of a run, and its worst rows next to it. Throws what `subjectOf` throws, and `files/…`. */
export async function writeReport(id: string, { store, file, known, costs }: ReportOptions): Promise<WrittenReport> {
  const subject = await subjectOf(id, store, known);
  const place = file ?? reportPlace(subject.run.model ?? join(folderBeside(store.place), subject.run.id));
  const bare = place.replace(/\.html?$/i, "");
  const all: ReportedTarget[] = [];
  for (const [i, { name, subject: sole }] of soleSubjects(subject).entries()) {
    const rows = `${bare}-rows${i === 0 ? "" : `-${i + 1}`}.csv`;
    all.push(compact({ name, subject: sole, answers: await answersFor(sole), rows }));
  }
  const { markup } = await reportOf(subject, all, compact({ costs }));
  const encoder = new TextEncoder();
  await writeFileAtomic(place, encoder.encode(markup));
  const written: string[] = [];
  for (const { answers, rows } of all) {
    if (answers === undefined) continue;
    await writeFileAtomic(rows, encoder.encode(worstRowsCsv(answers, WORST)));
    written.push(rows);
  }
  const [first, ...others] = written;
  return compact({ file: place, rows: first, otherRows: others.length === 0 ? undefined : others });
}

/** A target of a report. */
interface ReportedTarget extends SoleSubject {
  /** None for labels. */
  readonly answers?: Answers;
  /** Where its worst rows are written. */
  readonly rows: string;
}

/** Where a target is wrong, and what it goes by. */
async function targetOf(
  { name, subject, answers, rows }: ReportedTarget,
  costs: MistakeCosts | undefined,
): Promise<readonly (Markup | undefined)[]> {
  const title = name === undefined ? [] : [targetHead(name, subject)];
  if (answers === undefined) return [...title, await explainedOf(subject)];
  const { run, preparation } = subject;
  const named = experimentOf(run).positive;
  const positive =
    answers.kind === "classes" && named !== undefined && answers.classes.includes(named) ? named : undefined;
  const errors =
    answers.kind === "classes"
      ? [
          classesFoundOf(answers, positive),
          confusionOf(answers),
          calibrationOf(answers, run.outcome?.shipped?.calibration),
          rankingOf(answers, costs, positive),
        ]
      : [residualsSection(answers, preparation.target.name)];
  const worst = (await picturesOf(answers, basename(rows))) ?? worstOf(answers, basename(rows));
  return [...title, ...errors, slicesOf(answers, preparation), worst, await explainedOf(subject)];
}

/** The whole page. */
async function reportOf(
  subject: ReportedRun,
  targets: readonly ReportedTarget[],
  { costs }: { readonly costs?: MistakeCosts },
): Promise<Markup> {
  const { parts, heldOut } = subject;
  const all = heldOut === undefined ? parts.dev.rows : parts.train.rows + parts.dev.rows;
  const { table = { rows: all }, of = all } = targets.find(({ answers }) => answers !== undefined)?.answers ?? {};
  const thinned = table.rows < of ? `, every ${Math.round(of / table.rows)}th of ${of}` : "";
  const each: (Markup | undefined)[] = [];
  for (const target of targets) {
    const sections = await targetOf(target, costs);
    // what is said of one target does not stand among the sections of another
    each.push(...(targets.length === 1 ? sections : [group(...sections)]));
  }
  const sections = [
    verdictOf(subject),
    baselinesOf(subject),
    curvesOf(subject),
    journalOf(subject),
    targetsOverview(subject),
    await forecastsOf(subject),
    ...each,
    await healthOf(subject),
    dataOf(subject),
    networkOf(subject),
    chainOf(subject),
    againOf(subject),
  ];
  const kind = subject.heldOut === undefined ? "dev row" : "row";
  const networks = subject.heldOut === undefined ? "" : " of train and dev, each by a network that did not learn it";
  const footer = `Errors are those of ${count(table.rows, kind)}${thinned}${networks}; the test set was not used.`;
  return page({ ...headOf(subject), sections, footer });
}
