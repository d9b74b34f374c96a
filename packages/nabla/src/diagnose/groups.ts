/** Columns that name what several rows belong to, as patients and stores, whose rows a split should keep together. */
import { fork, type Key, permutation, seedKey } from "../base/random.ts";
import { count, grouped } from "../base/text.ts";
import { blockOf, type Column, identityCodes, numberColumn, type Table } from "../data/table.ts";
import { type Compared, comparedOf, highest, isBeyondChance, likenessWithin } from "./likeness.ts";

/** A column whose values are groups of rows, and how they stand in the parts. */
export interface RowGroups {
  readonly name: string;
  /** Values with more than one row, and how many of them have rows in several parts. */
  readonly groups: number;
  readonly torn: number;
  /** How alike the target is within a group, and the share of the other columns in which rows of one group are nearly the same. */
  readonly targetLikeness: number;
  readonly alike: number;
  /** A sentence without its full stop. */
  readonly summary: string;
  /** What to do about it. */
  readonly try: string;
}

/** Options of `rowGroups`. */
export interface RowGroupOptions {
  /** The part of each row, from 0, and the rows whose target may be looked at. */
  readonly part: ArrayLike<number>;
  readonly learned: ArrayLike<number>;
  /** Columns that may be groups; default all inputs. Inputs that are no candidates are compared still. */
  readonly candidates?: readonly Column[];
  /** Decides which rows of a large table are looked at. Default 1. */
  readonly seed?: number;
}

const FEWEST_ROWS = 30;
const MOST_ROWS = 10_000;
const MOST_COMPARED = 40;
/** Values that repeat: the fewest under a name that says what they are, and under any other. */
const FEWEST_NAMED = 5;
const FEWEST_GROUPS = 10;
/** Rows of a group on average are at most this share of all, so that countries and colors of a few values are none. */
const MOST_SHARE = 0.1;
/** The share of the groups that are torn from which on it matters. */
const TORN = 0.1;
/** From this likeness on a value is nearly the same within a group. */
const SAME = 0.8;
/** From this one on the target depends on the group far more than on chance. */
const DEPENDENT = 0.5;
/** Group means that neighbors foretell this well belong to a number that measures, and names nothing. */
const SMOOTH = 0.3;

/**
 * Which columns name groups whose rows stand in several parts, while rows of one group are alike: then the later part
 * measures how well groups are recognized, and not how well new ones are predicted. The likeliest first. A column counts
 * under a name such as `patient_id` where the target or the inputs are nearly the same within its values, under any other
 * where both are; a number of which target and inputs are smooth functions is no name.
 */
export function rowGroups(
  table: Table,
  { part, learned, candidates = table.columns, seed = 1 }: RowGroupOptions,
): readonly RowGroups[] {
  const { target } = table;
  if (target === undefined || learned.length < FEWEST_ROWS) return [];
  const key = fork(seedKey(seed), "groups");
  const first = firstLook(target, learned);
  return candidates
    .filter((column) => column.kind === "category" || blockOf(column).length === 0)
    .filter((column) => table.rows <= FIRST_LOOK || deservesAllRows(column, first))
    .flatMap((column) => {
      const found = examined(column, { table, target, part, learned, key });
      return found === undefined ? [] : [found];
    })
    .sort((a, b) => score(b) - score(a) || b.groups - a.groups);
}

/** Rows that show whether a column of a large table is worth counting all of it. */
const FIRST_LOOK = 2000;
/** A value that has so many of them has enough for its likeness. */
const ENOUGH = 5;

/** A few rows, evenly spread, with their targets. */
interface FirstLook {
  readonly target: Column;
  readonly learned: ArrayLike<number>;
  readonly rows: Int32Array;
  readonly answers: Compared;
}

function firstLook(target: Column, learned: ArrayLike<number>): FirstLook {
  const many = Math.min(FIRST_LOOK, learned.length);
  const rows = Int32Array.from({ length: many }, (_, i) => learned[Math.floor((i * learned.length) / many)] ?? 0);
  return { target, learned, rows, answers: comparedOf(target, rows) };
}

/** Whether a few rows leave open that a column names groups. */
function deservesAllRows(column: Column, { target, learned, rows, answers }: FirstLook): boolean {
  const { kind, values } = comparedOf(column, rows);
  if (kind === "number" && values.some((value) => !Number.isNaN(value) && !Number.isInteger(value))) return false;
  const codes = identityCodes(numberColumn(column.name, values));
  const distinct = codes.reduce((most, code) => Math.max(most, code + 1), 0);
  if (distinct < FEWEST_NAMED) return false;
  if (namesThings(column.name)) return true;
  if (ENOUGH * distinct > rows.length) return dependsOnFew(column, target, learned);
  return likenessWithin(answers, codes) >= DEPENDENT / 2;
}

/** Whether the target depends on a column of many values, by all rows of some of them. */
function dependsOnFew(column: Column, target: Column, learned: ArrayLike<number>): boolean {
  const data = column.kind === "number" ? column.values.data : column.codes;
  const most = 2 ** 32 * Math.min(1, MOST_ROWS / learned.length);
  const rows: number[] = [];
  for (let i = 0; i < learned.length; i++) {
    const row = learned[i] ?? 0;
    const value = data[row] ?? Number.NaN;
    // a number that has nothing to do with the value's size, the same for the same value (Knuth's multiplicative hash)
    if (Math.imul((value | 0) ^ (value / 2 ** 32), 0x9e3779b1) >>> 0 < most) rows.push(row);
  }
  const codes = identityCodes(numberColumn(column.name, comparedOf(column, rows).values));
  return likenessWithin(comparedOf(target, rows), codes) >= DEPENDENT / 2;
}

function score({ name, targetLikeness, alike }: RowGroups): number {
  return Number(namesThings(name)) + targetLikeness + alike;
}

interface Examination {
  readonly table: Table;
  readonly target: Column;
  readonly part: ArrayLike<number>;
  readonly learned: ArrayLike<number>;
  readonly key: Key;
}

function examined(column: Column, { table, target, part, learned, key }: Examination): RowGroups | undefined {
  if (column.kind === "number" && !column.values.data.every((value) => Number.isNaN(value) || Number.isInteger(value)))
    return undefined;
  const codes = identityCodes(column);
  const named = namesThings(column.name);
  const coded = named || looksCoded(column);
  const repeating = sizesOf(codes).filter((size) => size > 1);
  const rows = repeating.reduce((sum, size) => sum + size, 0);
  const few = repeating.length < (named ? FEWEST_NAMED : FEWEST_GROUPS);
  const wide = !named && rows / repeating.length > MOST_SHARE * table.rows;
  if (few || wide || rows < table.rows / 2) return undefined;
  const torn = tornGroups(codes, part);
  if (torn < Math.max(2, TORN * repeating.length)) return undefined;
  const sample = sampled(codes, learned, key);
  const groups = new Int32Array(sample.length);
  for (let i = 0; i < sample.length; i++) groups[i] = codes[sample[i] ?? 0] ?? -1;
  const taken = (other: Column): Compared => comparedOf(other, sample);
  const answers = taken(target);
  const places = column.kind === "number" ? comparedOf(column, sample).values : undefined;
  const measures = (compared: Compared): boolean => !named && places !== undefined && isSmooth(compared, places);
  const targetLikeness = likenessWithin(answers, groups);
  // looking at every other column is worth it only where the target says so, or the name
  if (!named && (!(targetLikeness >= DEPENDENT) || measures(answers))) return undefined;
  const alike = alikeShare(table, column, (other) => {
    const compared = taken(other);
    return !measures(compared) && likenessWithin(compared, groups) >= SAME;
  });
  const [constant, copies] = [targetLikeness >= SAME, alike >= 0.5];
  const convincing = named
    ? constant || targetLikeness >= DEPENDENT || copies
    : coded
      ? constant || (copies && targetLikeness >= DEPENDENT)
      : constant && copies;
  if (!convincing || !(copies || isBeyondChance(answers, groups, key))) return undefined;
  const { name } = column;
  const because = constant
    ? `${target.name} is nearly ${target.kind === "number" ? "" : "always "}the same within one`
    : copies
      ? "their inputs are nearly the same"
      : `${target.name} depends on it far more than by chance`;
  return {
    ...{ name, groups: repeating.length, torn, targetLikeness, alike },
    summary: `rows of one ${name} stand in several parts (${grouped(torn)} of its ${count(repeating.length, "value")}), and ${because}`,
    try: "keep them together, so that dev holds new ones",
  };
}

/** How many rows each code has. */
function sizesOf(codes: ArrayLike<number>): Int32Array {
  const sizes = new Int32Array(highest(codes) + 1);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? -1;
    if (code >= 0) sizes[code] = (sizes[code] ?? 0) + 1;
  }
  return sizes;
}

/** No part has this number. */
const UNSEEN = -(2 ** 31);

/** How many codes have rows in several parts. */
function tornGroups(codes: ArrayLike<number>, part: ArrayLike<number>): number {
  const home = new Int32Array(highest(codes) + 1).fill(UNSEEN);
  const torn = new Uint8Array(home.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? -1;
    if (code < 0) continue;
    const own = part[row] ?? 0;
    if (home[code] === UNSEEN) home[code] = own;
    else if (home[code] !== own) torn[code] = 1;
  }
  return torn.reduce((sum, one) => sum + one, 0);
}

/** The rows to be looked at: all of some groups, since single rows of many would have no partners. */
function sampled(codes: ArrayLike<number>, learned: ArrayLike<number>, key: Key): readonly number[] {
  const rows = Array.from(learned).filter((row) => (codes[row] ?? -1) >= 0);
  if (rows.length <= MOST_ROWS) return rows;
  const byGroup = rowsBy(rows, (row) => codes[row] ?? 0);
  const groups = [...byGroup.values()];
  const kept: number[] = [];
  for (const at of permutation(fork(key, "sample"), groups.length)) {
    if (kept.length >= MOST_ROWS) break;
    for (const row of (groups[at] ?? []).slice(0, MOST_ROWS / FEWEST_GROUPS)) kept.push(row);
  }
  return kept;
}

function rowsBy(rows: Iterable<number>, of: (row: number) => number): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const list = found.get(of(row));
    if (list === undefined) found.set(of(row), [row]);
    else list.push(row);
  }
  return found;
}

/** The share of other columns that pass: of numbers where there are any, since names often belong to each other. */
function alikeShare(table: Table, column: Column, passes: (other: Column) => boolean): number {
  const others = table.columns.filter(
    (other) => other.name !== column.name && (other.kind === "category" || blockOf(other).length === 0),
  );
  const numbers = others.filter(({ kind }) => kind === "number");
  const compared = numbers.length > 0 ? numbers : others;
  const stride = Math.ceil(compared.length / MOST_COMPARED);
  const some = compared.filter((_, i) => i % stride === 0);
  return some.length === 0 ? 0 : some.filter(passes).length / some.length;
}

/** Whether the mean at each value of a number is foretold by those of its neighbors. */
function isSmooth({ kind, values }: Compared, places: Float64Array): boolean {
  const lists =
    kind === "number"
      ? [values]
      : [...new Set(values.filter((code) => !Number.isNaN(code)))]
          .slice(0, 10)
          .map((code) => values.map((value) => (Number.isNaN(value) ? value : Number(value === code))));
  return lists.some((list) => {
    const byPlace = rowsBy(places.keys(), (row) => places[row] ?? 0);
    const means = [...byPlace]
      .sort(([a], [b]) => a - b)
      .map(([, rows]) => {
        const known = rows.map((row) => list[row] ?? Number.NaN).filter((value) => !Number.isNaN(value));
        return known.reduce((sum, value) => sum + value, 0) / known.length;
      })
      .filter((mean) => !Number.isNaN(mean));
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    let [missed, all] = [0, 0];
    for (let i = 1; i + 1 < means.length; i++) {
      const here = means[i] ?? 0;
      missed += (here - ((means[i - 1] ?? 0) + (means[i + 1] ?? 0)) / 2) ** 2;
      all += (here - mean) ** 2;
    }
    return all > 0 && 1 - missed / all > SMOOTH;
  });
}

/** What has many rows of its own in tables that people have. */
const THINGS =
  "patient|subject|participant|respondent|person|people|individual|user|customer|client|member|account|speaker|writer|author|reader|student|pupil|employee|worker|driver|player|rider|donor|owner|child|family|household|store|shop|site|station|sensor|device|machine|engine|vehicle|vessel|animal|cow|dog|mouse|sample|specimen|photo|video|clip|film|movie|recording|session|hospital|clinic|doctor";
const IDENTITY = /^(?:id|ids|pid|uid|uuid|guid|mrn|identifier|ident)$/;
const THING = new RegExp(`^(?:${THINGS})s?(?:id|name)?$`);
const OF_A_THING = /^(?:no|nr|num|number|code|key|name|hash)$/;
/** What categories are kept as, under numbers of their own. */
const KIND =
  /^(?:type|kind|category|class|group|status|state|level|grade|color|colour|country|region|city|language|currency|brand|make|model|day|month|year|week|gender|sex|race)s?$/;

/** Whether a column's name says that it names things: `patient`, `PatientID`, `user name`, `sensor_no`. */
function namesThings(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
  const [first = "", second] = words;
  const last = words.at(-1) ?? "";
  if (IDENTITY.test(last)) return !KIND.test(words.at(-2) ?? "");
  return THING.test(first) && (second === undefined || OF_A_THING.test(second) || THING.test(second));
}

/** Whether names look like codes of things: nearly all hold digits, as `P044` and `user-12` do. */
function looksCoded(column: Column): boolean {
  if (column.kind !== "category" || column.levels.length < FEWEST_GROUPS) return false;
  return column.levels.filter((level) => /\d/.test(level)).length > 0.9 * column.levels.length;
}
