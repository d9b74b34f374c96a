/** Everything that the page of one run shows beside its curves. */
import { compact, type Json } from "nabla";
import { atFloor, diagnose, floorCode } from "nabla/diagnose";
import { humanBesideErrors, measureOfRun } from "../../runs/decides.ts";
import { verdictSentence } from "../../runs/recipe.ts";
import { runFacts } from "../../runs/run-facts.ts";
import { experimentOf } from "../../runs/stored-run.ts";
import { type Run, type RunHistory, type RunOutcome, scoreIn } from "../../store/run.ts";
import { errorName } from "../../text/description.ts";
import { shellWords } from "../../text/shell-words.ts";
import type { ProposedChange, RunDetails, RunLine, VerdictBar } from "./api.ts";

/** What the server knows of the runs around one. */
export interface RunSurroundings {
  readonly line: RunLine;
  readonly ancestors: readonly RunLine[];
  readonly children: readonly RunLine[];
}

/** A run in full. */
export function runDetails(run: RunHistory, { line, ancestors, children }: RunSurroundings): RunDetails {
  const experiment = experimentOf(run);
  const { outcome, model } = run;
  const diagnosis = outcome === undefined ? undefined : recordedDiagnosis(run, outcome);
  return {
    line,
    ancestors,
    children,
    errorName: errorName(run.task, experiment.targetScale),
    facts: runFacts(run, experiment),
    ...(diagnosis === undefined ? {} : { verdict: diagnosis }),
    recipe: (outcome?.recipe ?? []).map(proposedChange),
    live: run.status === "running" && run.events.some(({ kind }) => kind === "live"),
    resumable: run.status === "stopped" || run.status === "interrupted",
    hasModel: model !== undefined,
    decides: model !== undefined && outcome?.classes?.byClass.length === 2,
    warnings: (outcome?.warnings ?? []).map(({ severity, message, hint }) => ({ severity, message, hint })),
    experiment: yamlOf(run),
    command: "nabla train --config experiment.yaml",
  };
}

function proposedChange({
  code,
  because,
  description,
  options,
  try: patch,
}: NonNullable<RunOutcome["recipe"]>[number]): ProposedChange {
  const canStart = typeof patch === "object" && patch !== null && Object.keys(patch).length > 0;
  return { code, because, description, options: shellWords(options), canStart };
}

/** Bias and variance of what was recorded, with the intervals that its rows allow. */
function recordedDiagnosis(run: RunHistory, outcome: RunOutcome): RunDetails["verdict"] {
  const { train, dev } = outcome;
  if (train === null || dev === null || dev === undefined || scoreIn(outcome, "dev") === undefined) return undefined;
  const experiment = experimentOf(run);
  const human = humanBesideErrors({ ...experiment, human: experiment.human ?? 0 });
  const held = outcome.shipped?.outOfFold;
  const measured =
    held === undefined
      ? dev
      : { ...dev, ...compact({ deciding: held.deciding }), error: held.error, cost: held.cost, rows: held.rows };
  const judged = diagnose(
    { train, dev: measured, reason: outcome.reason },
    compact({ human, measure: measureOfRun(experiment) }),
  );
  // what was found by looking at the data is recorded, and not seen in the errors
  const floor = outcome.recipe?.find(({ code }) => code === floorCode);
  const found = floor === undefined ? judged : atFloor(judged, floor.because);
  const bars: readonly VerdictBar[] = [
    { name: "Avoidable bias", from: found.errors.human, to: found.errors.train, ...intervalOf(found.intervals.train) },
    { name: "Variance", from: found.errors.train, to: found.errors.dev, ...intervalOf(found.intervals.dev) },
  ];
  return { word: outcome.verdict ?? found.verdict, sentence: verdictSentence(found), bars, errors: found.errors };
}

function intervalOf(
  interval: { readonly from: number; readonly to: number } | undefined,
): Pick<VerdictBar, "interval"> {
  if (interval === undefined || !Number.isFinite(interval.to)) return {};
  return { interval: { from: interval.from, to: interval.to } };
}

/** What an experiment.yaml holds that trains a run again. Throws `run/foreign`. */
export function experimentFileOf(run: Run): { readonly [name: string]: Json } {
  const { model, image, output: _output, ...resolved } = experimentOf(run);
  const layers = typeof model === "object" && model !== null && "layers" in model ? model.layers : [model];
  const all = { ...resolved, ...(image === undefined ? {} : { image: image.join("x") }), layers };
  return JSON.parse(JSON.stringify(all));
}

/** The experiment as a file that trains it again; JSON is YAML too. */
function yamlOf(run: Run): string {
  return Object.entries(experimentFileOf(run))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join("\n");
}
