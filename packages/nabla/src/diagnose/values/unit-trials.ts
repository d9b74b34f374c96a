/** The conversions that part of a column may need, each tried on it. */
import { populationVariance, quantileOf } from "../../base/statistics/summary.ts";
import { type CompanionFit, robustFit, spreadOf } from "./companions.ts";
import { CANDIDATES, type Candidate, isCommon, isSmall } from "./unit-candidates.ts";
import { FEWEST_FOUND, folded, mayFit, type Scaled, tryOn } from "./unit-fit.ts";
import { binned, mixtureStart, worthwhile } from "./unit-mixture.ts";

/** KnownValues values of a column, and their places among the rows that are looked at. */
export interface KnownValues {
  readonly values: Float64Array;
  readonly places: Uint32Array;
}

/** A conversion that fits, with the values that need it. */
export interface UnitTrial extends KnownValues {
  readonly candidate: Candidate;
  readonly isOther: readonly boolean[];
  /** What is left of the values when they are converted: the share of their variance. */
  readonly left: number;
  /** The share of the converted values' variance that the other columns explain. */
  readonly explained: number;
  /** How many deviations lie between the units. */
  readonly apart: number;
}

/** The same for factors that tails of many columns reach. */
const APART_SMALL = 6;
/** Of factors that are seldom met more values are needed: coincidences are as many as factors. */
const [FEWEST_OF_RARE, SHARE_OF_RARE] = [8, 0.01];
/** The share of one value among those in the other unit: a value that stands for a missing one is no unit. */
const SAME_VALUE = 0.34;
/** Values near 0 are more than a few times those that the lower end of the others leads to. */
const [LEADING, LOW_END] = [3, 0.2];
/** What begins at 0 has so few values there that ratios to what other columns expect tell nothing of them. */
const TAIL = 0.12;
/** Temperatures that people write in Fahrenheit are those of the weather, of rooms and of bodies. */
const [COLDEST, HOTTEST, BOILING] = [-60, 60, 100];

/** Other columns have something to do with the converted values where they explain such a share of their variance. */
const EXPLAINED = 0.1;
/** Where they do not, more values than this are a kind of their own, unless the factor is larger than kinds lie apart. */
const [MOST_UNEXPLAINED, KINDS] = [0.2, 26];

function isNear({ divide, subtract }: Candidate): boolean {
  return subtract === undefined && Math.max(divide, 1 / divide) < KINDS;
}

/** Other columns tell the units apart where they explain such a share of the converted values, and units lie so many deviations apart. */
const [FIRMLY_EXPLAINED, FIRMLY_APART] = [0.3, 6];
/** And such a share of the values is in the other unit: fewer may be where the fit bends. */
const FIRM_SHARE = 0.05;

function isFirm({ apart, explained, isOther }: UnitTrial): boolean {
  const others = isOther.filter(Boolean).length;
  return others >= FIRM_SHARE * isOther.length && explained >= FIRMLY_EXPLAINED && apart >= FIRMLY_APART;
}

/** Whether a trial is surer than chance finds one: two kinds of rows may lie apart as some unit does. */
export function isSure(trial: UnitTrial): boolean {
  const { candidate, values, isOther, apart, explained } = trial;
  if (!isEnough(trial) || (isSmall(candidate) && apart < APART_SMALL)) return false;
  const found = isOther.filter(Boolean).length;
  if (explained < EXPLAINED && isNear(candidate) && found > MOST_UNEXPLAINED * values.length) return false;
  // some factor that is seldom met fits the tail of many a column, even one that a limit cuts off cleanly
  return isCommon(candidate) || isFirm(trial);
}

/**
 * Every unit that some of the values may be in, with how well each explains them; `log` fits on a logarithmic scale.
 */
export function trialsOf({ values, places }: KnownValues, fit: CompanionFit, log: boolean): readonly UnitTrial[] {
  const on = (value: number): number => (log ? Math.log(Math.abs(value)) : value);
  const scaled = values.map(on);
  const spread = populationVariance(scaled);
  const order = Uint32Array.from(scaled.keys()).sort((a, b) => (scaled[a] ?? 0) - (scaled[b] ?? 0));
  const first = robustFit(scaled, fit);
  const typical = spreadOf(scaled.map((value, i) => value - (first[i] ?? 0)));
  const left = fit.fitted(scaled);
  const shifts = CANDIDATES.filter(({ subtract }) => subtract === undefined).map(({ divide }) => Math.log(divide));
  const worth = worthwhile(binned(scaled.map((value, i) => value - (left[i] ?? 0))), log ? shifts : []);
  const degrees = areTemperatures(values, COLDEST, inFahrenheit(BOILING));
  const tried = CANDIDATES.flatMap((candidate): readonly UnitTrial[] => {
    const { subtract = 0, divide, larger } = candidate;
    // near 0 only ratios tell anything, and degrees have none
    if (log ? subtract !== 0 : subtract === 0 && (!larger || isSmall(candidate))) return [];
    const shift = Math.log(divide);
    const converted = scaled.map((value) => (log ? value - shift : (value - subtract) / divide));
    const data = { scaled, converted, first, typical, fit };
    const starts: readonly (() => Scaled | undefined)[] = [
      () => (mayFit(data, larger) ? data : undefined),
      () => (log ? folded(data, order, larger) : undefined),
      () =>
        (log ? worth.has(shift) : degrees && subtract !== 0) ? mixtureStart(data, larger, log ? 1 : divide) : undefined,
    ];
    const trial = starts.reduce<ReturnType<typeof tryOn>>((found, begin) => {
      const start = found === undefined ? begin() : undefined;
      return start === undefined ? found : tryOn(start, larger);
    }, undefined);
    if (trial === undefined) return [];
    const { isOther, variance, apart } = trial;
    const whole = populationVariance(scaled.map((value, i) => (isOther[i] ? (converted[i] ?? 0) : value)));
    return [{ candidate, values, places, isOther, left: variance / spread, explained: 1 - variance / whole, apart }];
  });
  return tried.sort((a, b) => a.left - b.left);
}

/** Whether the values in the other unit are enough for it, and not one value again and again. */
function isEnough(trial: UnitTrial): boolean {
  const { candidate, values, isOther } = trial;
  const firm = isFirm(trial);
  const { divide, subtract } = candidate;
  const [own, others] = [values.filter((_, i) => !isOther[i]), values.filter((_, i) => isOther[i])];
  const hottest = firm ? BOILING : HOTTEST;
  const [colder, warmer] = divide > 1 ? [own, others] : [others, own];
  if (
    subtract !== undefined &&
    !(areTemperatures(colder, COLDEST, hottest) && areTemperatures(warmer, COLDEST, inFahrenheit(hottest)))
  )
    return false;
  if (
    (!isCommon(candidate) || isSmall(candidate)) &&
    others.length < Math.max(FEWEST_OF_RARE, SHARE_OF_RARE * values.length)
  )
    return false;
  const isTail = !firm || others.length < TAIL * values.length;
  if (isTail && divide < 1 && subtract === undefined && others.length <= LEADING * nearZero(own, others) + FEWEST_FOUND)
    return false;
  return (
    commonest(others) <= Math.max(1, SAME_VALUE * others.length, 2 * commonest(own) * (others.length / own.length))
  );
}

function inFahrenheit(celsius: number): number {
  return celsius * 1.8 + 32;
}

function areTemperatures(values: Float64Array, low: number, high: number): boolean {
  return values.every((value) => value >= low && value <= high);
}

/** How many values would lie as near 0 as those in the smaller unit if the density at the others' lower end went on to 0. */
function nearZero(own: Float64Array, others: Float64Array): number {
  const limit = others.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const low = quantileOf(own.map(Math.abs).sort(), LOW_END);
  return low > limit ? (LOW_END * own.length * limit) / (low - limit) : Number.POSITIVE_INFINITY;
}

function commonest(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
