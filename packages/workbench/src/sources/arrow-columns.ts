/** Arrow IPC as written columns: files (Feather) and streams, whose types say what each column holds. */
import { readFile } from "node:fs/promises";
import * as zlib from "node:zlib";
import { CompressionType, type DataType, setCompressionCodec, TimeUnit, Type, tableFromIPC } from "@uwdata/flechette";
import { NablaError } from "nabla";
import { type StoredType, storedColumns } from "nabla/tables";
import { type ColumnsFile, chunksOfColumns } from "./columns-file.ts";
import { unpackLz4 } from "./lz4.ts";

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
      return storedColumns(
        { name: field.name, type: storedType(field.type) },
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

/** How many of a unit of time make a second. */
const UNITS: Readonly<Record<number, number>> = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1e3,
  [TimeUnit.MICROSECOND]: 1e6,
  [TimeUnit.NANOSECOND]: 1e9,
};

const fixed =
  (type: StoredType): ((of: DataType) => StoredType) =>
  () =>
    type;

const text = fixed({ kind: "text" });
const date = fixed({ kind: "date", read: (milliseconds) => Number(milliseconds) / DAY });
const list = (of: DataType): StoredType => ({ kind: "list", item: itemOf(childrenOf(of)[0]) });

/** What the values of a type are. */
const types: Readonly<Record<number, (of: DataType) => StoredType>> = {
  [Type.Int]: fixed({ kind: "whole" }),
  [Type.Float]: fixed({ kind: "number" }),
  [Type.Decimal]: fixed({ kind: "number" }),
  [Type.Bool]: fixed({ kind: "flag" }),
  [Type.Date]: date,
  [Type.Timestamp]: date,
  [Type.Time]: (of) => {
    const unit = UNITS["unit" in of ? Number(of.unit) : 0] ?? 1;
    return { kind: "clock", read: (value) => Number(value) / unit };
  },
  [Type.Utf8]: text,
  [Type.LargeUtf8]: text,
  [Type.Utf8View]: text,
  [Type.Null]: fixed({ kind: "nothing" }),
  [Type.Struct]: (of) => ({
    kind: "fields",
    fields: childrenOf(of).map(({ name, type }) => ({ name, type: storedType(type) })),
  }),
  [Type.List]: list,
  [Type.LargeList]: list,
  [Type.FixedSizeList]: list,
  // the values themselves, however they are kept
  [Type.Dictionary]: (of) => storedType("dictionary" in of ? of.dictionary : of),
  [Type.RunEndEncoded]: (of) => itemOf(childrenOf(of)[1]),
};

function storedType(type: DataType): StoredType {
  const found = types[type.typeId];
  if (found !== undefined) return found(type);
  const named = Object.entries(Type).find(([, id]) => id === type.typeId)?.[0];
  return { kind: "other", says: named ?? String(type.typeId) };
}

function itemOf(field: Pick<Field, "type"> | undefined): StoredType {
  return field === undefined ? { kind: "other", says: "nothing" } : storedType(field.type);
}

interface Field {
  readonly name: string;
  readonly type: DataType;
}

function childrenOf(type: DataType): readonly Field[] {
  return "children" in type ? type.children : [];
}
