/** What `nabla train` and `nabla show` print about a run, as label and text within 80 columns. */

import { count, grouped, type Json, layersInOrder, listing } from "nabla";
import { kindTables } from "nabla/all";
import { isRecord, optionText } from "nabla/fields";
import { number, percent, rangeText } from "./format.ts";

/** A network as people write one: `61 → dense 128 → relu → dropout 0.8 → dense 10`. */
export function networkText(model: Json, inputs: string): string {
  return [inputs, ...networkTexts(model)].join(" → ");
}

/** Layers of a graph that are named; the others are counted. */
const [FIRST, LAST] = [4, 3];

/** A layer, or a graph with the layers in it: files of other tools are such graphs, and differ in those. */
function layerTexts(layer: Json): readonly string[] {
  if (!isRecord(layer) || !Array.isArray(layer.steps)) return [kindText("layer", layer)];
  const inside = (layer.steps as readonly Json[]).flatMap((step) =>
    isRecord(step) && step.layer !== undefined ? networkTexts(step.layer as Json) : [],
  );
  if (inside.length === 0) return [kindText("layer", layer)];
  const rest = inside.length - FIRST - LAST;
  const named = rest > 1 ? [...inside.slice(0, FIRST), `${rest} more layers`, ...inside.slice(-LAST)] : inside;
  return [`graph (${named.join(", ")})`];
}

function networkTexts(model: Json): readonly string[] {
  return layersInOrder(model).flatMap(layerTexts);
}

/** A kind with its options, defaults left out: `adam, rate 0.003`. */
export function kindText(family: keyof typeof kindTables, described: Json): string {
  return optionText(described, { kinds: kindTables[family], number });
}

/** The random changes of the training rows by their names: `augmentation shift, rotate and scale`; none for none. */
export function augmentationTexts(changes: readonly Json[]): readonly string[] {
  const names = changes.map((change) => kindText("augmentation", change).replace(/,.*/, ""));
  return names.length === 0 ? [] : [`augmentation ${listing(names)}`];
}

/** How classes are balanced, where they are. */
export function balanceTexts(balance: "none" | "rows" | "weights"): readonly string[] {
  return balance === "none" ? [] : [`classes balanced by ${balance}`];
}

/** Rows of the parts in words. */
export function partsText({
  train,
  dev,
  test,
}: {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
}): string {
  const sealed = test === 0 ? "no test part" : `${grouped(test)} test (sealed)`;
  return `${grouped(train)} train, ${grouped(dev)} dev, ${sealed}`;
}

/** The measures of one part. */
export interface PartScore {
  /** NaN where it cannot be measured. */
  readonly error: number;
  /** The root mean squared error; absent for classes. */
  readonly rmse?: number;
  /** What the target is measured in: "kg", "$", "days". */
  readonly unit?: string | undefined;
}

/** A number with its unit: `5.2 kg`, `$5.2`, `5.2%`. */
export function unitText(value: number, unit: string | undefined): string {
  if (unit === undefined) return number(value);
  return /^\p{Sc}$/u.test(unit) ? `${unit}${number(value)}` : `${number(value)}${unit === "%" ? "" : " "}${unit}`;
}

/**
 * `dev 2.2%`, for numbers with the typical distance in the target's unit; an error above 100% is said to be one, and
 * where the targets of a part do not vary, that 1 - R² cannot be measured.
 */
export function scoreText(part: string, { error, rmse, unit }: PartScore): string {
  const inUnit = (before: string, after: string): string =>
    rmse === undefined ? "" : `${before}RMSE ${unitText(rmse, unit)}${after}`;
  if (Number.isNaN(error)) return `${part} not measurable, its targets are all the same${inUnit(" (", ")")}`;
  return isWorse(error)
    ? `${part} ${errorText(error)} (worse than predicting the mean${inUnit("; ", "")})`
    : `${part} ${percent(error)}${inUnit(" (", ")")}`;
}

/** Whether 1 - R² is that of a model worse than the mean, and not as good but for noise. */
export function isWorse(error: number): boolean {
  return error > 1.05;
}

/** `2.2%`, and from 1000% on the plain ratio: `4.3e10`. */
export function errorText(error: number): string {
  return Math.abs(error) > 10 ? number(Number(error.toPrecision(3))) : percent(error);
}

/** What a baseline is called. */
export const baselineNames = { linear: "linear model", neighbors: "nearest neighbors" } as const;

/** A baseline beside a network. */
export interface BesideBaseline {
  readonly method: keyof typeof baselineNames;
  readonly error: number;
  readonly gain: number;
  readonly from: number;
  readonly to: number;
}

/** `linear model 4.2%: the network is better by 2.1%, 95% interval 1.0% to 3.3%`; and where that may be chance, so. */
export function baselineText({ method, ...beside }: BesideBaseline, words: AmountWords = errorWords): string {
  return `${baselineNames[method]} ${words.value(beside.error)}: ${besideText(beside, words)}`;
}

/** How errors by what decides and their differences are told. */
export interface AmountWords {
  readonly value: (error: number) => string;
  readonly amount: (difference: number) => string;
}

const errorWords: AmountWords = { value: errorText, amount: errorText };

/** By how much a network is better than a baseline, and whether that is more than chance. */
export function besideText(
  { gain, from, to }: Omit<BesideBaseline, "method" | "error">,
  { amount }: Pick<AmountWords, "amount"> = errorWords,
): string {
  const size = `${amount(Math.abs(gain))}, 95% interval`;
  if (from > 0) return `the network is better by ${size} ${rangeText({ from, to }, amount)}`;
  if (to < 0) return `the network is worse by ${size} ${rangeText({ from: -to, to: -from }, amount)}`;
  return `no sure difference (95% interval: network ${amount(-from)} worse to ${amount(to)} better)`;
}

/** What always giving the same answer is called. */
export function baselineName(task: string): string {
  if (task === "multitask") return "baseline (always the same)";
  return task === "classification" ? "baseline (most frequent class)" : "baseline (mean)";
}

/** What the error of a task is called; of a number that is learned on a log scale it is that of the logarithm. */
export function errorName(task: string, targetScale?: string): string {
  if (task === "classification") return "Error";
  if (task === "multitask") return "Relative error";
  return targetScale === "log" ? "1 - R² of log" : "1 - R²";
}

/** What is told of a part of a run: its scores, of the one that was learned and of the answer that is always the same. */
export interface ToldScores {
  /** Absent without a dev part. */
  readonly dev?: PartScore | undefined;
  /** Absent where train was not measured. */
  readonly train?: PartScore | undefined;
  /** The error of the answer that is always the same; absent without a dev part. */
  readonly baseline?: number | undefined;
}

/** The same in the target's own unit, where a logarithm was learned and R² of the numbers themselves is known. */
export function scoresInUnit(
  scores: ToldScores,
  numbers:
    | { readonly r2: number | null; readonly trainR2?: number | null; readonly constantR2?: number | null }
    | undefined,
): ToldScores | undefined {
  if (numbers?.trainR2 === undefined) return undefined;
  const { r2, trainR2, constantR2 } = numbers;
  const errorOf = (value: number | null | undefined): number => 1 - (value ?? Number.NaN);
  return {
    dev: scores.dev && { ...scores.dev, error: errorOf(r2) },
    train: scores.train && { ...scores.train, error: errorOf(trainR2) },
    baseline: scores.baseline === undefined ? undefined : errorOf(constantR2),
  };
}

/** `4 number columns and 2 category columns`. */
export function columnsText(kinds: readonly string[]): string {
  const counts = Map.groupBy(kinds, (kind) => kind);
  return listing([...counts].map(([kind, all]) => count(all.length, `${kind} column`)));
}
