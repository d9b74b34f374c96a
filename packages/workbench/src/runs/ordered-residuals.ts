/** Whether what a network gets wrong follows a column of dates, which says that rows should be divided by time. */
import type { Column, NumberColumn } from "nabla";
import { attributeTimes } from "nabla/diagnose";
import { correlation, midranks } from "nabla/statistics";
import type { DataWarning } from "../experiment/data-warning.ts";
import { typedOptions } from "../experiment/option-words.ts";
import type { Plan } from "../experiment/plan.ts";
import { number } from "../text/format.ts";
import { type Answers, answersFor } from "./dev-answers.ts";
import type { RunResult } from "./run-events.ts";

/** Fewer different times are no order. */
const FEWEST_TIMES = 30;
/** Classes that are looked at, each on its own. */
const MOST_CLASSES = 10;
/**
 * A correlation from each time to the next matters from here on, and is sure from so many standard errors: by chance one list in four
 * thousand has that, one of ten classes or columns in four hundred.
 */
const [LEAST, SURE] = [0.2, 3.5];

/**
 * A warning where errors of neighboring dates are alike on rows that were not learned: then rows between those that were learned are
 * easier than later ones. None where rows are divided by a column already, or were found to move with time before the training.
 */
export async function orderWarning(
  { resolved, parts, prepared: { preparation }, warnings = [] }: Plan,
  { end: { trained }, heldOut }: Pick<RunResult, "end" | "heldOut">,
): Promise<DataWarning | undefined> {
  const isDivided = resolved.timeColumn !== undefined || resolved.group !== undefined;
  if (isDivided || warnings.some(({ code }) => code === TIME)) return undefined;
  if (!parts.dev.columns.some(isDate)) return undefined;
  const answers = await answersFor({ parts, trained, preparation, ...(heldOut === undefined ? {} : { heldOut }) });
  if (answers === undefined) return undefined;
  const found = answers.table.columns
    .filter(isDate)
    .map((column) => ({ name: column.name, alike: orderedLikeness(column.values.data, residualsOf(answers)) }))
    .filter(({ alike }) => alike !== undefined)
    .sort((a, b) => (b.alike ?? 0) - (a.alike ?? 0))[0];
  if (found === undefined) return undefined;
  const remedy = { timeColumn: found.name };
  return {
    code: TIME,
    message: `what the network gets wrong moves with ${found.name}: errors of neighboring times are alike (correlation ${number(found.alike ?? 0)})`,
    hint: `if later rows are to be predicted, measure on later rows, and not on rows in between: ${typedOptions(remedy)}`,
    remedy,
    severity: "warning",
  };
}

const TIME = "data/time";

function isDate(column: Column): column is NumberColumn {
  return (
    column.kind === "number" &&
    column.reading?.as === "date" &&
    column.values.shape.length === 1 &&
    !attributeTimes.test(column.name)
  );
}

/** What is true less what was predicted, of a number or of each class; of two classes one says all. */
function residualsOf(answers: Answers): readonly Float64Array[] {
  const { targets } = answers;
  if (answers.kind === "numbers")
    return [Float64Array.from(targets, (truth, row) => truth - (answers.predicted[row] ?? Number.NaN))];
  const { data, shape } = answers.probabilities;
  const width = shape[1] ?? 1;
  const first = width === 2 ? 1 : 0;
  return Array.from({ length: Math.min(MOST_CLASSES, width) - first }, (_, i) =>
    Float64Array.from(targets, (truth, row) => Number(truth === first + i) - (data[row * width + first + i] ?? 0)),
  );
}

/**
 * The strongest rank correlation of lists from each time to the next, of which rows of one time count once by their mean; undefined where
 * none is sure. Of ranks chance is known, however the values are distributed (Wald and Wolfowitz 1943).
 */
export function orderedLikeness(times: ArrayLike<number>, lists: readonly ArrayLike<number>[]): number | undefined {
  const known = Array.from(times, (time, row) => ({ time, row })).filter(({ time }) => !Number.isNaN(time));
  const order = [...new Set(known.map(({ time }) => time))].sort((a, b) => a - b);
  if (order.length < FEWEST_TIMES) return undefined;
  const placeOf = new Map(order.map((time, place) => [time, place]));
  const found = lists.map((values) => {
    const [sums, counts] = [new Float64Array(order.length), new Float64Array(order.length)];
    for (const { time, row } of known) {
      const place = placeOf.get(time) ?? 0;
      sums[place] = (sums[place] ?? 0) + (values[row] ?? Number.NaN);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    const ranks = midranks(sums.map((sum, place) => sum / (counts[place] ?? 1)));
    return correlation(ranks.subarray(1), ranks.subarray(0, -1));
  });
  const alike = Math.max(...found);
  return alike >= LEAST && alike * Math.sqrt(order.length) >= SURE ? alike : undefined;
}
