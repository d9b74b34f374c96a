/** How well numbers tell two kinds of rows apart. */
import { aucOf } from "../drift-statistics.ts";

/** Rounds over all numbers: each is fitted to what the others left (Gauss and Seidel). */
const ROUNDS = 20;
/** What each weight is held back by, relative to the rows that are learned from. */
const RIDGE = 0.1;

/** The area under the curve of some scores: the chance that a member's is above another row's. */
export function aucOfMembers(scores: ArrayLike<number>, isMember: readonly boolean[]): number {
  const of = (member: boolean): readonly number[] => Array.from(scores).filter((_, row) => isMember[row] === member);
  return aucOf(of(false), of(true)).value;
}

/** A linear discriminator's scores of rows that it did not learn from: the odd rows of each kind learn for the even ones, and the other way. */
export function crossFittedScores(lists: readonly Float64Array[], isMember: readonly boolean[]): Float64Array {
  const seen = { true: 0, false: 0 };
  const half = isMember.map((member) => {
    seen[`${member}`] += 1;
    return seen[`${member}`] % 2;
  });
  const scores = new Float64Array(isMember.length);
  for (const held of [0, 1]) {
    const learned = [...isMember.keys()].filter((row) => half[row] !== held);
    const weights = weightsOf(lists, isMember, learned);
    for (const [row, part] of half.entries())
      if (part === held) scores[row] = lists.reduce((sum, list, i) => sum + (weights[i] ?? 0) * (list[row] ?? 0), 0);
  }
  return scores;
}

function weightsOf(
  lists: readonly Float64Array[],
  isMember: readonly boolean[],
  rows: readonly number[],
): Float64Array {
  const share = rows.filter((row) => isMember[row]).length / rows.length;
  const left = Float64Array.from(rows, (row) => Number(isMember[row]) - share);
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
