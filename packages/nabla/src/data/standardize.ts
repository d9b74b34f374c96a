import { allocate } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { listing } from "../base/text.ts";
import { type Scale, type Scaling, scaledNumber, scalings } from "./scaling.ts";
import type { Column, NumberColumn, Table } from "./table.ts";

/** Scales tables with the training set's statistics: a function, with plain data that a model can store. */
export interface Scaler {
  (table: Table): Table;
  readonly kind: Scaling;
  readonly columns: { readonly [name: string]: Scale };
  /** `data/constant` for columns without any variation, which come out as 0. */
  readonly notices: readonly Notice[];
}

/** One way to scale: learned from a training part, or made again from what was learned. */
export interface ScalerKind {
  readonly kind: Scaling;
  /** Learns the scale of every number column; an image-like column is one block. */
  readonly fit: (train: Table) => Scaler;
  /** The same scaling again from its data. */
  readonly from: (columns: { readonly [name: string]: Scale }) => Scaler;
}

function scalerKind(kind: Scaling): ScalerKind {
  const from = (columns: { readonly [name: string]: Scale }): Scaler => scalerWith(kind, columns);
  const fit = (train: Table): Scaler => {
    const numbers = train.columns.filter((column) => column.kind === "number");
    return from(Object.fromEntries(numbers.map((column) => [column.name, scalings[kind](column.values.data)])));
  };
  return { kind, fit, from };
}

function scalerWith(kind: Scaling, columns: { readonly [name: string]: Scale }): Scaler {
  const constant = Object.keys(columns).filter((name) => columns[name]?.spread === 0);
  const verb =
    constant.length === 1
      ? "does not vary in the training part and becomes"
      : "do not vary in the training part and become";
  const message = `${listing(constant)} ${verb} 0`;
  const notices = constant.length === 0 ? [] : [{ code: "data/constant", message }];
  const apply = (table: Table): Table => ({
    ...table,
    columns: table.columns.map((column) => scaled(column, columns)),
  });
  return Object.assign(apply, { kind, columns, notices });
}

function scaled(column: Column, scales: { readonly [name: string]: Scale }): Column {
  if (column.kind === "category") return column;
  const scale = scales[column.name];
  if (scale === undefined) {
    const message = `column ${column.name} was not in the training part that this scaling was fitted on`;
    throw new NablaError("data/missing-column", message, "fit on a table with the same columns");
  }
  return scaleColumn(column, scale);
}

/** Scaled in float64, stored as float64 where the input is and float32 otherwise; 0 where nothing varies. */
function scaleColumn(column: NumberColumn, scale: Scale): NumberColumn {
  const { data: from, shape } = column.values;
  const dtype = column.values.dtype === "float64" ? "float64" : "float32";
  const data = allocate(dtype, from.length);
  for (let i = 0; i < data.length; i++) data[i] = scaledNumber(scale, from[i] ?? 0);
  return { ...column, values: { dtype, shape, data } };
}

/**
 * Zero mean and unit variance by the training set's statistics, for every part alike:
 * `const scale = standardize.fit(parts.train); scale(parts.dev)`. Missing values (NaN) are left out of the statistics
 * and stay missing.
 */
export const standardize: ScalerKind = scalerKind("standardize");

/** From 0, the least value of the training set, to 1, its largest; other parts may lie beyond. */
export const minMax: ScalerKind = scalerKind("minMax");

/** Median 0 and interquartile range 1 in the training set: for columns with a few wild values. */
export const robust: ScalerKind = scalerKind("robust");

/**
 * Median 0, and values far from all others drawn in to lie between -3 and 3 (Holzmüller et al. 2024): what `prepare` does
 * by default.
 */
export const smoothClip: ScalerKind = scalerKind("smoothClip");
