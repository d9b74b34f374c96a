/** What a network's answers mean: a prediction a row, with the probability of each class, as people read them. */
import type { NdArray } from "../array/ndarray.ts";
import { restoreTargets } from "../data/apply-preparation.ts";
import type { ColumnReading } from "../data/column-reading.ts";
import type { Preparation } from "../data/preparation.ts";
import { writtenValue } from "../reading/written-value.ts";

/** A row of answers: the prediction, then the probability of each class; of several numbers a prediction each. */
export type AnswerRow = readonly (string | number)[];

/** The names of what `answerRows` gives, for a network with so many outputs. */
export function answerHeader({ target }: Preparation, outputs: number): readonly string[] {
  if (target.kind === "classes") return ["prediction", ...target.classes.map((name) => `probability_${name}`)];
  return outputs === 1 ? ["prediction"] : Array.from({ length: outputs }, (_, i) => `prediction_${i + 1}`);
}

/** Answers [rows, outputs] as rows: classes by name, numbers in the target's own unit, days as dates. */
export function answerRows(preparation: Preparation, answers: NdArray): readonly AnswerRow[] {
  const { target } = preparation;
  return target.kind === "classes"
    ? classRows(answers, target.classes)
    : numberRows(restoreTargets(preparation, answers), target.reading);
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

function classRows({ data, shape }: NdArray, classes: readonly string[]): readonly AnswerRow[] {
  const [rows = 0, width = 1] = shape;
  return Array.from({ length: rows }, (_, row) => {
    const cells: (string | number)[] = [""];
    // one output for two classes is the probability of the second
    if (width === 1) cells.push(1 - (data[row] ?? 0));
    for (let i = row * width; i < (row + 1) * width; i++) cells.push(data[i] ?? 0);
    let likeliest = 1;
    for (let i = 2; i < cells.length; i++) if ((cells[i] ?? 0) > (cells[likeliest] ?? 0)) likeliest = i;
    cells[0] = classes[likeliest - 1] ?? "";
    return cells;
  });
}
