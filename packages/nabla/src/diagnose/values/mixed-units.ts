/** Columns of numbers of which a part is in another unit: a thousand times as large, in inches, in degrees Fahrenheit. */
import { meanOf, medianOf, populationVariance, quantileOf } from "../../base/statistics/summary.ts";
import { count, listing } from "../../base/text.ts";
import { blockOf, type NumberColumn, numberColumn, type Table } from "../../data/table.ts";
import { convertedBy, type UnitRule } from "../../data/unit-rule.ts";
import { type CompanionFit, type Companions, companionsOf, fitOf, robustFit, spreadOf } from "./companions.ts";
import { areTwoKinds } from "./two-kinds.ts";
import { CANDIDATES, type Candidate, isCommon, isSmall } from "./unit-candidates.ts";
import { limitOf } from "./unit-limit.ts";
import { isTail } from "./unit-tail.ts";

/** A column of which a part is in another unit. */
export interface MixedUnits {
  readonly name: string;
  /** Values in the other unit, among so many that were looked at. */
  readonly found: number;
  readonly among: number;
  /** What they are: "1,000 times as large". */
  readonly unit: string;
  /** Some of them, and what they are in the unit of the others. */
  readonly examples: readonly (readonly [written: number, converted: number])[];
  /** How to convert them; undefined where no limit tells them apart. */
  readonly rule?: UnitRule;
  /** A sentence without its full stop. */
  readonly summary: string;
}

const FEWEST_ROWS = 50;
const FEWEST_VALUES = 15;
/** The share of values in the other unit, and how many they are at least. */
const [LEAST_SHARE, MOST_SHARE, FEWEST_FOUND] = [0.004, 0.49, 3];
/** Units lie so many deviations apart. */
const APART = 4.5;
/** The same for factors that tails of many columns reach. */
const APART_SMALL = 6;
/** The same by the first fit, which the other unit bends. */
const NEARLY_APART = 3.5;
/** Values in the other unit lie about the fit as the others do: so near its middle, and with a spread so alike. */
const [CENTERED, SPREAD_ALIKE] = [0.5, 2.5];
/** Values in the other unit are so much of the way there, but for a share of them. */
const [CLEARLY, BETWEEN] = [0.7, 0.2];
/** Values as far off on the other side, as long tails have, are at most so many. */
const OTHER_SIDE = 0.2;
/** A converted value is so many typical distances from the first fit at most, for its unit to be tried. */
const CLOSE = 4;
/** Fewer values say nothing about their spread. */
const FEW = 8;
/** Of factors that are seldom met more values are needed: coincidences are as many as factors. */
const [FEWEST_OF_RARE, SHARE_OF_RARE] = [8, 0.01];
/** The share of one value among those in the other unit: a value that stands for a missing one is no unit. */
const SAME_VALUE = 0.34;
/** Values near 0 are more than a few times those that the lower end of the others leads to. */
const [LEADING, LOW_END] = [3, 0.2];
/** Temperatures that people write in Fahrenheit are those of the weather, of rooms and of bodies. */
const [COLDEST, HOTTEST] = [-60, 60];
const ROUNDS = 8;
const EXAMPLES = 3;

/** Columns are looked at anew without the part that was found, at most so often. */
const MOST_FOUND = 8;

/**
 * Looks for columns, the target among them, of which a part is in another unit than the rest: by how far values are from what
 * the other columns lead to expect, before and after they are converted.
 */
export function mixedUnits(table: Table): readonly MixedUnits[] {
  if (numbersOf(table).length > MOST_NUMBERS) return [];
  const found: MixedUnits[] = [];
  let left = table;
  while (found.length < MOST_FOUND) {
    const companions = companionsOf(left);
    const all = numbersOf(left).flatMap((column) => {
      const trial = unitsIn(column, companions);
      return trial === undefined ? [] : [{ column, trial, ...marksOf(column.name, trial) }];
    });
    // rows of two kinds differ in other columns too, unless those are in another unit themselves
    const tried = all.filter(
      (one) =>
        !areTwoKinds(one.trial, companions, [
          one.column.name,
          ...all
            .filter(({ trial, rows }) => isSameUnit(trial, one.trial) && overlap(rows, one.rows) > SAME_ROWS)
            .map(({ name }) => name),
        ]),
    );
    // what is in two units itself makes the columns that follow it look so too
    const [clearest] = tried.sort((a, b) => b.trial.apart - a.trial.apart);
    if (clearest === undefined) break;
    const { column, trial } = clearest;
    found.push(described(column.name, trial));
    left = withConverted(left, column, companions.rows, trial);
  }
  return found;
}

/** Each column is fitted by all others: of more than this, such as the pixels of pictures, that takes minutes. */
const MOST_NUMBERS = 120;

/** Columns in another unit in the same rows share so many of them. */
const SAME_ROWS = 0.7;

function marksOf(name: string, { isOther, places }: Trial): { readonly name: string; readonly rows: Set<number> } {
  return { name, rows: new Set(places.filter((_, i) => isOther[i])) };
}

function isSameUnit({ candidate: a }: Trial, { candidate: b }: Trial): boolean {
  return a.divide === b.divide && a.subtract === b.subtract;
}

function overlap(some: ReadonlySet<number>, others: ReadonlySet<number>): number {
  const both = [...some].filter((row) => others.has(row)).length;
  return both / Math.max(1, some.size + others.size - both);
}

function numbersOf({ columns, target }: Table): readonly NumberColumn[] {
  return [...columns, ...(target === undefined ? [] : [target])]
    .filter((column): column is NumberColumn => column.kind === "number" && blockOf(column).length === 0)
    .filter(({ reading }) => reading === undefined || reading.as === "number");
}

/** The table with the other unit's values of the rows that are looked at converted. */
function withConverted(table: Table, column: NumberColumn, rows: Uint32Array, trial: Trial): Table {
  const data = Float64Array.from(column.values.data);
  for (const [i, place] of trial.places.entries()) {
    const row = rows[place] ?? 0;
    if (trial.isOther[i]) data[row] = convertedBy(trial.candidate, data[row] ?? 0);
  }
  const changed = {
    ...numberColumn(column.name, data),
    ...(column.reading === undefined ? {} : { reading: column.reading }),
  };
  const { columns, target } = table;
  return {
    ...table,
    columns: columns.map((one) => (one === column ? changed : one)),
    ...(target === undefined ? {} : { target: target === column ? changed : target }),
  };
}

/** Known values of a column, and their places among the rows that are looked at. */
interface Known {
  readonly values: Float64Array;
  readonly places: Uint32Array;
}

/** What is measured takes more values the more rows there are; counts, grades and shades of gray do not. */
function fewestValues(rows: number): number {
  return Math.max(FEWEST_VALUES, Math.sqrt(rows / 4));
}

function unitsIn({ name, values: { data } }: NumberColumn, companions: Companions): Trial | undefined {
  const all = Float64Array.from(companions.rows, (row) => data[row] ?? Number.NaN);
  const at = (test: (value: number) => boolean): Known => {
    const places = Uint32Array.from(all.keys()).filter((place) => test(all[place] ?? Number.NaN));
    return { places, values: Float64Array.from(places, (place) => all[place] ?? 0) };
  };
  const known = at((value) => Number.isFinite(value));
  const different = new Set(known.values.map(Math.abs)).size;
  if (known.values.length < FEWEST_ROWS || different < fewestValues(known.values.length)) return undefined;
  const positive = at((value) => Number.isFinite(value) && value !== 0);
  // factors are distances between logarithms; only what is spread from 0 on evenly shows them better as it is
  const ratios = 2 * positive.values.length >= known.values.length;
  const byRatio = ratios ? trialsOf(positive, fitOf(companions, { name, ...positive }), true) : [];
  return byRatio[0] ?? trialsOf(known, fitOf(companions, { name, ...known }), false)[0];
}

/** Other columns have something to do with the converted values where they explain such a share of their variance. */
const EXPLAINED = 0.1;
/** Where they do not, more values than this are a kind of their own, unless the factor is larger than kinds lie apart. */
const [MOST_UNEXPLAINED, KINDS] = [0.2, 26];

function isNear({ divide, subtract }: Candidate): boolean {
  return subtract === undefined && Math.max(divide, 1 / divide) < KINDS;
}

/** Whether a trial is surer than chance finds one: two kinds of rows may lie apart as some unit does. */
function isSure({ candidate, values, isOther, apart, explained }: Trial): boolean {
  if (!isEnough(candidate, values, isOther) || (isSmall(candidate) && apart < APART_SMALL)) return false;
  const found = isOther.filter(Boolean).length;
  if (explained < EXPLAINED && isNear(candidate) && found > MOST_UNEXPLAINED * values.length) return false;
  return isCommon(candidate) || limitOf(values, isOther, candidate.larger) !== undefined;
}

/** A conversion that fits, with the values that need it. */
interface Trial extends Known {
  readonly candidate: Candidate;
  readonly isOther: readonly boolean[];
  /** What is left of the values when they are converted: the share of their variance. */
  readonly left: number;
  /** The share of the converted values' variance that the other columns explain. */
  readonly explained: number;
  /** How many deviations lie between the units. */
  readonly apart: number;
}

function trialsOf({ values, places }: Known, fit: CompanionFit, log: boolean): readonly Trial[] {
  const on = (value: number): number => (log ? Math.log(Math.abs(value)) : value);
  const scaled = values.map(on);
  const spread = populationVariance(scaled);
  const order = Uint32Array.from(scaled.keys()).sort((a, b) => (scaled[a] ?? 0) - (scaled[b] ?? 0));
  const first = robustFit(scaled, fit);
  const typical = spreadOf(scaled.map((value, i) => value - (first[i] ?? 0)));
  const tried = CANDIDATES.flatMap((candidate): readonly Trial[] => {
    const { subtract = 0, divide, larger } = candidate;
    // near 0 only ratios tell anything, and degrees have none
    if (log ? subtract !== 0 : subtract === 0 && (!larger || isSmall(candidate))) return [];
    const shift = Math.log(divide);
    const converted = scaled.map((value) => (log ? value - shift : (value - subtract) / divide));
    const data = { scaled, converted, first, typical, fit };
    const start = mayFit(data, larger) ? data : log ? folded(data, order, larger) : undefined;
    const trial = start === undefined ? undefined : tryOn(start, larger);
    if (trial === undefined) return [];
    const { isOther, variance, apart } = trial;
    const whole = populationVariance(scaled.map((value, i) => (isOther[i] ? (converted[i] ?? 0) : value)));
    return [{ candidate, values, places, isOther, left: variance / spread, explained: 1 - variance / whole, apart }];
  });
  return tried.filter(isSure).sort((a, b) => a.left - b.left);
}

/** Whether the values in the other unit are enough for it, and not one value again and again. */
function isEnough(candidate: Candidate, values: Float64Array, isOther: readonly boolean[]): boolean {
  const { divide, subtract } = candidate;
  const [own, others] = [values.filter((_, i) => !isOther[i]), values.filter((_, i) => isOther[i])];
  const [celsius, fahrenheit] = divide > 1 ? [own, others] : [others, own];
  if (
    subtract !== undefined &&
    !(areTemperatures(celsius, COLDEST, HOTTEST) && areTemperatures(fahrenheit, COLDEST, HOTTEST * 1.8 + 32))
  )
    return false;
  if (
    (!isCommon(candidate) || isSmall(candidate)) &&
    others.length < Math.max(FEWEST_OF_RARE, SHARE_OF_RARE * values.length)
  )
    return false;
  if (divide < 1 && subtract === undefined && others.length <= LEADING * nearZero(own, others) + FEWEST_FOUND)
    return false;
  return (
    commonest(others) <= Math.max(1, SAME_VALUE * others.length, 2 * commonest(own) * (others.length / own.length))
  );
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

/** Values lie in two heaps where bringing one to the other leaves such a share of their variance. */
const HEAPS = 0.5;

/** The first fit where nearly half of the values are in another unit: with all beyond the best limit converted. */
function folded(data: Scaled, order: Uint32Array, larger: boolean): Scaled | undefined {
  const { scaled, converted, fit } = data;
  const rows = scaled.length;
  const ascending = larger ? order : order.toReversed();
  const take = (from: Float64Array, at: number): number => from[ascending[at] ?? 0] ?? 0;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < rows; at++) {
    sum += take(converted, at);
    squares += take(converted, at) ** 2;
  }
  let best = { left: Number.POSITIVE_INFINITY, at: 0 };
  for (let at = 0; at < rows; at++) {
    sum += take(scaled, at) - take(converted, at);
    squares += take(scaled, at) ** 2 - take(converted, at) ** 2;
    const left = squares / rows - (sum / rows) ** 2;
    if (at + 1 >= (1 - MOST_SHARE) * rows && left < best.left) best = { left, at };
  }
  if (best.left > HEAPS * populationVariance(scaled)) return undefined;
  const brought = Float64Array.from(scaled);
  for (let at = best.at + 1; at < rows; at++) brought[ascending[at] ?? 0] = take(converted, at);
  const first = robustFit(brought, fit);
  const typical = spreadOf(brought.map((value, i) => value - (first[i] ?? 0)));
  const start = { ...data, first, typical };
  return mayFit(start, larger) ? start : undefined;
}

/** Whether enough values would be where they are expected once they are converted, and are far from it as they are. */
function mayFit({ scaled, converted, first, typical }: Scaled, larger: boolean): boolean {
  let many = 0;
  for (let i = 0; i < scaled.length; i++) {
    const [value, other, middle] = [scaled[i] ?? 0, converted[i] ?? 0, first[i] ?? 0];
    if (value > other !== larger || value === other) continue;
    if (Math.abs(value - other) > NEARLY_APART * typical && Math.abs(other - middle) < CLOSE * typical) {
      if (Math.abs(value - middle) > Math.abs(other - middle)) many += 1;
    }
  }
  return many >= Math.max(FEWEST_FOUND, LEAST_SHARE * scaled.length) / 2;
}

interface Scaled {
  readonly scaled: Float64Array;
  readonly converted: Float64Array;
  /** The first fit, and how far values typically are from it. */
  readonly first: Float64Array;
  readonly typical: number;
  readonly fit: CompanionFit;
}

/**
 * Each value is taken as it is or converted, whichever is nearer to what the other columns lead to expect, and the fit is
 * made anew, until none changes. Undefined where that is no better than chance or a long tail.
 */
function tryOn(
  { scaled, converted, first, fit }: Scaled,
  larger: boolean,
): { readonly isOther: readonly boolean[]; readonly variance: number; readonly apart: number } | undefined {
  let expected = first;
  let isOther: boolean[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = isOther;
    const by = expected;
    isOther = Array.from(scaled, (value, i) => {
      const middle = by[i] ?? 0;
      return (
        Math.abs((converted[i] ?? 0) - middle) < Math.abs(value - middle) && value > (converted[i] ?? 0) === larger
      );
    });
    const many = isOther.filter(Boolean).length;
    if (many < Math.max(FEWEST_FOUND, LEAST_SHARE * scaled.length) || many > MOST_SHARE * scaled.length)
      return undefined;
    if (round > 0 && isOther.every((one, i) => one === before[i])) break;
    expected = fit.fitted(scaled.map((value, i) => (isOther[i] ? (converted[i] ?? 0) : value)));
  }
  const residuals = scaled.map((value, i) => (isOther[i] ? (converted[i] ?? 0) : value) - (expected[i] ?? 0));
  const variance = populationVariance(residuals) * (scaled.length / Math.max(1, scaled.length - fit.size));
  const deviation = Math.sqrt(variance);
  if (isTail({ residuals, off: scaled.map((value, i) => value - (expected[i] ?? 0)), isOther, larger }))
    return undefined;
  if (!isConvincing({ scaled, converted, expected, residuals, isOther, deviation })) return undefined;
  return { isOther, variance, apart: distanceOf({ scaled, converted, isOther }) / deviation };
}

interface Outcome {
  readonly scaled: Float64Array;
  readonly converted: Float64Array;
  readonly expected: Float64Array;
  readonly residuals: Float64Array;
  readonly isOther: readonly boolean[];
  readonly deviation: number;
}

function isConvincing({ scaled, converted, expected, residuals, isOther, deviation }: Outcome): boolean {
  const [own, other] = [residuals.filter((_, i) => !isOther[i]), residuals.filter((_, i) => isOther[i])];
  if (!(distanceOf({ scaled, converted, isOther }) >= APART * deviation)) return false;
  const near = Math.max(CENTERED * deviation, (2.5 * deviation) / Math.sqrt(other.length));
  if (Math.abs(meanOf(other) - meanOf(own)) > near) return false;
  const [wide, narrow] = [Math.sqrt(populationVariance(other)), Math.sqrt(populationVariance(own))];
  if (wide > SPREAD_ALIKE * narrow || (other.length >= FEW && narrow > 2 * SPREAD_ALIKE * wide)) return false;
  let [between, otherSide] = [0, 0];
  for (const [i, value] of scaled.entries()) {
    const [off, step] = [value - (expected[i] ?? 0), value - (converted[i] ?? 0)];
    // the place of a value on the way from what is expected, 0, to what it would be in the other unit, 1
    const place = off / step;
    if (isOther[i] && place < CLEARLY) between += 1;
    if (place < -0.5) otherSide += 1;
  }
  return between <= Math.max(1, BETWEEN * other.length) && otherSide <= Math.max(1, OTHER_SIDE * other.length);
}

/** How far the values of the other unit are from what they are converted to, in the middle. */
function distanceOf({ scaled, converted, isOther }: Pick<Outcome, "scaled" | "converted" | "isOther">): number {
  return medianOf(scaled.map((value, i) => Math.abs(value - (converted[i] ?? 0))).filter((_, i) => isOther[i]));
}

function described(name: string, { candidate, values, isOther }: Trial): MixedUnits {
  const { unit, subtract, divide } = candidate;
  const others = values.filter((_, i) => isOther[i]);
  const limit = limitOf(values, isOther, candidate.larger);
  const rule =
    limit === undefined
      ? undefined
      : {
          ...(candidate.larger ? { above: limit } : { below: limit }),
          ...(subtract === undefined ? {} : { subtract }),
          divide,
        };
  const examples = [...new Set(others)]
    .slice(0, EXAMPLES)
    .map((value) => [value, convertedBy(candidate, value)] as const);
  const shown = listing(examples.map(([written, converted]) => `${written} for ${Number(converted.toPrecision(6))}`));
  return {
    ...{ name, found: others.length, among: values.length, unit, examples },
    ...(rule === undefined ? {} : { rule }),
    summary: `column ${name}: ${others.length.toLocaleString("en-US")} of ${count(values.length, "value")} ${others.length === 1 ? "is" : "are"} in another unit, ${unit}: ${shown}`,
  };
}
