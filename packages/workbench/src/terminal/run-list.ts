/** Stored runs, one a line or one in full. */
import { count } from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { journalLines } from "../live/journal.ts";
import { measuredEpochs, type Run, type RunHistory, type RunOutcome, scoreIn, wholeScoreIn } from "../store/run.ts";
import {
  augmentationTexts,
  baselineText,
  errorName,
  errorText,
  kindText,
  networkText,
  partsText,
  scoreText,
} from "../text/description.ts";
import { duration } from "../text/duration.ts";
import { moment, percent } from "../text/format.ts";
import { clip, grid, WIDTH, widthOf } from "../text/layout.ts";
import { calibrationText, outOfFoldText, shippedText } from "../text/shipped.ts";
import { commandsOn } from "./command-line.ts";
import { drawCurves } from "./curves.ts";
import { type Fact, factsText, nextFacts } from "./facts.ts";
import { plain, type Style } from "./style.ts";

/** A run's status in one word; a run that failed because its numbers diverged has its own, and a changed record too. */
function statusText({ status, outcome, changed }: Pick<Run, "status" | "outcome" | "changed">): string {
  if (changed) return "changed";
  return status === "failed" && outcome?.reason === "diverged" ? "diverged" : status;
}

const columns = [
  { title: "run" },
  { title: "status" },
  { title: "target" },
  { title: "dev", align: "right" },
  { title: "begun" },
] as const;

function errorCell({ outcome }: Run): string {
  const score = wholeScoreIn(outcome);
  return score === undefined ? "" : percent(score.error);
}

/** Runs with their depth in the tree of parents: children follow their parent, oldest first. */
export function chained(runs: readonly Run[]): readonly { readonly run: Run; readonly depth: number }[] {
  const listed = new Set(runs.map(({ id }) => id));
  const children = Map.groupBy(runs.toReversed(), ({ parent = "" }) => (listed.has(parent) ? parent : ""));
  // a chain can be long: an explicit stack instead of recursion
  const waiting = (children.get("") ?? []).map((run) => ({ run, depth: 0 }));
  const found: { readonly run: Run; readonly depth: number }[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { run, depth } = next;
    found.push(next);
    waiting.push(...(children.get(run.id) ?? []).toReversed().map((child) => ({ run: child, depth: depth + 1 })));
  }
  return found;
}

/** A run's position in its chain; deep in a chain, only that it is deep. */
function branch(depth: number): string {
  return depth === 0 ? "" : `${" ".repeat(Math.min(depth, 6) - 1)}└ `;
}

/**
 * All runs as a table of 80 columns, each below the run whose diagnosis led to it. Ids are never cut, since they are there
 * to be copied; the target gives way.
 */
export function runsText(runs: readonly Run[]): string {
  const rows = chained(runs).map(({ run, depth }) => [
    `${branch(depth)}${run.id}`,
    statusText(run),
    run.target,
    errorCell(run),
    moment(run.created),
  ]);
  const others = [0, 1, 3, 4].map((i) =>
    Math.max(...[columns[i]?.title ?? "", ...rows.map((row) => row[i] ?? "")].map(widthOf)),
  );
  const room = WIDTH - others.reduce((sum, width) => sum + width + 2, 0);
  return grid(
    columns,
    rows.map((row) => row.map((cell, i) => (i === 2 ? clip(cell, Math.max(room, 6)) : cell))),
  );
}

/** How a run or a study is shown. */
export interface ShowOptions {
  /** Colors; none by default. */
  readonly style?: Style;
  /** The store as it was named on the command line. By default the usual one. */
  readonly place?: string;
}

/** One run in full: what was tried, its learning curve and its result. */
export function runText(
  run: RunHistory,
  experiment: ResolvedExperiment,
  { style = plain, place }: ShowOptions = {},
): string {
  const { outcome, epochs, testEvaluations } = run;
  const best = outcome?.best === undefined ? {} : { best: outcome.best.epoch };
  const curves = drawCurves(measuredEpochs(epochs, outcome), { style, ...best });
  const journal = journalLines(run.events);
  const facts: readonly Fact[] = [
    ["Run", `${run.id}, ${statusText(run)}, started ${moment(run.created)}, nabla ${run.version}`],
    ...(run.parent === undefined ? [] : [["From", run.parent] as const]),
    ["Data", `${run.data.path}\nSHA-256 ${run.data.sha256}`],
    ["Task", `${run.task} of ${run.target}; ${partsText(run.rows)}; seed ${run.seed}`],
    ["Network", networkText(experiment.model, "inputs")],
    ["Training", trainingText(experiment)],
    ["Trained", trainedText(run)],
    ...(journal.length === 0 ? [] : [["Journal", journal.join("\n")] as const]),
    ...(outcome === undefined ? [] : [[errorName(run.task, experiment.targetScale), scoresText(outcome)] as const]),
    ...(outcome?.shipped?.outOfFold === undefined
      ? []
      : [["Held out", outOfFoldText(outcome.shipped.outOfFold)] as const]),
    ...(outcome?.shipped === undefined ? [] : [["Shipped", shippedText(outcome.shipped)] as const]),
    ...(outcome?.shipped?.calibration === undefined
      ? []
      : [["Calibration", calibrationText(outcome.shipped.calibration)] as const]),
    ...(outcome?.failures ?? []).map(({ extra, message }) => ["Failed", `${extra}: ${message}`] as const),
    ...(outcome?.baselines ?? []).map((one, i) => [i === 0 ? "Baselines" : "", baselineText(one)] as const),
    ...(outcome?.verdict === undefined ? [] : [["Verdict", outcome.verdict] as const]),
    ["Test", `test evaluations: ${testEvaluations.length}`],
    ...(run.model === undefined ? [] : [["Model", run.model] as const]),
    ...(run.notes === undefined ? [] : [["Notes", run.notes] as const]),
    ...nextFacts(nextCommands(run, place), style),
  ];
  return [factsText(facts, style), ...(curves === "" ? [] : ["", curves])].join("\n");
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

function nextCommands(
  { id, status, model, events }: RunHistory,
  place: string | undefined,
): readonly (readonly [string, string])[] {
  const line = commandsOn(place);
  if (status === "interrupted" || status === "stopped")
    return [[line("resume", id), "resumes from the last checkpoint"]];
  if (status === "running" && events.some(({ kind }) => kind === "live"))
    return [[line("adjust", id), "prints its status; with rate=1e-3 and the like it changes settings"]];
  if (status === "failed" && model === undefined) return [[line("diagnose", id), "says why, and what to try"]];
  return model === undefined ? [] : [[line("evaluate", id, "--on", "test"), "opens the sealed test part"]];
}

function trainedText({ outcome, epochs, parameters }: RunHistory): string {
  const done = outcome?.epochs ?? epochs.at(-1)?.epoch ?? 0;
  const seconds = outcome?.seconds ?? epochs.at(-1)?.seconds ?? 0;
  return `${count(done, "epoch")} in ${duration(seconds)}; ${count(parameters, "parameter")}`;
}

function scoresText(outcome: RunOutcome): string {
  const { baseline } = outcome;
  const scores = (["dev", "train"] as const).flatMap((part) => {
    const score = scoreIn(outcome, part);
    return score === undefined ? [] : [scoreText(part, score)];
  });
  return [...scores, ...(baseline === undefined ? [] : [`baseline ${errorText(baseline.error)}`])].join(", ");
}
