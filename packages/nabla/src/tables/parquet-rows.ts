/** Parquet files as hyparquet reads them, with the meaning that the command gives to their types. */
import { NablaError } from "../base/error.ts";
import { type StoredField, type StoredType, storedColumns } from "./stored-columns.ts";
import type { WrittenRows } from "./written-table.ts";

/** A node of a Parquet file's schema, in the order of a walk from its root: a column, or one with so many more within. */
interface SchemaElement {
  readonly name: string;
  readonly type?: string;
  readonly num_children?: number;
  readonly repetition_type?: string;
  readonly converted_type?: string;
  readonly logical_type?: { readonly type: string };
  readonly scale?: number;
}

/** What hyparquet knows of a file, as far as it is used. */
interface ParquetMetadata {
  readonly schema: readonly SchemaElement[];
  readonly num_rows: bigint;
}

/** The functions of hyparquet that are used. */
export interface ParquetLibrary {
  parquetMetadata(bytes: ArrayBuffer, options?: object): object;
  parquetRead(options: object): Promise<void>;
  /** `compressors` of hyparquet-compressors. Default: files are read that are packed by Snappy, or not at all. */
  readonly compressors?: object;
}

/** The rows of a Parquet file. Throws `data/unreadable` where it is damaged or packed in a way that needs compressors. */
export async function parquetRows(library: ParquetLibrary, bytes: Uint8Array, name: string): Promise<WrittenRows> {
  try {
    return await rowsOf(library, bytes, name);
  } catch (error) {
    if (error instanceof NablaError || !(error instanceof Error)) throw error;
    const packed = /unsupported compression codec: (\w+)/.exec(error.message)?.[1];
    const hint =
      packed === undefined
        ? "check how it was exported"
        : 'give the compressors too: parquet: async () => ({ ...(await import("hyparquet")), ...(await import("hyparquet-compressors")) })';
    const reason = packed === undefined ? error.message.split("\n")[0] : `its columns are packed by ${packed}`;
    throw new NablaError("data/unreadable", `${name} cannot be read as Parquet: ${reason}`, hint);
  }
}

async function rowsOf(library: ParquetLibrary, bytes: Uint8Array, name: string): Promise<WrittenRows> {
  const slice = (from: number, to = bytes.byteLength): ArrayBuffer => bytes.slice(from, to).buffer as ArrayBuffer;
  const metadata = library.parquetMetadata(slice(0), { geoparquet: false }) as ParquetMetadata;
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new NablaError("data/no-rows", `${name} has no rows`, "check how it was exported");
  const fields = fieldsIn(metadata.schema);
  const values = new Map(fields.map((field) => [field.name, new Array<unknown>(rows)]));
  await library.parquetRead({
    file: { byteLength: bytes.byteLength, slice },
    metadata: { ...metadata, schema: metadata.schema.map(asStored) },
    ...{ utf8: false, geoparquet: false },
    parsers: { timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds },
    ...(library.compressors === undefined ? {} : { compressors: library.compressors }),
    onChunk: ({ columnName, columnData, rowStart }: Chunk) => {
      const into = values.get(columnName) ?? [];
      for (let i = 0; i < columnData.length; i++) into[rowStart + i] = columnData[i];
    },
  });
  const found = fields.map((field) => storedColumns(field, values.get(field.name) ?? []));
  return {
    ...{ name, rows, form: "Parquet file", notices: [] },
    columns: found.flatMap(({ cells }) => cells.map((column) => column(0, rows))),
    unreadable: found.flatMap(({ unreadable }) => unreadable),
    fileRow: (row) => row + 2,
  };
}

/** Some values of a column, as hyparquet hands them over. */
interface Chunk {
  readonly columnName: string;
  readonly columnData: ArrayLike<unknown>;
  readonly rowStart: number;
}

/** What an element holds as it is stored: hyparquet gives decimals and moments digits that the file does not have, and rounds others. */
function asStored(element: SchemaElement): SchemaElement {
  const { converted_type: _converted, logical_type: _logical, ...stored } = element;
  const kind = kindOf(element);
  if (kind === "UUID") return { ...stored, logical_type: { type: kind } };
  const kept = { STRING: "UTF8", ENUM: "UTF8", JSON: "UTF8", LIST: "LIST", MAP: "MAP" }[kind];
  return kept === undefined ? stored : { ...stored, converted_type: kept };
}

/** The types of older files by the names that newer ones have. */
const NAMES: Readonly<Record<string, string>> = { UTF8: "STRING", MAP_KEY_VALUE: "MAP" };

/** What an element means: INTEGER, TIMESTAMP, STRING, …, or else how it is stored. */
function kindOf({ logical_type, converted_type, type }: SchemaElement): string {
  const named = logical_type?.type ?? converted_type;
  return named === undefined ? (type ?? "FIELDS") : (NAMES[named] ?? named);
}

/** A column of the schema with those within. */
interface SchemaNode extends StoredField {
  readonly children: readonly SchemaNode[];
}

function fieldsIn(schema: readonly SchemaElement[]): readonly StoredField[] {
  let at = 0;
  const next = (): SchemaNode => {
    const element = schema[at++] as SchemaElement;
    const children = Array.from({ length: element.num_children ?? 0 }, next);
    const type = children.length === 0 ? leafType(element) : branchType(element, children);
    const repeated = element.repetition_type === "REPEATED";
    return { name: element.name, type: repeated ? { kind: "list", item: type } : type, children };
  };
  return next().children;
}

function branchType(element: SchemaElement, children: readonly SchemaNode[]): StoredType {
  const kind = kindOf(element);
  if (kind === "MAP") return { kind: "other", says: "MAP" };
  if (kind !== "LIST") return { kind: "fields", fields: children };
  // what is repeated is the item, or a structure that holds nothing but the item
  const [repeated] = children;
  const [item, ...more] = repeated?.children ?? [];
  if (item !== undefined && more.length === 0) return { kind: "list", item: item.type };
  return repeated?.type ?? { kind: "other", says: "LIST" };
}

const DAY = 86_400;
const PER_SECOND: Readonly<Record<string, number>> = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 };

/** What a column holds, with how its stored values are read. */
function leafType(element: SchemaElement): StoredType {
  const { type, scale = 0 } = element;
  const kind = kindOf(element);
  const logical = (element.logical_type ?? {}) as Readonly<Record<string, unknown>>;
  const unit = PER_SECOND[String(logical.unit ?? kind.replace(/^\w+_/, ""))] ?? 1e6;
  if (kind === "DATE") return { kind: "date" };
  if (kind.startsWith("TIMESTAMP")) return { kind: "date", read: daysOf(unit) };
  if (kind === "INT96") return { kind: "date", read: daysOf(PER_SECOND.NANOS ?? 1) };
  if (kind.startsWith("TIME")) {
    const suffix = logical.isAdjustedToUTC === true ? { suffix: "+00" } : {};
    return { kind: "clock", read: (value) => Number(value) / unit, ...suffix };
  }
  if (kind === "DECIMAL") return decimalType(scale);
  if (kind === "FLOAT16") return { kind: "number", read: halfOf };
  if (kind === "FLOAT" || kind === "DOUBLE") return { kind: "number" };
  if (kind === "BOOLEAN") return { kind: "flag" };
  if (kind === "STRING" || kind === "ENUM" || kind === "JSON" || kind === "UUID") return { kind: "text" };
  if (kind === "NULL" || kind === "UNKNOWN") return { kind: "nothing" };
  if (type === "INT32" || type === "INT64") {
    const unsigned = /^UINT/.test(kind) || logical.isSigned === false;
    const read =
      type === "INT32"
        ? (value: unknown) => Number(value) >>> 0
        : (value: unknown) => BigInt.asUintN(64, value as bigint);
    return unsigned ? { kind: "whole", read } : { kind: "whole" };
  }
  return { kind: "other", says: kind === "BYTE_ARRAY" || kind === "FIXED_LEN_BYTE_ARRAY" ? "BLOB" : kind };
}

/** Days since 1970 of a moment, to the microsecond. */
function daysOf(perSecond: number): (value: unknown) => number {
  const finer = BigInt(Math.max(1, perSecond / 1e6));
  return (value) => Number((value as bigint) / finer) / Math.min(perSecond, 1e6) / DAY;
}

function decimalType(scale: number): StoredType {
  const whole = (value: unknown): bigint => (value instanceof Uint8Array ? signedOf(value) : BigInt(value as bigint));
  const digits = (value: unknown): string => {
    const unscaled = whole(value);
    const all = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
    const point = all.length - scale;
    return `${unscaled < 0n ? "-" : ""}${all.slice(0, point)}${scale === 0 ? "" : `.${all.slice(point)}`}`;
  };
  const read = (value: unknown): number | string => {
    const unscaled = Number(whole(value));
    return Number.isSafeInteger(unscaled) ? unscaled / 10 ** scale : digits(value);
  };
  return { kind: "whole", read, digits };
}

/** A whole number of any length, the highest byte first. */
function signedOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** A float16 of two bytes, the lower one first. */
function halfOf(value: unknown): number {
  const [low = 0, high = 0] = value as Uint8Array;
  const [sign, exponent, fraction] = [high >> 7 ? -1 : 1, (high >> 2) & 31, ((high & 3) << 8) | low];
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
