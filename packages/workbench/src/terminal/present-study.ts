/** Runs and shows a study. */

import { targetUnit } from "nabla";
import { axesOf, type Domain, studyFrom } from "nabla/tune";
import { printError, printJson, printOut } from "../host/output.ts";
import { studyDocumentOf } from "../studies/study-document.ts";
import type { Finalist, PlannedStudyEvent, StudyEvent, StudyResult } from "../studies/study-events.ts";
import { partsText } from "../text/description.ts";
import { duration } from "../text/duration.ts";
import { number } from "../text/format.ts";
import { type MeasureWords, measureWords } from "../text/measure-words.ts";
import { commandsOn, here } from "./command-line.ts";
import { type StudySummary, studyOverviewText, studySummaryText } from "./study-summary.ts";
import { styleFor } from "./style.ts";
import { watchStudy } from "./watch-study.ts";

/** Options of `presentStudy`. */
export interface PresentStudyOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly workers: number;
  /** Writes the study's report and prints its path. By default there is no report. */
  readonly report?: (study: string) => Promise<string | undefined>;
  /** The store as the user named it. By default the usual one. */
  readonly place?: string;
}

/** Runs a study to its end; the exit code is 130 when it was stopped, and 1 when no trial was finished. */
export async function presentStudy(
  begin: (signal: AbortSignal) => AsyncGenerator<StudyEvent, StudyResult, undefined>,
  options: PresentStudyOptions,
): Promise<void> {
  const { json, quiet, workers } = options;
  const silent = json || quiet;
  const style = styleFor(process.stdout);
  const result = await watchStudy(begin, {
    silent,
    workers,
    onCreated: (planned, kept) => {
      if (silent) for (const { message } of planned.suspicions) printError(`warning: ${message}\n`);
      else printOut(`${studyOverviewText(beginningOf(planned, { workers, kept }), style)}\n\n`);
    },
  });
  const report = result.run === undefined ? undefined : await options.report?.(result.plan.name);
  if (json) printJson(studyDocumentOf(result));
  else if (quiet) printOut(`${quietLine(result)}\n`);
  else
    printOut(
      `${studySummaryText({ ...endingOf(result, options), ...(report === undefined ? {} : { report: here(report) }) }, style)}\n`,
    );
  if (result.state === "stopped") process.exitCode = 130;
  else if (result.decision === undefined) process.exitCode = 1;
}

function beginningOf(
  { name, definition, wanted, file, rows, notices, suspicions }: PlannedStudyEvent,
  { workers, kept }: { readonly workers: number; readonly kept: number },
): Parameters<typeof studyOverviewText>[0] {
  const study = studyFrom(definition);
  const idle =
    workers > study.round
      ? [
          `at most ${study.round} of the ${workers} workers run trials in parallel, since a round has ${study.round} trials; a new study may have --round ${workers}`,
        ]
      : [];
  const warnings = suspicions.map(({ message, hint }) => `Warning: ${message}; ${hint}`);
  return {
    name,
    data: file,
    parts: partsText(rows),
    notices: [...notices.map(({ message }) => message), ...warnings, ...idle],
    space: axesOf(study.space).map(({ path, domain }) => [path, rangeText(domain)]),
    sampler: study.sampler.kind,
    pruner: study.pruner.kind,
    trials: wanted.trials,
    round: study.round,
    workers,
    seed: study.seed,
    kept,
  };
}

const scales: Readonly<Record<string, string>> = {
  logUniform: ", by powers of ten",
  oneMinusLog: ", 1 - value by powers of ten",
  logInteger: ", by powers",
};

function rangeText({ kind, options }: Domain): string {
  const { from, to, values } = options;
  if (Array.isArray(values))
    return values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(", ");
  return `${number(Number(from))} to ${number(Number(to))}${scales[kind] ?? ""}`;
}

/** Hyperparameters that are listed as having mattered. */
const MATTERED = 6;

function endingOf(result: StudyResult, { place }: PresentStudyOptions): StudySummary {
  const { plan, store, state, seconds, counts, decision, handed, optimism, importance, run, model, hash } = result;
  return {
    name: plan.name,
    store: here(store),
    state,
    seconds,
    counts,
    words: wordsOf(plan),
    ...(decision === undefined ? {} : { winner: lineOf(decision.winner), summary: decision.summary }),
    finalists: (decision?.finalists ?? []).map(lineOf),
    ...(handed === undefined ? {} : { handed }),
    ...(optimism === undefined ? {} : { optimism }),
    importance: importance.slice(0, MATTERED).map(({ path, share, interval }) => ({ name: path, share, interval })),
    ...(run === undefined ? {} : { run }),
    ...(model === undefined ? {} : { model: here(model) }),
    hash,
    next: nextCommands(result, place),
  };
}

function lineOf({
  number: trial,
  error,
  interval,
  errors,
  parameters,
  values,
}: Finalist): NonNullable<StudySummary["winner"]> {
  return { number: trial, error, interval, seeds: errors.length, parameters, values };
}

function nextCommands(
  { plan, state, run, counts }: StudyResult,
  place: string | undefined,
): readonly (readonly [string, string])[] {
  const line = commandsOn(place);
  const again = ["tune", "--study", plan.name];
  if (state === "stopped") return [[line(...again), "resumes the training where it was stopped"]];
  return [
    ...(run === undefined || plan.parts.rows.test === 0
      ? []
      : [[line("evaluate", run, "--on", "test"), "opens the sealed test set, once you have decided"] as const]),
    ...(run === undefined
      ? []
      : [[line("predict", run, "new.csv", "--out", "predictions.csv"), "predicts every row of a new file"] as const]),
    counts.left > 0
      ? [line(...again), "runs the remaining trials"]
      : [line(...again, "--trials", String(plan.wanted.trials * 2)), "runs as many trials again"],
  ];
}

function wordsOf({ experiment, facts, prepared }: StudyResult["plan"]): MeasureWords {
  const unit = targetUnit(prepared.preparation);
  return measureWords(experiment.measure, { task: facts.task, targetScale: experiment.targetScale, unit });
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function quietLine({ plan, decision, model, counts, seconds }: StudyResult): string {
  if (decision === undefined) return `${plan.name}: no trial was finished in ${duration(seconds)}`;
  const { winner } = decision;
  const words = wordsOf(plan);
  const where = model === undefined ? "" : `, model in ${here(model)}`;
  return `${plan.name}: ${counts.done} trials done, ${lowered(words.dev)} ${words.value(winner.error)} in trial ${winner.number}${where}`;
}
