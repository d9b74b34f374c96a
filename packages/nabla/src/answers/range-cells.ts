/** Ranges as cells of a table, beside the predictions. */
import { compact } from "../base/compact.ts";
import type { PredictedRange } from "../data/prediction-ranges.ts";
import { type Preparation, soleTargets } from "../data/preparation.ts";
import { writtenValue } from "../reading/written-value.ts";
import type { AnswerRow } from "./answer-rows.ts";
import type { Answer, AnswerInterval } from "./row-answers.ts";

/** The names of the columns that `rangeCells` gives: `lower` and `upper` of numbers, `set` of classes. */
export function rangeHeader(preparation: Pick<Preparation, "target">): readonly string[] {
  const targets = soleTargets(preparation);
  return targets.flatMap(({ name, kind }) => {
    const of = targets.length === 1 ? "" : `_${name}`;
    if (kind === "labels") return [];
    return kind === "number" ? [`lower${of}`, `upper${of}`] : [`set${of}`];
  });
}

/** The cells of the ranges of a row; the classes of a set stand between `|`. */
export function rangeCells(
  preparation: Pick<Preparation, "target">,
  ranges: readonly (PredictedRange | undefined)[],
): AnswerRow {
  return soleTargets(preparation).flatMap(({ reading }, i): AnswerRow => {
    const range = ranges[i];
    if (range === undefined) return [];
    if ("classes" in range) return [range.classes.join("|")];
    return [writtenValue(range.lower, reading), writtenValue(range.upper, reading)];
  });
}

/** Answers with where their targets lie, as `predictedRanges` gives it. */
export function withRanges(
  answers: readonly Answer[],
  ranges: readonly (readonly (PredictedRange | undefined)[])[],
  preparation: Pick<Preparation, "target">,
): readonly Answer[] {
  const targets = soleTargets(preparation);
  return answers.map((answer, row): Answer => {
    const intervals: Record<string, AnswerInterval> = {};
    const sets: Record<string, readonly string[]> = {};
    for (const [i, { name, reading }] of targets.entries()) {
      const range = ranges[row]?.[i];
      if (range === undefined) continue;
      if ("classes" in range) sets[name] = range.classes;
      else intervals[name] = { lower: writtenValue(range.lower, reading), upper: writtenValue(range.upper, reading) };
    }
    const of = <T>(all: Readonly<Record<string, T>>): T | Readonly<Record<string, T>> | undefined => {
      const [first] = Object.values(all);
      return targets.length === 1 || first === undefined ? first : all;
    };
    return { ...answer, ...compact({ interval: of(intervals), set: of(sets) }) };
  });
}
