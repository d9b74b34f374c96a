/** What to try after a run: one list, made when its training ends, recorded with it, and printed alike everywhere. */
import { count, grouped, type Json, type Run } from "nabla";
import { type Action, type Advice, type Diagnosis, recipe } from "nabla/diagnose";
import type { DataWarning } from "../experiment/data-warning.ts";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { wordsOf } from "../experiment/option-words.ts";
import { patchOptions } from "../experiment/patch-options.ts";
import type { RecipeStep } from "../store/run.ts";

/** What a recipe is made from. */
export interface RecipeSource {
  readonly resolved: ResolvedExperiment;
  readonly diagnosis: Diagnosis;
  /** The actions of the diagnosis with its evidence, or what follows from the diagnosis alone. */
  readonly actions?: readonly Action[];
  /** What the checks of the data found; nothing by default. */
  readonly warnings?: readonly DataWarning[];
  /** What was found about the data that weighs less. */
  readonly advice?: readonly DataWarning[];
  /** How the training ended: one that was cut off is finished before anything is changed. */
  readonly end?: Ending;
  /** What the end of the cost's curve asks for. */
  readonly trend?: readonly Advice[];
}

/**
 * What is wrong with the data comes first, each with the options that mend it: nothing about the network can be trusted
 * before. Then the actions of the diagnosis, what else may be better in the data, and where nothing is wrong what the end of
 * the curve asks for.
 */
export function recipeOf(source: RecipeSource): readonly RecipeStep[] {
  const { resolved, diagnosis, actions = recipe(diagnosis), warnings = [], advice = [], trend = [], end } = source;
  const rest = end === undefined || diagnosis.verdict === "good" ? undefined : restOf(end, resolved);
  if (rest !== undefined) return [...warnings.map(fromWarning), rest, ...advice.map(fromWarning)];
  const steps = actions.map(({ try: patch, ...action }) => ({
    ...action,
    try: JSON.parse(JSON.stringify(patch)) as Json,
    options: patchOptions(patch, resolved),
  }));
  const last = steps.length > 0 ? [] : trend.slice(0, 1).map((advice) => fromTrend(advice, resolved));
  return [...warnings.map(fromWarning), ...steps, ...advice.map(fromWarning), ...last];
}

/** How a training ended. */
export type Ending = Pick<Run, "reason" | "epochs" | "seconds">;

/** Why a training did not come to its own end, where that is so. */
export function cutOff(
  { reason, epochs }: Ending,
  { epochs: asked }: Pick<ResolvedExperiment, "epochs">,
): string | undefined {
  if ((reason !== "time" && reason !== "stopped") || epochs >= asked) return undefined;
  const by = reason === "time" ? "the time limit ended it" : "you stopped it";
  return `${by} after ${count(epochs, "epoch")} of ${grouped(asked)}`;
}

/** A limit that what is left fits into, with some room. */
const ROOM = 1.5;

/** What a training that was cut off needs before anything else can be said of it. */
function restOf(end: Ending, resolved: ResolvedExperiment): RecipeStep | undefined {
  const why = cutOff(end, resolved);
  if (why === undefined) return undefined;
  const step = {
    code: "run/unfinished",
    because: `${why}, so its errors are not those of a finished training`,
    try: {},
  };
  if (end.reason === "stopped")
    return { ...step, description: "resume it (`nabla resume`) before anything is changed", options: [] };
  const whole = (Math.max(resolved.time ?? 0, end.seconds) * resolved.epochs) / Math.max(1, end.epochs);
  const time = Math.ceil(ROOM * whole * Math.max(1, resolved.members));
  return { ...step, description: "more time, or no limit, before anything is changed", options: wordsOf({ time }) };
}

function fromWarning({ code, message, hint, remedy = {} }: DataWarning): RecipeStep {
  return { code, because: message, description: hint, try: {}, options: wordsOf(remedy) };
}

function fromTrend(
  { code, because, try: description }: Advice,
  { epochs, ...resolved }: ResolvedExperiment,
): RecipeStep {
  const longer = code === LONGER ? { epochs: epochs * 3 } : {};
  return { code, because, description, try: longer, options: patchOptions(longer, { ...resolved, epochs }) };
}

const LONGER = "bias/longer";

/** The verdict in a word: never plainly good while a warning about the data stands. */
export function verdictWord({ verdict }: Pick<Diagnosis, "verdict">, warnings: readonly object[] = []): string {
  return verdict === "good" && warnings.length > 0 ? `good on these parts, but ${about(warnings)}` : verdict;
}

/** The verdict in a sentence. */
export function verdictSentence(
  { verdict, summary }: Pick<Diagnosis, "verdict" | "summary">,
  warnings: readonly DataWarning[] = [],
  unfinished?: string,
): string {
  if (unfinished !== undefined && verdict !== "good")
    return verdictSentence({ verdict, summary: `Not finished (${unfinished}). So far: ${summary}` }, warnings);
  if (warnings.length === 0) return summary;
  const but = `${verdict === "good" ? "Good on these parts, but" : "First of all,"} ${about(warnings)}`;
  return `${but}: ${warnings.map(({ message }) => message).join("; ")}. ${summary}`;
}

function about(warnings: readonly object[]): string {
  return warnings.length === 1 ? "a warning about the data stands" : `${warnings.length} warnings about the data stand`;
}
