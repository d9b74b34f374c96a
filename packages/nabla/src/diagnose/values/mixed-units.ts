/** Columns of numbers of which a part is in another unit: a thousand times as large, in inches, in degrees Fahrenheit. */
import { count, grouped, listing } from "../../base/text.ts";
import {
  blockOf,
  type Column,
  type NumberColumn,
  numberColumn,
  type Table,
  targetsOf,
  withTargets,
} from "../../data/table.ts";
import { convertedBy, type UnitRule } from "../../data/unit-rule.ts";
import { type Companions, companionsOf, fitOf, withoutColumns } from "./companions.ts";
import { areTwoKinds } from "./two-kinds.ts";
import { limitOf, MISPLACED } from "./unit-limit.ts";
import { isSure, type KnownValues, trialsOf, type UnitTrial } from "./unit-trials.ts";

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
  /** How to convert them, but for a few where the units overlap; undefined where no limit tells them apart. */
  readonly rule?: UnitRule;
  /** A sentence without its full stop. */
  readonly summary: string;
}

const FEWEST_ROWS = 50;
const FEWEST_VALUES = 15;
const EXAMPLES = 3;

/** Columns are looked at anew without the part that was found, at most so often. */
const MOST_FOUND = 8;

/** A column with the conversion that a part of it needs, and the rows of that part. */
interface Suspect {
  readonly column: NumberColumn;
  readonly trial: UnitTrial;
  readonly rows: ReadonlySet<number>;
}

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
    // what is in two units itself makes the columns that follow it look so too
    const [clearest] = suspectsIn(left, companions).sort((a, b) => b.trial.apart - a.trial.apart);
    if (clearest === undefined) break;
    const { column, trial } = clearest;
    found.push(described(column.name, trial));
    left = withConverted(left, column, companions.rows, trial);
  }
  return found;
}

/** Columns by themselves; where there are none, those that are in another unit in the same rows, which tell of each other. */
function suspectsIn(table: Table, companions: Companions): Suspect[] {
  const levels = table.columns.filter(({ kind }) => kind === "category").map(({ name }) => name);
  const views = [companions, ...(levels.length > 0 ? [withoutColumns(companions, levels)] : [])];
  const single = numbersOf(table).flatMap((column) => {
    for (const view of views) {
      const trial = trialsIn(column, view).find(isSure);
      if (trial !== undefined) return [suspectOf(column, trial)];
    }
    return [];
  });
  const sure = single.filter((one) => !areTwoKinds(one.trial, companions, fellowsOf(one, single)));
  return sure.length > 0 ? sure : sharedSuspects(table, companions);
}

/** The columns that are in another unit in the same rows, itself among them. */
function fellowsOf({ trial, rows }: Suspect, all: readonly Suspect[]): readonly string[] {
  return all
    .filter((other) => isSameUnit(other.trial, trial) && overlap(other.rows, rows) > SAME_ROWS)
    .map(({ column }) => column.name);
}

/** Several columns whose values lie in two heaps, the same distance apart and in the same rows, and what remains tells of none. */
function sharedSuspects(table: Table, companions: Companions): Suspect[] {
  const alone = { rows: companions.rows, features: [] };
  const heaps = numbersOf(table).flatMap((column) => trialsIn(column, alone).map((trial) => suspectOf(column, trial)));
  return heaps.flatMap((heap) => {
    const fellows = fellowsOf(heap, heaps);
    if (fellows.length < 2) return [];
    const others = withoutColumns(companions, fellows);
    if (!others.features.some(({ kinds }) => kinds)) return [];
    const trial = trialsIn(heap.column, others).find((one) => isSameUnit(one, heap.trial)) ?? heap.trial;
    return areTwoKinds(trial, companions, fellows) ? [] : [suspectOf(heap.column, trial)];
  });
}

/** Each column is fitted by all others: of more than this, such as the pixels of pictures, that takes minutes. */
const MOST_NUMBERS = 120;

/** Columns in another unit in the same rows share so many of them. */
const SAME_ROWS = 0.7;

function suspectOf(column: NumberColumn, trial: UnitTrial): Suspect {
  return { column, trial, rows: new Set(trial.places.filter((_, i) => trial.isOther[i])) };
}

function isSameUnit({ candidate: a }: UnitTrial, { candidate: b }: UnitTrial): boolean {
  return a.divide === b.divide && a.subtract === b.subtract;
}

function overlap(some: ReadonlySet<number>, others: ReadonlySet<number>): number {
  const both = [...some].filter((row) => others.has(row)).length;
  return both / Math.max(1, some.size + others.size - both);
}

function numbersOf(table: Table): readonly NumberColumn[] {
  return [...table.columns, ...targetsOf(table)]
    .filter((column): column is NumberColumn => column.kind === "number" && blockOf(column).length === 0)
    .filter(({ reading }) => reading === undefined || reading.as === "number");
}

/** The table with the other unit's values of the rows that are looked at converted. */
function withConverted(table: Table, column: NumberColumn, rows: Uint32Array, trial: UnitTrial): Table {
  const data = Float64Array.from(column.values.data);
  for (const [i, place] of trial.places.entries()) {
    const row = rows[place] ?? 0;
    if (trial.isOther[i]) data[row] = convertedBy(trial.candidate, data[row] ?? 0);
  }
  const changed = {
    ...numberColumn(column.name, data),
    ...(column.reading === undefined ? {} : { reading: column.reading }),
  };
  const mended = (one: Column): Column => (one === column ? changed : one);
  return withTargets({ ...table, columns: table.columns.map(mended) }, targetsOf(table).map(mended));
}

/** What is measured takes more values the more rows there are; counts, grades and shades of gray do not. */
function fewestValues(rows: number): number {
  return Math.max(FEWEST_VALUES, Math.sqrt(rows / 4));
}

function trialsIn({ name, values: { data } }: NumberColumn, companions: Companions): readonly UnitTrial[] {
  const all = Float64Array.from(companions.rows, (row) => data[row] ?? Number.NaN);
  const at = (test: (value: number) => boolean): KnownValues => {
    const places = all.map((_, place) => place).filter((place) => test(all[place] ?? Number.NaN));
    return { places: Uint32Array.from(places), values: places.map((place) => all[place] ?? 0) };
  };
  const known = at((value) => Number.isFinite(value));
  const different = new Set(known.values.map(Math.abs)).size;
  if (known.values.length < FEWEST_ROWS || different < fewestValues(known.values.length)) return [];
  const positive = at((value) => Number.isFinite(value) && value !== 0);
  // factors are distances between logarithms; only what is spread from 0 on evenly shows them better as it is
  const ratios = 2 * positive.values.length >= known.values.length;
  const byRatio = ratios ? trialsOf(positive, fitOf(companions, { name, ...positive }), true) : [];
  const byDistance = trialsOf(known, fitOf(companions, { name, ...known }), false);
  return [...byRatio, ...byDistance].sort((a, b) => a.left - b.left);
}

function described(name: string, { candidate, values, isOther }: UnitTrial): MixedUnits {
  const { unit, subtract, divide } = candidate;
  const others = values.filter((_, i) => isOther[i]);
  const limit = limitOf(values, { isOther, larger: candidate.larger, misplaced: MISPLACED.rough });
  const rule =
    limit === undefined
      ? undefined
      : {
          ...(candidate.larger ? { above: limit.at } : { below: limit.at }),
          ...(subtract === undefined ? {} : { subtract }),
          divide,
        };
  const examples = [...new Set(others)]
    .slice(0, EXAMPLES)
    .map((value) => [value, convertedBy(candidate, value)] as const);
  const rough =
    limit !== undefined && limit.wrong > MISPLACED.clear * values.length
      ? `; they overlap, and the limit misplaces ${count(limit.wrong, "value")}`
      : "";
  const shown = listing(examples.map(([written, converted]) => `${written} for ${Number(converted.toPrecision(6))}`));
  return {
    ...{ name, found: others.length, among: values.length, unit, examples },
    ...(rule === undefined ? {} : { rule }),
    summary: `column ${name}: ${grouped(others.length)} of ${count(values.length, "value")} ${others.length === 1 ? "is" : "are"} in another unit, ${unit}: ${shown}${rough}`,
  };
}
