/** The formats of files that hold columns. */
import type { TextFormat } from "nabla/tables";
import type { ColumnsFile } from "./columns-file.ts";
import type { DataFormat } from "./data-format.ts";

/** Formats of columns, each with its reader, which loads what it needs when it is called. */
export const columnsFormats: {
  readonly [format in Exclude<DataFormat, TextFormat>]: (path: string, name: string) => Promise<ColumnsFile>;
} = {
  parquet: async (path, name) => await (await import("./parquet-columns.ts")).parquetFile(path, name),
  arrow: async (path, name) => await (await import("./arrow-columns.ts")).arrowFile(path, name),
  numpy: async (path, name) => await (await import("./numpy-columns.ts")).numpyFile(path, name),
};
