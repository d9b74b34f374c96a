/** What preparing decided that the user should know and may decide otherwise. */
import { count, logScaled, MOST_LEVELS, type Notice, type NumberColumn, type Preparation, type Table } from "nabla";
import { meanOf, populationVariance, quantileOf } from "nabla/statistics";
import { grouped, number } from "../text/format.ts";

/** More inputs of one category than this are said. */
const MANY_INPUTS = 64;

/** Columns that are named one by one. */
const NAMED = 5;

/** Fewer rows say little about the shape of a distribution. */
const FEWEST_ROWS = 30;

/** The distributions of lengths and ages have skewnesses below 1, an exponential one 2. */
const SKEWED = 2;

/** Notices on categories with many inputs, and on the scale of a number to predict. */
export function preparationNotices(preparation: Preparation, train: Table): readonly Notice[] {
  return [...categoryNotices(preparation), ...scaleNotices(preparation, train)];
}

function categoryNotices({ columns }: Preparation): readonly Notice[] {
  const messages = columns.flatMap((column) => {
    if (column.kind !== "category" || column.levels.length <= MANY_INPUTS) return [];
    const { name, levels, slots } = column;
    const known = `${name} has ${grouped(levels.length)} levels`;
    if (slots === undefined)
      return [`${known} and an input for each; with --levels ${MANY_INPUTS} its rare levels share some`];
    const own = new Set(slots).size;
    const higher = 2 * Math.max(MOST_LEVELS, own);
    return [
      `${known} and ${grouped(own)} inputs: frequent levels have their own, rare ones share some (--levels ${higher} for more)`,
    ];
  });
  const rest = messages.length - NAMED;
  const shown = rest > 1 ? [...messages.slice(0, NAMED), `${count(rest, "more column")} of many levels`] : messages;
  return shown.map((message) => ({ code: "data/many-levels", message }));
}

function scaleNotices({ target }: Preparation, { target: column }: Table): readonly Notice[] {
  if (target.kind !== "number" || column?.kind !== "number") return [];
  const { name } = target;
  if (target.scale !== undefined) {
    const message = `${name} is learned as log(1 + ${name}): 1 - R² is that of the logarithm, RMSE is in ${name}'s own unit`;
    return [{ code: "data/log-scale", message }];
  }
  const found = skewOf(column);
  if (found === undefined) return [];
  const message = `${name} is never negative and very skewed (median ${number(found.median)}, largest ${number(found.largest)}): --target-scale log may learn it better`;
  return [{ code: "data/skewed-target", message }];
}

/** Median and largest value of numbers that a logarithm would bring closer to a bell. */
function skewOf({ values }: NumberColumn): { readonly median: number; readonly largest: number } | undefined {
  const sorted = Float64Array.from(values.data).sort();
  const [least = -1, largest = 0] = [sorted[0], sorted.at(-1)];
  if (sorted.length < FEWEST_ROWS || !(least >= 0)) return undefined;
  const skew = skewness(sorted);
  if (skew < SKEWED || Math.abs(skewness(sorted.map(logScaled))) > skew / 2) return undefined;
  return { median: quantileOf(sorted, 0.5), largest };
}

/** The mean cube of standardized numbers; 0 for a symmetric distribution. */
function skewness(numbers: Float64Array): number {
  const [mean, deviation] = [meanOf(numbers), Math.sqrt(populationVariance(numbers))];
  return deviation === 0 ? 0 : meanOf(numbers, (value) => ((value - mean) / deviation) ** 3);
}
