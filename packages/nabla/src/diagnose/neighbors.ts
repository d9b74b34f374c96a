/** The nearest rows of each row: what they answer, and how far from its target they are. */
import { compact } from "../base/compact.ts";
import { populationVariance } from "../base/statistics/summary.ts";
import { type Examples, takeExamples } from "../data/examples.ts";
import { type RowResults, weightsIn } from "../train/row-results.ts";

/** The nearest rows of some rows, nearest first, `count` of each one after the other. */
export interface Neighbors {
  readonly count: number;
  readonly rows: Int32Array;
  /** Squared distances over inputs of variance 1, divided by the number of inputs. */
  readonly distances: Float64Array;
}

/** Every second, third, … row where there are more than `most`. */
export function thinnedRows(examples: Examples, most: number): Examples {
  const stride = Math.ceil(examples.rows / most);
  if (stride < 2) return examples;
  return takeExamples(
    examples,
    Uint32Array.from({ length: Math.ceil(examples.rows / stride) }, (_, i) => i * stride),
  );
}

/** Rows whose inputs are lists of numbers. */
export function areFlat({ inputs: { shape } }: Examples): boolean {
  return shape.length === 2 && (shape[1] ?? 0) > 0;
}

/** The `count` nearest rows of each row of `asked` in `known`; the row itself is not counted where both are the same. */
export function nearestRows(asked: Examples, known: Examples, count: number): Neighbors {
  const [a, b] = scaledInputs(asked, known);
  const width = a.length / Math.max(1, asked.rows);
  const kept = Math.max(0, Math.min(count, known.rows - (asked === known ? 1 : 0)));
  const rows = new Int32Array(asked.rows * kept);
  const distances = new Float64Array(asked.rows * kept).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < asked.rows; row++) {
    const [from, last] = [row * kept, (row + 1) * kept - 1];
    for (let other = 0; other < known.rows; other++) {
      if (asked === known && other === row) continue;
      const far = distances[last] ?? 0;
      let sum = 0;
      for (let i = 0; i < width && sum < far; i++)
        sum += ((a[row * width + i] ?? 0) - (b[other * width + i] ?? 0)) ** 2;
      if (sum >= far) continue;
      let at = last;
      for (; at > from && (distances[at - 1] ?? 0) > sum; at--) {
        distances[at] = distances[at - 1] ?? 0;
        rows[at] = rows[at - 1] ?? 0;
      }
      [distances[at], rows[at]] = [sum, other];
    }
  }
  return { count: kept, rows, distances: distances.map((sum) => sum / Math.max(1, width)) };
}

/** Inputs divided by their deviations in `known`; those that do not vary there are left out. */
function scaledInputs(asked: Examples, known: Examples): readonly [Float64Array, Float64Array] {
  const width = known.inputs.shape[1] ?? 0;
  const columns = Array.from({ length: width }, (_, i) => i).flatMap((i) => {
    const values = Float64Array.from({ length: known.rows }, (_value, row) => known.inputs.data[row * width + i] ?? 0);
    const deviation = Math.sqrt(populationVariance(values));
    return deviation > 0 ? [{ i, deviation }] : [];
  });
  const scaled = ({ inputs: { data }, rows }: Examples): Float64Array => {
    const all = new Float64Array(rows * columns.length);
    for (let row = 0; row < rows; row++)
      for (const [at, { i, deviation }] of columns.entries())
        all[row * columns.length + at] = (data[row * width + i] ?? 0) / deviation;
    return all;
  };
  return [scaled(asked), scaled(known)];
}

/**
 * What the mean, or the vote, of the first `k` neighbors makes of each row: numbers, or probabilities of all classes, (votes + 1) /
 * (k + classes) by the rule of succession, so that none is 0.
 */
export function answersByNeighbors(
  { count, rows }: Neighbors,
  { asked, known, k }: { readonly asked: Examples; readonly known: Examples; readonly k: number },
): RowResults {
  const isClass = known.targets.dtype === "int32";
  const classes = isClass ? (known.classes?.length ?? 1 + Math.max(mostOf(known), mostOf(asked))) : 0;
  const width = isClass ? classes : known.targets.data.length / Math.max(1, known.rows);
  const answers = new Float64Array(asked.rows * width);
  const mistakes = new Float64Array(asked.rows);
  const taken = Math.min(k, count);
  for (let row = 0; row < asked.rows; row++) {
    const near = rows.subarray(row * count, row * count + taken);
    if (isClass) {
      const code = vote(near, known);
      answers.fill(1 / (taken + classes), row * width, (row + 1) * width);
      for (const other of near) {
        const at = row * width + (known.targets.data[other] ?? 0);
        answers[at] = (answers[at] ?? 0) + 1 / (taken + classes);
      }
      mistakes[row] = Number(code !== asked.targets.data[row]);
      continue;
    }
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (const other of near) sum += known.targets.data[other * width + i] ?? 0;
      const answer = sum / Math.max(1, taken);
      answers[row * width + i] = answer;
      mistakes[row] = (mistakes[row] ?? 0) + (answer - (asked.targets.data[row * width + i] ?? 0)) ** 2;
    }
  }
  return {
    task: isClass ? "classification" : "regression",
    mistakes,
    losses: mistakes,
    targets: asked.targets,
    answers,
    ...compact({ weights: weightsIn(asked) }),
  };
}

function mostOf({ targets: { data } }: Examples): number {
  let most = 0;
  for (const code of data) most = Math.max(most, code);
  return most;
}

/** The most frequent class; of equally frequent ones that of the nearest row. */
function vote(near: Int32Array, { targets }: Examples): number {
  const votes = new Map<number, number>();
  for (const row of near) votes.set(targets.data[row] ?? 0, (votes.get(targets.data[row] ?? 0) ?? 0) + 1);
  let [best, most] = [-1, 0];
  for (const [code, count] of votes) if (count > most) [best, most] = [code, count];
  return best;
}
