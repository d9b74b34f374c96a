/** Columns of formats that say what their values are, such as Arrow and Parquet, as they are written in a table. */
import type { WrittenColumn } from "../reading/written-column.ts";
import { type ColumnCells, numberCells, textCells } from "./column-cells.ts";
import type { UnreadableColumn } from "./written-table.ts";

/** A column of a file, with what its values are. */
export interface StoredField {
  readonly name: string;
  readonly type: StoredType;
}

/**
 * What the values of a column are, null and undefined standing for none. `read` makes of another value of the file what its kind
 * asks for: of `number` a number; of `whole` a whole number, a bigint, or what has more digits as a text; of `text` and `flag` what String
 * gives; of `date` the days since 1970; of `clock` the seconds since midnight.
 */
export type StoredType =
  | {
      readonly kind: "number" | "whole" | "text" | "flag" | "date";
      /** Default: values are that already. */
      readonly read?: (value: unknown) => unknown;
      /** All digits of a number, where a float64 has too few for some of the column. Default: what String gives. */
      readonly digits?: (value: unknown) => string;
    }
  | {
      readonly kind: "clock";
      readonly read: (value: unknown) => number;
      /** What stands after each time, such as the zone. Default: nothing. */
      readonly suffix?: string;
    }
  /** A column that holds nothing in any row. */
  | { readonly kind: "nothing" }
  /** A structure, whose fields become columns under their path: `address.city`. */
  | { readonly kind: "fields"; readonly fields: readonly StoredField[] }
  /** Lists, which become columns where they are of numbers and of one length: `pair[0]`, `pair[1]`. */
  | { readonly kind: "list"; readonly item: StoredType }
  /** Values that no table holds. */
  | { readonly kind: "other"; readonly says: string };

/** The columns that one of a file becomes, and what is none. */
export interface StoredColumns {
  readonly cells: readonly ColumnCells[];
  readonly unreadable: readonly UnreadableColumn[];
}

type Values = readonly unknown[];

/** Lists of one length become so many columns at most. */
const LONGEST_LIST = 16_384;

/** What the values of a column become: numbers where they are exact, and else texts. */
export function storedColumns({ name, type }: StoredField, values: Values): StoredColumns {
  if (type.kind === "fields") return fieldColumns(name, type.fields, values);
  if (type.kind === "list") return listColumns(name, type.item, values);
  if (type.kind === "other") return refused(name, `values of the type ${type.says}`);
  return { cells: [cellsOf(name, type, values)], unreadable: [] };
}

type PlainType = Exclude<StoredType, { readonly kind: "fields" | "list" | "other" }>;

function cellsOf(name: string, type: PlainType, values: Values): ColumnCells {
  const { kind } = type;
  if (kind === "nothing") return numberCells(name, new Float64Array(values.length).fill(Number.NaN));
  const read = type.read ?? ((value: unknown) => value);
  const numbers = (declared: WrittenColumn["declared"]): ColumnCells =>
    numberCells(
      name,
      Float64Array.from(values, (value) => (isNone(value) ? Number.NaN : Number(read(value)))),
      declared,
    );
  const texts = (of: (value: unknown) => string, declared?: WrittenColumn["declared"]): ColumnCells =>
    textCells(
      name,
      values.map((value) => (isNone(value) ? null : of(value))),
      declared,
    );
  const plain = (value: unknown): string => String(read(value));
  if (kind === "number" || kind === "date") return numbers(kind);
  if (kind === "clock") return texts((value) => `${clockText(type.read(value))}${type.suffix ?? ""}`);
  if (kind !== "whole") return texts(plain, kind === "flag" ? "boolean" : "text");
  return values.every((one) => isExact(one, read)) ? numbers("number") : texts(type.digits ?? plain, "number");
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** Whether a float64 tells a whole number from its neighbors. */
function isExact(value: unknown, read: (value: unknown) => unknown): boolean {
  return isNone(value) || Math.abs(Math.trunc(Number(read(value)))) <= Number.MAX_SAFE_INTEGER;
}

function clockText(seconds: number): string {
  const two = (part: number): string => String(Math.floor(part)).padStart(2, "0");
  const micros = Math.round((seconds % 1) * 1e6);
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`;
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

function fieldColumns(name: string, fields: readonly StoredField[], values: Values): StoredColumns {
  return together(
    fields.map((field) =>
      storedColumns(
        { name: `${name}.${field.name}`, type: field.type },
        values.map((value) => (value as Readonly<Record<string, unknown>> | null | undefined)?.[field.name]),
      ),
    ),
  );
}

const NUMBERS: ReadonlySet<StoredType["kind"]> = new Set(["number", "whole", "date"]);

function listColumns(name: string, item: StoredType, values: Values): StoredColumns {
  if (!NUMBERS.has(item.kind)) return refused(name, "lists that are not of numbers");
  const lists = values as readonly (ArrayLike<unknown> | null | undefined)[];
  const length = lists[0]?.length ?? 0;
  if (length === 0 || length > LONGEST_LIST || lists.some((other) => other?.length !== length))
    return refused(name, "lists of different lengths");
  const places = Array.from({ length }, (_, k) => k);
  return together(
    places.map((k) =>
      storedColumns(
        { name: `${name}[${k}]`, type: item },
        lists.map((list) => list?.[k]),
      ),
    ),
  );
}

function together(found: readonly StoredColumns[]): StoredColumns {
  return { cells: found.flatMap(({ cells }) => cells), unreadable: found.flatMap(({ unreadable }) => unreadable) };
}

function refused(name: string, reason: string): StoredColumns {
  return { cells: [], unreadable: [{ name, reason }] };
}
