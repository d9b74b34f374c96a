/** How far off forecasts were of steps that were not learned, and how far off those of later steps will be. */
import { known, NablaError } from "../../base/error.ts";
import { inRange } from "../../base/range.ts";
import { conformalQuantile, conformalScores } from "../../base/statistics/conformal.ts";
import { medianOf } from "../../base/statistics/summary.ts";
import { count } from "../../base/text.ts";
import type { SeriesExample } from "./series-examples.ts";
import { CHANGES, lastPosition, type SeriesErrors, type SeriesPast, type SeriesRecipe } from "./series-recipe.ts";

/** The share of what half the series change by that no series falls below. */
const FLOOR = 0.1;

/** The mean distance of the last known values up to a position from those a step, or a season, before. */
export function usualChange(
  { first, values }: Pick<SeriesPast, "first" | "values">,
  origin: number,
  { reference }: Pick<SeriesRecipe, "reference">,
): number {
  const back = Math.max(1, reference);
  const end = Math.min(origin - first, values.length - 1);
  let [sum, many] = [0, 0];
  for (let at = end; at >= back && at > end - CHANGES; at--) {
    const change = Math.abs((values[at] ?? Number.NaN) - (values[at - back] ?? Number.NaN));
    if (Number.isNaN(change)) continue;
    sum += change;
    many += 1;
  }
  return many === 0 ? 0 : sum / many;
}

/** Digits that are kept of an error. */
const DIGITS = 4;

/** The errors of forecasts that came, as `misses`, of steps that were not learned: what intervals are looked up in. */
export function seriesErrors(
  recipe: SeriesRecipe,
  examples: readonly SeriesExample[],
  misses: ArrayLike<number>,
): SeriesErrors {
  const changes = examples.map(({ past, origin }) => usualChange(past, origin, recipe));
  const floor = FLOOR * medianOf(changes.filter((change) => change > 0));
  const steps = Array.from({ length: recipe.horizon }, (): number[] => []);
  for (const [i, { ahead }] of examples.entries()) {
    const scale = scaleOf(changes[i] ?? 0, floor);
    if (scale > 0) steps[ahead - 1]?.push(Math.abs(misses[i] ?? 0) / scale);
  }
  return {
    floor: Number.isNaN(floor) ? 0 : floor,
    steps: steps.map((own) => {
      const { rows, scores } = conformalScores(own);
      return { rows, scores: scores.map((score) => Number(score.toPrecision(DIGITS))) };
    }),
  };
}

function scaleOf(change: number, floor: number): number {
  return change + (Number.isNaN(floor) ? 0 : floor);
}

/**
 * How far from a forecast the true value lies with a probability of at least `level`, from 0 to 1, where later errors are
 * like earlier ones: split-conformal prediction by step ahead (Stankeviciute, Alaa and van der Schaar 2021). Beyond the horizon
 * forecasts stand on forecasts, and their errors add up as independent ones do. Throws `predict/interval` for a level that
 * the measured steps are too few for.
 */
export function forecastReach(
  errors: SeriesErrors | undefined,
  { past, level }: { readonly past: SeriesPast; readonly level: number },
  recipe: SeriesRecipe,
): (ahead: number) => number {
  inRange("interval", level, { above: 0, below: 1 });
  if (errors === undefined) {
    const message = "the model was saved without the errors of its forecasts, which intervals are made of";
    throw new NablaError("predict/interval", message, "train it again");
  }
  const scale = scaleOf(usualChange(past, lastPosition(past), recipe), errors.floor);
  const reaches = new Map<number, number>();
  const reachOf = (step: number): number => {
    const found = reaches.get(step) ?? scale * quantileOf(errors, step, level);
    reaches.set(step, found);
    return found;
  };
  return (ahead) => {
    const { horizon } = recipe;
    const whole = Math.floor((ahead - 1) / horizon);
    const last = reachOf(ahead - whole * horizon);
    return whole === 0 ? last : Math.sqrt(whole * reachOf(horizon) ** 2 + last ** 2);
  };
}

function quantileOf({ steps }: SeriesErrors, step: number, level: number): number {
  const scores = known(steps[step - 1], "a step");
  const found = conformalQuantile(scores, level);
  if (Number.isFinite(found)) return found;
  const least = Math.ceil(level / (1 - level) - 1e-9);
  const most = Math.floor((100 * scores.rows) / (scores.rows + 1));
  const ahead = step === 1 ? "1 step ahead" : `${step} steps ahead`;
  const message = `an interval of ${Number((100 * level).toPrecision(6))}% needs ${count(least, "forecast")} ${ahead} of what was not learned, and the model has ${scores.rows}`;
  const hint =
    most < 1
      ? "train with more rows, or a smaller --horizon"
      : `ask for at most ${most}%, or train with a larger dev part`;
  throw new NablaError("predict/interval", message, hint);
}
