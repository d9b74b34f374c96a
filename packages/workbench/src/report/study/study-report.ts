/** A self-contained HTML file that reports everything about a study. */

import { dirname, join } from "node:path";
import { count, grouped } from "nabla";
import { writeFileAtomic } from "../../host/atomic-files.ts";
import { folderBeside } from "../../store/store-place.ts";
import type { StudyStore } from "../../store/study-store.ts";
import { type ReportedStudy, studySubject, studyWords } from "../../studies/reported-study.ts";
import type { HandedOver } from "../../studies/study-events.ts";
import { partsText } from "../../text/description.ts";
import { duration } from "../../text/duration.ts";
import { moment } from "../../text/format.ts";
import type { MeasureWords } from "../../text/measure-words.ts";
import { valuesText } from "../../text/values.ts";
import { html, type Markup } from "../markup.ts";
import { facts, type Page, page, paragraph, range, section, table, tile } from "../pieces.ts";
import { axisSlices, contourOf, importanceOf } from "./importance.ts";
import { boxesOf, historyOf, linesOf, trialsOf } from "./search-history.ts";

/** Options of `writeStudyReport`. */
export interface StudyReportOptions {
  readonly studies: StudyStore;
  /** The file; default next to the winner's model, else next to the store. */
  readonly file?: string;
  /** Two hyperparameters to be seen together; default the two that matter most. */
  readonly contour?: readonly [string, string];
}

/** Writes the report of a study and gives its file. Throws what `studySubject` throws, `tune/path` and `files/…`. */
export async function writeStudyReport(start: string, { studies, file, contour }: StudyReportOptions): Promise<string> {
  const subject = await studySubject(start, studies);
  const { markup } = pageOf(subject, contour);
  const place = file ?? placeOf(subject, studies.place);
  await writeFileAtomic(place, new TextEncoder().encode(markup));
  return place;
}

function placeOf({ stored, outcome }: ReportedStudy, store: string): string {
  const model = outcome?.best?.model;
  if (typeof model === "string") return join(dirname(model), `${stored.name}-report.html`);
  return join(folderBeside(store), `${stored.name}-report.html`);
}

function pageOf(subject: ReportedStudy, contour: readonly [string, string] | undefined): Markup {
  const sections = [
    winnerOf(subject),
    historyOf(subject),
    importanceOf(subject),
    axisSlices(subject),
    contourOf(subject, contour),
    linesOf(subject),
    boxesOf(subject),
    trialsOf(subject),
    searchOf(subject),
  ];
  const footer = "Errors are those of the dev set, on which trials were chosen; the test set was not used.";
  return page({ ...headOf(subject), sections, footer });
}

function headOf({ stored, outcome, trials, study }: ReportedStudy): Pick<Page, "title" | "subtitle" | "tiles"> {
  const having = (state: string): number => trials.filter(({ status }) => status === state).length;
  const words = studyWords(stored);
  const name = words.isPlain && stored.task !== "classification" ? `${words.name} on dev` : `dev ${words.name}`;
  const best = outcome?.best?.error ?? study.best?.value;
  const honest = outcome?.optimism?.honest;
  const tiles = [
    ...(best === undefined ? [] : [tile(words.value(best), `${name} of the best`)]),
    ...(honest === undefined ? [] : [tile(words.value(honest), "expected on new rows")]),
    tile(String(having("done")), "trials done"),
    tile(String(having("pruned")), "pruned"),
    ...(having("failed") === 0 ? [] : [tile(String(having("failed")), "failed")]),
    ...(outcome === undefined ? [] : [tile(duration(outcome.seconds), "in all")]),
  ];
  const subtitle = `Started ${moment(stored.created)} by nabla ${stored.version}, ${stored.status}.`;
  return { title: `${stored.target}: ${stored.name}`, subtitle, tiles };
}

function winnerOf({ outcome, study, stored }: ReportedStudy): Markup {
  const words = studyWords(stored);
  const best = outcome?.best;
  if (best === undefined || best === null) {
    const found = study.best;
    const message =
      found === undefined
        ? "No trial was finished."
        : `Best so far: trial ${found.number} with ${words.value(found.value)}: ${valuesText(found.values)}.`;
    return section("The best", html`<p class="verdict">${message}</p>`);
  }
  const { finalists = [], optimism, handed } = outcome ?? {};
  const rows = finalists.map(({ number, error, interval, errors, behind, parameters, values }) => [
    number === best.number ? `${number} (chosen)` : number,
    words.value(error),
    words.range(interval),
    errors.map(words.value).join(", "),
    behind.error === 0 ? "" : `${words.amount(behind.error)} (${range(behind.interval, words.amount)})`,
    grouped(parameters),
    valuesText(values),
  ]);
  const luck =
    optimism === null || optimism === undefined
      ? undefined
      : paragraph(
          `The ${words.isMore ? "best" : "lowest"} of ${optimism.trials} ${words.isMore ? `values of ${words.name}` : "errors"}, ${words.value(optimism.apparent)}, is about ${words.amount(optimism.honest - optimism.apparent)} too ${words.isMore ? "high" : "low"} by selection: it was chosen on the rows that it is measured on. Expect ${words.value(optimism.honest)} on new rows.`,
        );
  const titles = [
    "#Trial",
    words.isPlain ? "#Mean error" : `#Mean ${words.name}`,
    "#95% interval",
    "By seed",
    words.isMore ? "#Behind the best" : "#Behind the lowest",
    "#Parameters",
    "Values",
  ];
  return section(
    "The best",
    html`<p class="verdict good">${outcome?.handed === undefined ? `Trial ${best.number}` : "Handed over"}: ${best.said}.</p>`,
    facts([
      ["Values", valuesText(best.values)],
      [words.dev, `${words.value(best.error)}, 95% interval ${words.range(best.interval)}`],
      ...(best.run === null ? [] : [["Run", html`<code>nabla show ${best.run}</code>`] as const]),
      ...(best.model === null ? [] : [["Model", html`<code>${best.model}</code>`] as const]),
    ]),
    handed?.start === undefined ? undefined : paragraph(comparedText(handed, { start: handed.start, words })),
    luck,
    rows.length < 2 ? undefined : html`<h3>Finalists</h3>${table(titles, rows)}`,
  );
}

/** What the defaults reached beside what is handed over. */
function comparedText(
  { rows, error, gain, numbers }: HandedOver,
  { start, words }: { readonly start: number; readonly words: MeasureWords },
): string {
  const what = words.isPlain ? "an error" : `the ${words.name}`;
  const those = `On ${grouped(rows)} rows that were not learned the defaults have ${what} of ${words.value(start)}`;
  if (numbers.length === 1 && numbers[0] === 0) return `${those}; they are handed over.`;
  const better = `${words.amount(gain.error)} ${words.isMore ? "higher" : "lower"}`;
  return `${those}, the model that is handed over ${words.value(error)}: ${better}, 95% interval ${range(gain.interval, words.amount)}.`;
}

function searchOf({ stored, study, outcome }: ReportedStudy): Markup {
  return section(
    "Search",
    facts([
      ["Data", `${stored.data.path}: ${partsText(stored.rows)}`],
      ["Sampler", study.sampler.kind],
      ["Pruner", study.pruner.kind],
      ["Rounds", `of ${count(study.round, "trial")}, seed ${study.seed}`],
      ["Go on", html`<code>nabla tune --study ${stored.name} --trials ${study.trials.length * 2}</code>`],
      ...(outcome === undefined ? [] : [["Hash", html`<code>${outcome.hash}</code>`] as const]),
    ]),
  );
}
