/** Arrow IPC as written columns: files (Feather) and streams, whose types say what each column holds. */
import { readFile } from "node:fs/promises";
import * as zlib from "node:zlib";
import { CompressionType, type DataType, setCompressionCodec, TimeUnit, Type, tableFromIPC } from "@uwdata/flechette";
import { NablaError } from "nabla";
import type { UnreadableColumn } from "nabla/tables";
import { type ColumnCells, type ColumnsFile, chunksOfColumns, numberCells, textCells } from "./columns-file.ts";
import { unpackLz4 } from "./lz4.ts";

/** Lists of one length become so many columns at most. */
const LONGEST_LIST = 16_384;
/** Milliseconds of a day. */
const DAY = 86_400_000;

const encode = (): never => {
  throw new Error("nothing is packed");
};
setCompressionCodec(CompressionType.LZ4_FRAME, { encode, decode: unpackLz4 });
setCompressionCodec(CompressionType.ZSTD, { encode, decode: unpackZstd });

function unpackZstd(bytes: Uint8Array): Uint8Array {
  if (zlib.zstdDecompressSync !== undefined) return zlib.zstdDecompressSync(bytes);
  const message = "its columns are packed by Zstandard";
  throw new NablaError("data/format", message, "use Node 22.15 or later, or write it without compression");
}

/** Opens an Arrow file or stream, whole. Throws `data/unreadable` where it is damaged. */
export async function arrowFile(path: string, name: string): Promise<ColumnsFile> {
  const bytes = await readFile(path);
  try {
    const table = tableFromIPC(bytes, { useBigInt: true });
    const found = table.schema.fields.map((field, i) => {
      const column = table.getChildAt(i);
      return cellsOf(
        field,
        Array.from({ length: table.numRows }, (_, row) => column.at(row)),
      );
    });
    const columns = found.flatMap(({ cells }) => cells);
    const unreadable = found.flatMap((one) => one.unreadable);
    return { unreadable, notices: [], chunks: (size) => chunksOfColumns(columns, { rows: table.numRows, size }) };
  } catch (error) {
    if (error instanceof NablaError || !(error instanceof Error)) throw error;
    const [reason = ""] = error.message.split("\n");
    throw new NablaError("data/unreadable", `${name} cannot be read as Arrow: ${reason}`, "check how it was exported");
  }
}

interface Field {
  readonly name: string;
  readonly type: DataType;
}

type Values = readonly unknown[];

interface Found {
  readonly cells: readonly ColumnCells[];
  readonly unreadable: readonly UnreadableColumn[];
}

/** What the values of a type become. */
type Reader = (field: Field, values: Values) => Found;

const one = (cells: ColumnCells): Found => ({ cells: [cells], unreadable: [] });

const numbersFrom = (values: Values, of: (value: number) => number = (value) => value): Float64Array =>
  Float64Array.from(values, (value) => (value === null || value === undefined ? Number.NaN : of(Number(value))));

const textsFrom = (values: Values, of: (value: unknown) => string = String): readonly (string | null)[] =>
  values.map((value) => (value === null || value === undefined ? null : of(value)));

const decimal: Reader = ({ name }, values) => one(numberCells(name, numbersFrom(values), "number"));

/** Whole numbers beyond 2^53 by their digits, all others by their value. */
const whole: Reader = (field, values) => {
  const isExact = values.every((value) => typeof value !== "bigint" || Number.isSafeInteger(Number(value)));
  return isExact ? decimal(field, values) : one(textCells(field.name, textsFrom(values), "number"));
};

const date: Reader = ({ name }, values) =>
  one(
    numberCells(
      name,
      numbersFrom(values, (at) => at / DAY),
      "date",
    ),
  );
const text: Reader = ({ name }, values) => one(textCells(name, textsFrom(values), "text"));
const flag: Reader = ({ name }, values) => one(textCells(name, textsFrom(values), "boolean"));

/** How many of a unit of time make a second. */
const UNITS: Readonly<Record<number, number>> = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1e3,
  [TimeUnit.MICROSECOND]: 1e6,
  [TimeUnit.NANOSECOND]: 1e9,
};

const clock: Reader = ({ name, type }, values) => {
  const unit = UNITS["unit" in type ? Number(type.unit) : 0] ?? 1;
  const written = (value: unknown): string => {
    const seconds = Number(value) / unit;
    const two = (part: number): string => String(Math.floor(part)).padStart(2, "0");
    return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
  return one(textCells(name, textsFrom(values, written)));
};

/** The fields of a structure under their path: `address.city`. */
const structure: Reader = ({ name, type }, values) => {
  const fields = childrenOf(type);
  const found = fields.map((field) =>
    cellsOf(
      { name: `${name}.${field.name}`, type: field.type },
      values.map((value) => (value as Readonly<Record<string, unknown>> | null)?.[field.name] ?? null),
    ),
  );
  return { cells: found.flatMap(({ cells }) => cells), unreadable: found.flatMap(({ unreadable }) => unreadable) };
};

/** Lists of one length as so many columns: `pair[0]`, `pair[1]`. */
const list: Reader = ({ name, type }, values) => {
  const lists = values as readonly (ArrayLike<unknown> | null)[];
  const [first] = lists;
  const length = first?.length ?? 0;
  const [item] = childrenOf(type);
  const refuse = (reason: string): Found => ({ cells: [], unreadable: [{ name, reason }] });
  if (item === undefined || !NUMBERS.has(item.type.typeId)) return refuse("lists that are not of numbers");
  if (length === 0 || length > LONGEST_LIST || lists.some((other) => other?.length !== length))
    return refuse("lists of different lengths");
  const places = Array.from({ length }, (_, k) => k);
  const found = places.map((k) =>
    cellsOf(
      { name: `${name}[${k}]`, type: item.type },
      lists.map((other) => other?.[k]),
    ),
  );
  return { cells: found.flatMap(({ cells }) => cells), unreadable: [] };
};

const NUMBERS: ReadonlySet<number> = new Set([Type.Int, Type.Float, Type.Decimal]);

const readers: Readonly<Record<number, Reader>> = {
  [Type.Int]: whole,
  [Type.Float]: decimal,
  [Type.Decimal]: decimal,
  [Type.Bool]: flag,
  [Type.Date]: date,
  [Type.Timestamp]: date,
  [Type.Time]: clock,
  [Type.Utf8]: text,
  [Type.LargeUtf8]: text,
  [Type.Utf8View]: text,
  [Type.Null]: ({ name }, values) => one(numberCells(name, numbersFrom(values))),
  [Type.Struct]: structure,
  [Type.List]: list,
  [Type.LargeList]: list,
  [Type.FixedSizeList]: list,
  // the values themselves, however they are kept
  [Type.Dictionary]: ({ name, type }, values) =>
    cellsOf({ name, type: "dictionary" in type ? type.dictionary : type }, values),
  [Type.RunEndEncoded]: ({ name, type }, values) => cellsOf({ name, type: childrenOf(type)[1]?.type ?? type }, values),
};

function cellsOf(field: Field, values: Values): Found {
  const { name, type } = field;
  const read = readers[type.typeId];
  if (read !== undefined) return read(field, values);
  const named = Object.entries(Type).find(([, id]) => id === type.typeId)?.[0] ?? String(type.typeId);
  return { cells: [], unreadable: [{ name, reason: `values of the type ${named}` }] };
}

function childrenOf(type: DataType): readonly Field[] {
  return "children" in type ? type.children : [];
}
