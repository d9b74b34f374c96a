/** What the mean of several networks does with each row, from what each of them answers. */
import { known } from "../base/error.ts";
import type { RowResults } from "../train/row-results.ts";

/** Probabilities below this have the loss of this one. */
const LEAST = 1e-12;

/** The results of the mean answer of networks on the same rows: of probabilities for classes, else of the numbers. */
export function averageRows(results: readonly RowResults[]): RowResults {
  const first = known(results[0], "the rows of a network");
  const answers = new Float64Array(first.answers.length);
  for (const { answers: own } of results)
    for (let i = 0; i < answers.length; i++) answers[i] = (answers[i] ?? 0) + (own[i] ?? 0) / results.length;
  const rows = first.mistakes.length;
  const width = answers.length / Math.max(1, rows);
  const [mistakes, losses] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const own = answers.subarray(row * width, (row + 1) * width);
    const target = first.targets.data.subarray(row * width, (row + 1) * width);
    const [mistake, loss] =
      first.targets.dtype === "int32" ? ofClass(own, first.targets.data[row] ?? 0) : ofNumbers(own, target);
    [mistakes[row], losses[row]] = [mistake, loss];
  }
  return { ...first, answers, mistakes, losses };
}

function ofClass(probabilities: Float64Array, code: number): readonly [number, number] {
  const single = probabilities.length === 1;
  const one = probabilities[0] ?? 0;
  const answered = single ? Number(one > 0.5) : probabilities.indexOf(Math.max(...probabilities));
  const right = single ? (code === 1 ? one : 1 - one) : (probabilities[code] ?? 0);
  return [Number(answered !== code), -Math.log(Math.max(LEAST, right))];
}

function ofNumbers(answers: Float64Array, targets: ArrayLike<number>): readonly [number, number] {
  let sum = 0;
  for (let i = 0; i < answers.length; i++) sum += ((answers[i] ?? 0) - (targets[i] ?? 0)) ** 2;
  return [sum, sum];
}
