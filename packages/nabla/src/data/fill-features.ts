/** One column of a table as features. */
import { type NdArray, zeros } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { civilDayOf, dayFraction, monthFraction } from "./calendar.ts";
import {
  type BlockPreparation,
  type CategoryPreparation,
  type ColumnPreparation,
  type DatePreparation,
  featureCount,
  type NumberPreparation,
  slotCount,
  type TimePreparation,
} from "./preparation.ts";
import { scaledNumber } from "./scaling.ts";
import { blockOf, type CategoryColumn, type Column, type NumberColumn } from "./table.ts";
import { type TextPreparation, textEncoder, wordEncoder } from "./text-preparation.ts";

/** Where a column's features go: float32 [rows, features], all 0 so far. */
export interface Destination {
  readonly into: Float32Array;
  /** The column's first feature. */
  readonly at: number;
  readonly features: number;
}

/** Writes the features of a column. Throws `data/column-kind` where it is not of the kind that training saw. */
export type FillFeatures = (column: Column, to: Destination) => void;

/** Writes columns' features again and again, with what that takes made once: the places of levels, the codes of pieces. */
export function featureFiller(preparation: ColumnPreparation): FillFeatures {
  if (preparation.kind === "text") return categoriesFiller(preparation, textFiller(preparation));
  if (preparation.kind === "category") return categoriesFiller(preparation, levelFiller(preparation));
  return (column, to) => {
    if (column.kind === "category") throw wrongKind(preparation, column);
    if (preparation.kind === "block" && String(blockOf(column)) === String(preparation.shape)) {
      fillBlock(preparation, column, to);
    } else if (blockOf(column).length > 0 || !isScaled(preparation)) {
      throw wrongKind(preparation, column);
    } else {
      fillNumbers(preparation, column, to);
      const { data } = column.values;
      if (preparation.kind === "number" && preparation.zero) fillZeros(preparation, data, to);
      const next = { ...to, at: to.at + (preparation.indicator ? 2 : 1) };
      if (preparation.kind === "date") fillCalendar(preparation, data, next);
      if (preparation.kind === "time") fillClock(data, next);
    }
  };
}

type FillCategories = (column: CategoryColumn, to: Destination) => void;

function categoriesFiller(preparation: ColumnPreparation, fill: FillCategories): FillFeatures {
  return (column, to) => {
    if (column.kind !== "category") throw wrongKind(preparation, column);
    fill(column, to);
  };
}

function levelFiller(preparation: CategoryPreparation): FillCategories {
  const { levels, slots } = preparation;
  const unknown = slotCount(preparation);
  const slotOf = new Map(levels.map((level, i) => [level, slots?.[i] ?? i]));
  return (column, { into, at, features }) => {
    const found = new Int32Array(column.levels.length).fill(-1);
    for (const [row, code] of column.codes.entries()) {
      if (found[code] === -1) found[code] = slotOf.get(column.levels[code] ?? "") ?? unknown;
      into[row * features + at + (found[code] ?? unknown)] = 1;
    }
  };
}

/** What a column of texts gives on its own: float32 [rows, 2 · length], codes and then their weights, or [rows, length] where they are in order. */
export function textInputs(preparation: TextPreparation, column: Column): NdArray {
  const features = featureCount(preparation);
  const rows = column.kind === "category" ? column.codes.length : 0;
  const inputs = zeros([rows, features]);
  featureFiller(preparation)(column, { into: inputs.data as Float32Array, at: 0, features });
  return inputs;
}

function textFiller(preparation: TextPreparation): FillCategories {
  return preparation.ordered ? wordFiller(preparation) : pieceFiller(preparation);
}

function wordFiller(preparation: TextPreparation): FillCategories {
  const encode = wordEncoder(preparation);
  return (column, { into, at, features }) => {
    const known = column.levels.map((): readonly number[] | undefined => undefined);
    for (const [row, code] of column.codes.entries()) {
      if (code < 0) continue;
      known[code] ??= encode(column.levels[code] ?? "");
      into.set(known[code], row * features + at);
    }
  };
}

function pieceFiller(preparation: TextPreparation): FillCategories {
  const encode = textEncoder(preparation);
  return (column, { into, at, features }) => {
    const known = column.levels.map((): ReturnType<typeof encode> | undefined => undefined);
    for (const [row, code] of column.codes.entries()) {
      if (code < 0) continue;
      known[code] ??= encode(column.levels[code] ?? "");
      let place = row * features + at;
      for (const piece of known[code]) {
        into[place] = piece.code;
        into[place++ + preparation.length] = piece.weight;
      }
    }
  };
}

type Scaled = NumberPreparation | DatePreparation | TimePreparation;

function isScaled(preparation: ColumnPreparation): preparation is Scaled {
  return preparation.kind === "number" || preparation.kind === "date" || preparation.kind === "time";
}

function fillNumbers(preparation: Scaled, column: NumberColumn, to: Destination): void {
  const { into, at, features } = to;
  const { data } = column.values;
  const { center, spread, clip, indicator } = preparation;
  const isPlain = spread !== 0 && clip === undefined;
  for (let row = 0, first = at; row < data.length; row++, first += features) {
    const value = data[row] as number;
    if (Number.isNaN(value)) {
      if (indicator) into[first + 1] = 1;
    } else into[first] = isPlain ? (value - center) / spread : scaledNumber(preparation, value);
  }
}

function fillZeros({ indicator }: NumberPreparation, numbers: ArrayLike<number>, to: Destination): void {
  const { into, at, features } = to;
  const place = at + (indicator ? 2 : 1);
  for (let row = 0; row < numbers.length; row++) if (numbers[row] === 0) into[row * features + place] = 1;
}

function fillCalendar(preparation: DatePreparation, dates: ArrayLike<number>, to: Destination): void {
  const { weekdays, months, monthDays, times } = preparation;
  const [forMonths, forDays] = [weekdays.length, weekdays.length + months.length];
  for (let row = 0; row < dates.length; row++) {
    const date = dates[row] ?? Number.NaN;
    // also an infinite date is on no day
    if (!Number.isFinite(date)) continue;
    const first = row * to.features + to.at;
    const civil = civilDayOf(date);
    const weekday = weekdays.indexOf(civil.weekday);
    if (weekday >= 0) to.into[first + weekday] = 1;
    const month = months.indexOf(civil.month);
    if (month >= 0) to.into[first + forMonths + month] = 1;
    if (monthDays) to.into[first + forDays] = 2 * monthFraction(civil) - 1;
  }
  if (times) fillClock(dates, { ...to, at: to.at + forDays + Number(monthDays) });
}

/** The hand of a clock that goes round once a day. */
function fillClock(times: ArrayLike<number>, { into, at, features }: Destination): void {
  for (let row = 0; row < times.length; row++) {
    const time = times[row] ?? Number.NaN;
    if (!Number.isFinite(time)) continue;
    const angle = 2 * Math.PI * dayFraction(time);
    into[row * features + at] = Math.sin(angle);
    into[row * features + at + 1] = Math.cos(angle);
  }
}

function fillBlock({ center, spread, shape }: BlockPreparation, column: NumberColumn, to: Destination): void {
  const { into, at, features } = to;
  const { data } = column.values;
  const width = elementsOf(shape);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    const row = Math.floor(i / width);
    if (!Number.isNaN(value)) into[row * features + at + (i - row * width)] = (value - center) / spread;
  }
}

function wrongKind(preparation: ColumnPreparation, column: Column): NablaError {
  const block = column.kind === "number" ? blockOf(column) : [];
  const found =
    column.kind === "category" ? "names" : block.length > 0 ? `blocks of shape [${block.join(", ")}]` : "numbers";
  const message = `column ${column.name}: the model was trained on ${wantedKind(preparation)}, this table has ${found}`;
  return new NablaError("data/column-kind", message, "give the column the same type as in training");
}

function wantedKind(preparation: ColumnPreparation): string {
  const { kind } = preparation;
  if (kind === "category") return "names";
  if (kind === "text") return "texts";
  if (kind === "block") return `blocks of shape [${preparation.shape.join(", ")}]`;
  return kind === "date" ? "dates" : kind === "time" ? "times of day" : "numbers";
}
