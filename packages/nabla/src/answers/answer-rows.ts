/** What a network's answers mean: a prediction a row, with the probability of each class, as people read them. */

import type { NdArray } from "../array/ndarray.ts";
import { restoreTargets } from "../data/apply-preparation.ts";
import { decidedClass } from "../data/class-threshold.ts";
import type { ColumnReading } from "../data/column-reading.ts";
import { LIKELY } from "../data/joint-targets.ts";
import {
  type ClassTarget,
  type LabelTarget,
  outputsFor,
  type Preparation,
  type SoleTarget,
} from "../data/preparation.ts";
import { writtenValue } from "../reading/written-value.ts";

/**
 * A row of answers: the prediction, then the probability of each class; of several numbers a prediction each, and of several
 * targets the same for one after the other.
 */
export type AnswerRow = readonly (string | number)[];

/** The names of what `answerRows` gives, for a network with so many outputs. */
export function answerHeader({ target }: Pick<Preparation, "target">, outputs: number): readonly string[] {
  if (target.kind === "classes") return ["prediction", ...target.classes.map((name) => `probability_${name}`)];
  if (target.kind === "several") return target.targets.flatMap((one) => soleHeader(one, target.targets.length));
  return outputs === 1 ? ["prediction"] : Array.from({ length: outputs }, (_, i) => `prediction_${i + 1}`);
}

/** Columns of one of several targets, which say whose they are. */
function soleHeader(target: SoleTarget, among: number): readonly string[] {
  const of = among === 1 ? "" : `_${target.name}`;
  return [`prediction${of}`, ...namesOf(target).map((name) => `probability${of}_${name}`)];
}

/** What the probabilities of a target are of. */
export function namesOf(target: SoleTarget): readonly string[] {
  if (target.kind === "number") return [];
  return target.kind === "classes" ? target.classes : target.labels;
}

/** Answers [rows, outputs] as rows: classes by name, numbers in the target's own unit, days as dates. */
export function answerRows(preparation: Preparation, answers: NdArray): readonly AnswerRow[] {
  const { target } = preparation;
  if (target.kind === "several") return jointRows(target.targets, restoreTargets(preparation, answers));
  return target.kind === "classes"
    ? classRows(answers, target)
    : numberRows(restoreTargets(preparation, answers), target.reading);
}

/** Each target's cells, one after the other. */
function jointRows(targets: readonly SoleTarget[], { data, shape }: NdArray): readonly AnswerRow[] {
  const [rows = 0, width = 1] = shape;
  return Array.from({ length: rows }, (_, row) => {
    let at = row * width;
    return targets.flatMap((target) => {
      const from = at;
      at += outputsFor(target);
      return cellsOf(target, Array.from(data.subarray(from, at)));
    });
  });
}

function cellsOf(target: SoleTarget, own: readonly number[]): AnswerRow {
  if (target.kind === "number") return [writtenValue(own[0] ?? Number.NaN, target.reading)];
  if (target.kind === "labels") return [labelsText(target, own), ...own];
  return [target.classes[decidedClass(own, target)] ?? "", ...own];
}

/** The likely labels as a file has them. */
function labelsText({ labels, reading }: LabelTarget, own: readonly number[]): string {
  const separator = reading?.as === "category" ? reading.labels : undefined;
  return labels.filter((_, i) => (own[i] ?? 0) >= LIKELY).join(separator ?? "|");
}

/** Numbers as the column of the target has them: days are written as dates. */
function numberRows({ data, shape }: NdArray, reading?: ColumnReading): readonly AnswerRow[] {
  const [rows = 0, width = 1] = shape;
  const all: (number | string)[][] = [];
  for (let row = 0; row < rows; row++) {
    const cells: (number | string)[] = [];
    for (let i = row * width; i < (row + 1) * width; i++) cells.push(writtenValue(data[i] ?? Number.NaN, reading));
    all.push(cells);
  }
  return all;
}

function classRows({ data, shape }: NdArray, target: ClassTarget): readonly AnswerRow[] {
  const [rows = 0, width = 1] = shape;
  return Array.from({ length: rows }, (_, row) => {
    const shares: number[] = [];
    // one output for two classes is the probability of the second
    if (width === 1) shares.push(1 - (data[row] ?? 0));
    for (let i = row * width; i < (row + 1) * width; i++) shares.push(data[i] ?? 0);
    return [target.classes[decidedClass(shares, target)] ?? "", ...shares];
  });
}
