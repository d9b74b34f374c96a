import { allocate } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import { type Scale, scaleOf } from "./moments.ts";
import type { Notice } from "./notice.ts";
import type { Column, NumberColumn, Table } from "./table.ts";

/** Scales tables with the training part's statistics; beside the function, plain data that a model can carry. */
export interface Standardize {
  (table: Table): Table;
  readonly kind: "standardize";
  readonly columns: { readonly [name: string]: Scale };
  /** `data/constant` for columns without any variation, which come out as 0. */
  readonly notices: readonly Notice[];
}

/** Learns mean and standard deviation (divided by n) of every number column; an image-like column is one block. */
function fit(train: Table): Standardize {
  const numbers = train.columns.filter((column) => column.kind === "number");
  return standardizeWith(Object.fromEntries(numbers.map((column) => [column.name, scaleOf(column.values.data)])));
}

/** The same scaling again from its data. */
function standardizeWith(columns: { readonly [name: string]: Scale }): Standardize {
  const constant = Object.keys(columns).filter((name) => columns[name]?.deviation === 0);
  const verb =
    constant.length === 1
      ? "does not vary in the training part and becomes"
      : "do not vary in the training part and become";
  const said = `${listing(constant)} ${verb} 0`;
  const notices = constant.length === 0 ? [] : [{ code: "data/constant", said }];
  const apply = (table: Table): Table => ({
    ...table,
    columns: table.columns.map((column) => scaled(column, columns)),
  });
  return Object.assign(apply, { kind: "standardize" as const, columns, notices });
}

function scaled(column: Column, scales: { readonly [name: string]: Scale }): Column {
  if (column.kind === "category") return column;
  const scale = scales[column.name];
  if (scale === undefined) {
    const said = `column ${column.name} was not in the training part that this scaling was fitted on`;
    throw new NablaError("data/missing-column", said, "fit on a table with the same columns");
  }
  return scaleColumn(column, scale);
}

/** (x - mean) / deviation in float64, stored as float64 where the input is and float32 otherwise; 0 where nothing varies. */
function scaleColumn(column: NumberColumn, { mean, deviation }: Scale): NumberColumn {
  const { data: from, shape } = column.values;
  const dtype = column.values.dtype === "float64" ? "float64" : "float32";
  const data = allocate(dtype, from.length);
  const divisor = deviation === 0 ? Number.POSITIVE_INFINITY : deviation;
  for (let i = 0; i < data.length; i++) data[i] = ((from[i] ?? 0) - mean) / divisor;
  return { ...column, values: { dtype, shape, data } };
}

/**
 * Zero mean and unit variance by the training part's statistics, for every part alike:
 * `const scale = standardize.fit(parts.train); scale(parts.dev)`. Missing values (NaN) are left out of the statistics
 * and stay missing.
 */
export const standardize = { kind: "standardize", fit, from: standardizeWith } as const;
