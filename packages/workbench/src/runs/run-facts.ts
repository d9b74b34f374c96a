/** What is known of a stored run, as names and texts: the terminal and the pages say the same. */
import { count } from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { journalLines } from "../live/journal.ts";
import { type Run, type RunHistory, type RunOutcome, scoreIn } from "../store/run.ts";
import {
  augmentationTexts,
  baselineText,
  errorName,
  errorText,
  kindText,
  networkText,
  partsText,
  scoresInUnit,
  scoreText,
} from "../text/description.ts";
import { duration } from "../text/duration.ts";
import { forecastText } from "../text/forecast.ts";
import { moment } from "../text/format.ts";
import { type MeasureWords, measureWords } from "../text/measure-words.ts";
import { calibrationText, outOfFoldText, shippedText, thresholdText } from "../text/shipped.ts";
import { targetOutcomeText } from "../text/targets.ts";

/** A run's status in one word; a run that failed because its numbers diverged has its own, and a changed record too. */
export function runStatus({ status, outcome, changed }: Pick<Run, "status" | "outcome" | "changed">): string {
  if (changed) return "changed";
  return status === "failed" && outcome?.reason === "diverged" ? "diverged" : status;
}

/** The facts of a run, in the order in which they are read. */
export function runFacts(
  run: RunHistory,
  experiment: ResolvedExperiment,
): readonly (readonly [name: string, text: string])[] {
  const { outcome, testEvaluations } = run;
  const journal = journalLines(run.events);
  const words = measureWords(experiment.measure, { task: run.task, targetScale: experiment.targetScale });
  return [
    ["Run", `${run.id}, ${runStatus(run)}, started ${moment(run.created)}, nabla ${run.version}`],
    ...(run.parent === undefined ? [] : [["From", run.parent] as const]),
    ["Data", `${run.data.path}\nSHA-256 ${run.data.sha256}`],
    ...(experiment.from === undefined ? [] : [["Begins", beginText(experiment)] as const]),
    ["Task", `${run.task} of ${run.target}; ${partsText(run.rows)}; seed ${run.seed}`],
    ["Network", networkText(experiment.model, "inputs")],
    ["Training", trainingText(experiment)],
    ["Trained", trainedText(run)],
    ...(journal.length === 0 ? [] : [["Journal", journal.join("\n")] as const]),
    ...(outcome === undefined ? [] : decidedFacts(outcome, words)),
    ...(outcome === undefined ? [] : [scoreFact(outcome, { task: run.task, targetScale: experiment.targetScale })]),
    ...(outcome?.forecast === undefined ? [] : [["Forecast", forecastText(outcome.forecast, undefined)] as const]),
    ...(outcome?.targets ?? []).map((one, i) => [i === 0 ? "Targets" : "", targetOutcomeText(one)] as const),
    ...(outcome?.shipped?.outOfFold === undefined
      ? []
      : [["Held out", outOfFoldText(outcome.shipped.outOfFold, { words })] as const]),
    ...(outcome?.shipped === undefined ? [] : [["Shipped", shippedText(outcome.shipped)] as const]),
    ...(outcome?.shipped?.calibration === undefined
      ? []
      : [["Calibration", calibrationText(outcome.shipped.calibration)] as const]),
    ...(outcome?.threshold === undefined ? [] : [["Threshold", thresholdText(outcome.threshold, run)] as const]),
    ...(outcome?.failures ?? []).map(({ extra, message }) => ["Failed", `${extra}: ${message}`] as const),
    ...(outcome?.baselines ?? []).map((one, i) => [i === 0 ? "Baselines" : "", baselineText(one, words)] as const),
    ...(outcome?.verdict === undefined ? [] : [["Verdict", outcome.verdict] as const]),
    ["Test", `test evaluations: ${testEvaluations.length}`],
    ...(run.model === undefined ? [] : [["Model", run.model] as const]),
    ...(run.notes === undefined ? [] : [["Notes", run.notes] as const]),
  ];
}

/** The model that a run began from, and how much of it was frozen. */
function beginText({ from, fromSha256 = "", freeze }: ResolvedExperiment): string {
  const frozen =
    freeze.length === 0 ? "all layers learn" : `frozen: ${freeze.map((one) => one.replace(/\.\*$/, "")).join(", ")}`;
  return `from ${from}, SHA-256 ${fromSha256.slice(0, 12)}…; ${frozen}`;
}

function trainingText({
  optimizer,
  schedule,
  penalty,
  augment = [],
  batch,
  epochs,
  patience,
}: ResolvedExperiment): string {
  return [
    kindText("optimizer", optimizer),
    `${kindText("schedule", schedule)} schedule`,
    ...(penalty === undefined ? [] : [`penalty ${kindText("penalty", penalty)}`]),
    ...augmentationTexts(augment),
    `batch size ${batch}`,
    `at most ${epochs} epochs, patience ${patience}`,
  ].join(", ");
}

function trainedText({ outcome, epochs, parameters }: RunHistory): string {
  const done = outcome?.epochs ?? epochs.at(-1)?.epoch ?? 0;
  const seconds = outcome?.seconds ?? epochs.at(-1)?.seconds ?? 0;
  return `${count(done, "epoch")} in ${duration(seconds)}; ${count(parameters, "parameter")}`;
}

/** What decided, on dev and train and of a constant answer; nothing where that is the error, which is told anyway. */
export function decidedFacts(
  outcome: RunOutcome,
  words: MeasureWords,
): readonly (readonly [name: string, text: string])[] {
  const parts = (["dev", "train"] as const).flatMap((part) => {
    const { deciding } = scoreIn(outcome, part) ?? {};
    return deciding === undefined ? [] : [`${part} ${words.value(deciding)}`];
  });
  if (parts.length === 0) return [];
  const { deciding } = outcome.baseline ?? {};
  const always = deciding === undefined ? [] : [`baseline ${words.value(deciding)}`];
  return [[words.label, [...parts, ...always].join(", ")]];
}

function scoreFact(
  outcome: RunOutcome,
  { task, targetScale }: { readonly task: string; readonly targetScale: string },
): readonly [name: string, text: string] {
  const learned = {
    dev: scoreIn(outcome, "dev"),
    train: scoreIn(outcome, "train"),
    baseline: outcome.baseline?.error,
  };
  const own = scoresInUnit(learned, outcome.numbers);
  const told = own ?? learned;
  const scores = (["dev", "train"] as const).flatMap((part) => {
    const score = told[part];
    return score === undefined ? [] : [scoreText(part, score)];
  });
  const always = told.baseline === undefined ? [] : [`baseline ${errorText(told.baseline)}`];
  return [errorName(task, own === undefined ? targetScale : undefined), [...scores, ...always].join(", ")];
}
