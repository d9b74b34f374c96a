/** Shows a training from its plan to its result, as a person or as a program wants it. */
import { compact, listing, NablaError, type SeriesRecipe, targetUnit } from "nabla";
import { floorCode } from "nabla/diagnose";
import { targetText } from "nabla/tables";
import { triesScales } from "../experiment/choose-target-scale.ts";
import { dataFields, usualScaling } from "../experiment/data-fields.ts";
import type { PartialExperiment } from "../experiment/fields.ts";
import { wordsOf } from "../experiment/option-words.ts";
import type { Plan } from "../experiment/plan.ts";
import { printError, printJson, printOut } from "../host/output.ts";
import { cutOff, verdictSentence } from "../runs/recipe.ts";
import { documentOf } from "../runs/run-document.ts";
import type { PlannedEvent, RunEvent, RunResult, StepEvent } from "../runs/run-events.ts";
import { decidedFacts } from "../runs/run-facts.ts";
import { wayOfTuning } from "../runs/tuning-advice.ts";
import { measuredEpochs, type Score, scoreIn } from "../store/run.ts";
import { forecastText } from "../text/forecast.ts";
import { percent } from "../text/format.ts";
import { type MeasureWords, measureWords } from "../text/measure-words.ts";
import { calibrationText, outOfFoldText, shippedText, thresholdText } from "../text/shipped.ts";
import { columnLines } from "./columns.ts";
import { commandLine, commandsOn, here } from "./command-line.ts";
import { report } from "./failure.ts";
import { styleFor } from "./style.ts";
import { overviewText, runSummaryText, stepText } from "./summary.ts";
import { watch } from "./watch-run.ts";

/** Lines for columns before a training; `nabla profile` prints all. */
const MOST_COLUMNS = 24;

/** Options of `present`. */
export interface PresentOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** The store as it was named on the command line. By default the usual one. */
  readonly place?: string;
  /** Writes the run's report and prints its path. By default there is no report. */
  readonly report?: (result: RunResult) => Promise<string | undefined>;
}

/** Runs and shows a training; sets the exit code: 1 when it diverged, 130 when it was stopped. */
export async function present(
  begin: (signal: AbortSignal) => AsyncGenerator<RunEvent, RunResult, undefined>,
  options: PresentOptions,
): Promise<void> {
  const { json, quiet } = options;
  const silent = json || quiet;
  const style = styleFor(process.stdout);
  const onPlan = (planned: PlannedEvent): void => {
    if (!silent) printOut(`${overviewText(beginningOf(planned), style)}\n\n`);
    else for (const { message, hint } of planned.suspicions) printError(`warning: ${message}; ${hint}\n`);
  };
  let tried = 0;
  const onStep = (step: StepEvent): void => {
    tried += 1;
    if (!silent) printOut(`${stepText({ number: tried, ...step }, style)}\n`);
  };
  const result = await watch(begin, { silent, onPlan, onStep });
  const { failure } = result.end;
  if (failure !== undefined) {
    process.exitCode = report(new NablaError("train/diverged", failure.message, failure.hint));
    const kept =
      result.model === undefined
        ? "it has no weights worth keeping, so none are saved"
        : `the weights of epoch ${result.outcome.best?.epoch} are saved in ${here(result.model)}`;
    printError(`run ${result.run}: ${kept}\n`);
    if (json) printJson(documentOf(result));
    const [next] = stepsToTry(result, options);
    if (next !== undefined) printError(`${next[0]}\n  ${next[1]}\n`);
    if (result.end.journal.length > 0) {
      const [undo, resume] = [
        commandLine(["adjust", result.run, "undo"]),
        commandLine(["resume", result.run, "--live"]),
      ];
      printError(`${undo} undoes the last change; ${resume} continues without it\n`);
    }
    return;
  }
  const file = await options.report?.(result);
  const { failures = [] } = result.outcome;
  if (silent) for (const { extra, message } of failures) printError(`warning: ${extra} failed: ${message}\n`);
  if (json) printJson(documentOf(result));
  else if (quiet) printOut(`${quietLine(result)}\n`);
  else printOut(`${tried > 0 ? "\n" : ""}${runSummaryText(endingOf(result, { ...options, file }), style)}\n`);
  if (result.state === "stopped") process.exitCode = 130;
}

function beginningOf({
  resolved,
  profile,
  rows,
  splitReason,
  features,
  notices,
  suspicions,
}: PlannedEvent): Parameters<typeof overviewText>[0] {
  const { task, target, split, data: _data, output: _output, loss: _loss, ...training } = resolved;
  void split;
  return {
    ...training,
    file: profile.file,
    rows: profile.rows,
    inputs: profile.columns.filter(({ use }) => use === "input").map(({ as = "" }) => as),
    columns: columnLines(profile, { most: MOST_COLUMNS }),
    notices: [
      ...notices,
      ...suspicions.map(({ code, message, hint }) => ({ code, message: `Warning: ${message}; ${hint}` })),
    ],
    target: profile.target ?? targetText(target),
    task: profile.task ?? { task, reason: task },
    parts: rows,
    splitReason,
    features,
  };
}

function endingOf(
  result: RunResult,
  options: PresentOptions & { readonly file: string | undefined },
): Parameters<typeof runSummaryText>[0] {
  const { run, store, model, plan, outcome, parameters, end } = result;
  const { baseline, epochs, seconds } = outcome;
  const [train, dev] = [scoreIn(outcome, "train"), scoreIn(outcome, "dev")];
  const words = wordsOfPlan(plan);
  const { errors, bias } = result.diagnosis;
  const note =
    bias === "high" && errors.human === 0 ? " The human-level error is taken as 0; set it with --human." : "";
  const cut = cutOff(end, plan.resolved);
  // until then what holds the run back comes first, and below an error of 0 there is nothing to be found
  const isWorthTuning = cut === undefined && result.diagnosis.verdict === "good" && dev?.error !== 0;
  const tuning = isWorthTuning
    ? wayOfTuning({ epochs: end.epochs, seconds: end.seconds, whole: plan.resolved.epochs })
    : undefined;
  return {
    run,
    store: here(store),
    ...(model === undefined ? {} : { model: here(model) }),
    ...(options.file === undefined ? {} : { report: here(options.file) }),
    task: plan.resolved.task,
    targetScale: plan.resolved.targetScale,
    unit: targetUnit(plan.prepared.preparation),
    history: measuredEpochs(end.history, outcome),
    ...(end.best === undefined ? {} : { best: end.best.epoch }),
    epochs,
    seconds,
    reason: end.reason,
    parameters,
    ...(train === undefined ? {} : { train }),
    ...(outcome.targets === undefined ? {} : { targets: outcome.targets }),
    ...(dev === undefined ? {} : { dev }),
    ...(baseline === undefined ? {} : { baseline: baseline.error }),
    ...compact({ measure: plan.resolved.measure, classes: outcome.classes, numbers: outcome.numbers }),
    ...(outcome.threshold === undefined ? {} : { threshold: thresholdText(outcome.threshold, plan.resolved) }),
    decided: decidedFacts(outcome, words),
    ...(outcome.baselines === undefined ? {} : { baselines: outcome.baselines }),
    ...(outcome.forecast === undefined
      ? {}
      : { forecast: forecastText(outcome.forecast, targetUnit(plan.prepared.preparation)) }),
    ...shippedSentences(outcome, plan),
    ...(outcome.failures === undefined ? {} : { failures: outcome.failures }),
    verdict: `${verdictSentence(result.diagnosis, plan.suspicions, cut)}${note}`,
    recipe: outcome.recipe ?? [],
    ...(tuning === undefined ? {} : { tuning }),
    next: nextCommands(result, options),
  };
}

function wordsOfPlan({ resolved, prepared }: Plan): MeasureWords {
  return measureWords(resolved.measure, { ...resolved, unit: targetUnit(prepared.preparation) });
}

/** What was handed over, and what measures networks on rows that they did not learn. */
function shippedSentences(
  { shipped }: RunResult["outcome"],
  plan: Plan,
): Pick<Parameters<typeof runSummaryText>[0], "shipped" | "outOfFold" | "calibration"> {
  if (shipped === undefined) return {};
  const { outOfFold, calibration } = shipped;
  return {
    ...(calibration === undefined ? {} : { calibration: calibrationText(calibration) }),
    shipped: shippedText(shipped),
    ...(outOfFold === undefined
      ? {}
      : {
          outOfFold: outOfFoldText(outOfFold, {
            unit: targetUnit(plan.prepared.preparation),
            words: wordsOfPlan(plan),
          }),
        }),
  };
}

/** What names the data itself, or is chosen by it. */
const CHOSEN: readonly string[] = ["data", "task", "split", "seed", "splitSeed"];

/** How the data are read and prepared, which another training on them keeps. */
function sameData({ resolved, parts, prepared, choseScale = false }: Plan): PartialExperiment {
  const usual = {
    scaling: resolved.scaling === usualScaling({ shape: prepared.train.inputs.shape.slice(1) }),
    targetScale: choseScale || (resolved.targetScale === "none" && !triesScales(resolved, parts)),
    horizon: resolved.timeColumn === undefined,
  };
  const chosen = [...CHOSEN, ...Object.entries(usual).flatMap(([name, is]) => (is ? [name] : []))];
  const kept = Object.keys(dataFields).filter((name) => !chosen.includes(name));
  return Object.fromEntries(Object.entries(resolved).filter(([name]) => kept.includes(name)));
}

function nextCommands(
  { run, state, plan, outcome, improvement }: RunResult,
  { place }: PresentOptions,
): readonly (readonly [string, string])[] {
  const { resolved, parts } = plan;
  const sealed = parts.rows.test > 0 && outcome.shipped?.parts.includes("test") !== true;
  const line = commandsOn(place);
  const { image } = resolved;
  const again = ["train", here(resolved.data), ...wordsOf(sameData(plan))];
  const [fresh, answered] =
    image === undefined ? ["new.csv", "row of a new file"] : ["new-images", "image of a folder"];
  // nothing that a command changes helps at the noise floor
  const isAtFloor = outcome.recipe?.[0]?.code === floorCode;
  const isImprovable = !isAtFloor && (outcome.recipe ?? []).some(({ options }) => options.length > 0);
  return [
    ...(state === "stopped" ? [[line("resume", run), "resumes the training where it was stopped"] as const] : []),
    ...(isImprovable ? stepsToTry({ plan, outcome }, { place }) : []),
    ...(isImprovable && improvement === undefined && state !== "stopped"
      ? [[line(...again, "--until-good", "--time", "5m"), "keeps improving until bias and variance are low"] as const]
      : []),
    ...(sealed && state !== "stopped"
      ? [[line("evaluate", run, "--on", "test"), "opens the sealed test set, once you have decided"] as const]
      : []),
    parts.series === undefined
      ? [line("predict", run, fresh, "--out", "predictions.csv"), `predicts every ${answered}`]
      : forecastStep(line, { run, recipe: parts.series.preparation.recipe }),
  ];
}

/** The command that goes on from the last row; columns that are known in advance come from a file. */
function forecastStep(
  line: (...words: readonly string[]) => string,
  { run, recipe: { known, horizon } }: { readonly run: string; readonly recipe: SeriesRecipe },
): readonly [string, string] {
  if (known.length > 0)
    return [line("predict", run, "coming.csv"), `forecasts the rows of a file that holds ${listing(known)}`];
  return [line("predict", run, "--steps", String(horizon)), "goes on from the end of the file"];
}

/** The command that tries what the recipe says first, where options do it: what comes behind more data is seldom worth a training. */
function stepsToTry(
  { plan, outcome }: Pick<RunResult, "plan" | "outcome">,
  { place }: { readonly place?: string | undefined },
): readonly (readonly [string, string])[] {
  const again = ["train", here(plan.resolved.data), ...wordsOf(sameData(plan))];
  return (outcome.recipe ?? [])
    .slice(0, 1)
    .flatMap(({ description, options }) =>
      options.length === 0 ? [] : [[commandsOn(place)(...again, ...options), `to try: ${description}`] as const],
    );
}

function quietLine({ run, plan, outcome, model }: RunResult): string {
  const words = wordsOfPlan(plan);
  const text = (name: string, { error, deciding }: Pick<Score, "error" | "deciding">): string => {
    if (deciding !== undefined) return `${name} ${words.name} ${words.value(deciding)}`;
    return Number.isNaN(error) ? `${name} error not measurable` : `${name} error ${percent(error)}`;
  };
  const errors = (["train", "dev"] as const).flatMap((part) => {
    const score = scoreIn(outcome, part);
    return score === undefined ? [] : [text(part, score)];
  });
  const { outOfFold } = outcome.shipped ?? {};
  if (outOfFold !== undefined) errors.push(text("out-of-fold", outOfFold));
  return `${run}: ${errors.join(", ")}${model === undefined ? "" : `, model in ${here(model)}`}`;
}
