/** How well numbers tell two kinds of rows apart. */
import { midranks } from "../../base/statistics/summary.ts";

/** Rounds over all numbers: each is fitted to what the others left (Gauss and Seidel). */
const ROUNDS = 20;
/** What each weight is held back by, relative to the rows that are learned from. */
const RIDGE = 0.1;

/** The area under the curve of some scores: the chance that a marked row's is above another's (Mann and Whitney 1947). */
export function areaUnderCurve(scores: ArrayLike<number>, marks: readonly boolean[]): number {
  const ranks = midranks(scores);
  const marked = marks.filter(Boolean).length;
  const sum = ranks.reduce((total, rank, row) => total + (marks[row] ? rank : 0), 0);
  return (sum - (marked * (marked + 1)) / 2) / (marked * (marks.length - marked));
}

/** A linear discriminator's scores of rows that it did not learn from: the odd rows of each kind learn for the even ones, and the other way. */
export function crossFittedScores(lists: readonly Float64Array[], marks: readonly boolean[]): Float64Array {
  const seen = { true: 0, false: 0 };
  const half = marks.map((mark) => {
    seen[`${mark}`] += 1;
    return seen[`${mark}`] % 2;
  });
  const scores = new Float64Array(marks.length);
  for (const held of [0, 1]) {
    const learned = [...marks.keys()].filter((row) => half[row] !== held);
    const weights = weightsOf(lists, marks, learned);
    for (const [row, part] of half.entries())
      if (part === held) scores[row] = lists.reduce((sum, list, i) => sum + (weights[i] ?? 0) * (list[row] ?? 0), 0);
  }
  return scores;
}

function weightsOf(lists: readonly Float64Array[], marks: readonly boolean[], rows: readonly number[]): Float64Array {
  const share = rows.filter((row) => marks[row]).length / rows.length;
  const left = Float64Array.from(rows, (row) => Number(marks[row]) - share);
  const columns = lists.map((list) => Float64Array.from(rows, (row) => list[row] ?? 0));
  const weights = new Float64Array(lists.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, column] of columns.entries()) {
      let [both, squares] = [0, RIDGE * rows.length];
      const weight = weights[i] ?? 0;
      for (const [at, value] of column.entries()) {
        both += value * ((left[at] ?? 0) + weight * value);
        squares += value * value;
      }
      const moved = both / squares - weight;
      weights[i] = weight + moved;
      for (const [at, value] of column.entries()) left[at] = (left[at] ?? 0) - moved * value;
    }
  }
  return weights;
}
