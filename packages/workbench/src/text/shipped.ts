/** What model a run handed over, and what measures it, in sentences. */
import { count, grouped, listing } from "nabla";
import { errorText, unitText } from "./description.ts";
import { number, percent, rangeText } from "./format.ts";
import { type Measurable, type MeasureWords, measureWords } from "./measure-words.ts";

/** The model: what learned what. */
export interface ShippedModel {
  readonly networks: number;
  readonly rows: number;
  readonly parts: readonly string[];
  /** How many epochs one that learned more was trained; absent for others. */
  readonly epochs?: number;
  /** Why it is the measured network, where more was wanted. */
  readonly because?: string;
}

/** `the average of 4 networks, which learned all 160 rows of train and dev`. */
export function shippedText({ networks, rows, parts, epochs, because }: ShippedModel): string {
  const all = `${grouped(rows)} ${rows === 1 ? "row" : "rows"} of ${listing(parts, "and")}`;
  if (networks > 1) return `the average of ${count(networks, "network")}, which learned all ${all}`;
  if (epochs !== undefined)
    return `a network that learned all ${all}, in ${count(epochs, "epoch")}, as many as dev chose`;
  return `the network that was measured, which learned the ${all}${because === undefined ? "" : `: ${because}`}`;
}

/** What a temperature does on rows that it was not fitted on; that none helps is said too. */
export function calibrationText({
  temperature,
  before,
  after,
}: {
  readonly temperature: number;
  readonly before: { readonly loss: number; readonly ece: number };
  readonly after: { readonly loss: number; readonly ece: number };
}): string {
  const off = `confidence is off by ${percent(before.ece)}`;
  if (temperature === 1) return `${off}; no temperature surely makes that better`;
  return `temperature ${number(temperature)}: ${off} without it, by ${percent(after.ece)} with it; log loss ${number(before.loss)} and ${number(after.loss)}, on rows that it was not fitted on`;
}

/** Where the positive one of two classes begins, and what that does by a measure. */
export interface ThresholdFacts {
  /** The positive class. */
  readonly class: string;
  /** Its probability, as it is predicted, from which it is the answer. */
  readonly from: number;
  /** Whether the rows chose it that measure it, which the network did not learn. */
  readonly chosen: boolean;
  /** How many rows measure it. */
  readonly rows: number;
  /** The kind of the measure that it is told by. */
  readonly measure: string;
  /** The error by the measure with this threshold; absent where it cannot be measured. */
  readonly error?: number;
  /** The same with a half; absent where it cannot be measured. */
  readonly half?: number;
}

/** `yes from 23%: F1 61.2% (from 50%: 48.0%), on 160 rows that were not learned`. */
export function thresholdText(
  { class: name, from, rows, measure, error, half, chosen }: ThresholdFacts,
  about: Measurable,
): string {
  const begins = `${name} from ${percent(from)}`;
  if (error === undefined || half === undefined) return begins;
  const words = measureWords(measure, about);
  const told = `${words.name} ${words.value(error)} (from 50%: ${words.value(half)})`;
  return `${begins}: ${told}, on ${count(rows, "row")} that ${chosen ? "chose it" : "were not learned"}`;
}

/** An error on rows that were not learned by the network that answered them. */
export interface OutOfFold {
  readonly rows: number;
  readonly error: number;
  /** The error by what decides, where that is not the error itself. */
  readonly deciding?: number;
  readonly from: number;
  readonly to: number;
  /** The root mean squared error; absent for classes. */
  readonly rmse?: number;
}

/** `16.2%, 95% interval 13.1% to 20.0%: each of the 160 rows of train and dev by a network that did not learn it`. */
export function outOfFoldText(
  { rows, error, deciding, rmse, ...interval }: OutOfFold,
  { unit, words }: { readonly unit?: string | undefined; readonly words?: MeasureWords | undefined } = {},
): string {
  const who = `each of the ${grouped(rows)} rows of train and dev by a network that did not learn it`;
  if (deciding !== undefined && words !== undefined)
    return `${words.name} ${words.value(deciding)}, 95% interval ${words.range(interval)}: ${who}`;
  const distance = rmse === undefined ? "" : ` (RMSE ${unitText(rmse, unit)})`;
  return `${errorText(error)}${distance}, 95% interval ${rangeText(interval, errorText)}: ${who}`;
}
