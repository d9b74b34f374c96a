/** What decides, in words: its name, its values and its differences. */
import { type Json, measuredValue, measureFrom } from "nabla";
import type { Interval } from "nabla/statistics";
import { errorName, errorText, unitText } from "./description.ts";
import { number, percent, percentTick, rangeText } from "./format.ts";

/** What is known of what is measured. */
export interface Measurable {
  readonly task: string;
  /** The scale that a number is learned on. */
  readonly targetScale?: string | undefined;
  /** What the target is measured in: "kg", "$", "days". */
  readonly unit?: string | undefined;
}

/** A measure in words. */
export interface MeasureWords {
  /** Its name at the beginning of a line, as `Balanced error`, and within one. */
  readonly label: string;
  readonly name: string;
  /** What it is called on dev, and what an error by it is called there. */
  readonly dev: string;
  readonly devError: string;
  /** Whether it is the error that is told anyway. */
  readonly isPlain: boolean;
  /** Whether more of it is better. */
  readonly isMore: boolean;
  /** Its value, from an error by it: `93.1%` for an error of 6.9% by AUC. */
  readonly value: (error: number) => string;
  /** The same told as an error, in a sentence and beside an axis. */
  readonly error: (error: number) => string;
  readonly tick: (error: number) => string;
  /** A difference of two. */
  readonly amount: (difference: number) => string;
  /** An interval of errors by it, the lower value first. */
  readonly range: (errors: Interval) => string;
}

/** The words of a measure; of none, as earlier versions recorded, those of the error. */
export function measureWords(measure: Json | undefined, { task, targetScale, unit }: Measurable): MeasureWords {
  const made = measureFrom(measure ?? "error");
  const isPlain = made.dividesByVariance === true;
  const label = isPlain ? errorName(task, targetScale) : `${made.title.charAt(0).toUpperCase()}${made.title.slice(1)}`;
  const isError = isPlain || made.meaning !== undefined;
  const shares = isError ? errorText : percent;
  const inUnit = (value: number): string => (made.unit === "target" ? unitText(value, unit) : number(value));
  const amount = (value: number): string => (made.unit === "share" ? shares(value) : inUnit(value));
  const value = (error: number): string =>
    Number.isNaN(error) ? "not measurable" : amount(measuredValue(made, error));
  const isMore = made.better === "more";
  const name = isPlain && task === "classification" ? "error" : isPlain ? label : made.title;
  const dev = isPlain && task !== "classification" ? label : `Dev ${name}`;
  return {
    label,
    name,
    dev,
    devError: isMore ? `1 - dev ${name}` : dev,
    isPlain,
    isMore,
    value,
    error: amount,
    tick: made.unit === "share" ? percentTick : amount,
    amount,
    range: ({ from, to }) => rangeText(isMore ? { from: to, to: from } : { from, to }, value),
  };
}

/** The measure in the record of a run's experiment; undefined in those of earlier versions. */
export function measureInRecord(job: Json): Json | undefined {
  return typeof job === "object" && job !== null && !Array.isArray(job)
    ? (job as { readonly [name: string]: Json }).measure
    : undefined;
}
