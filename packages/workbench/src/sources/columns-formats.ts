/** The formats of files that hold columns. */

import type { TextFormat } from "nabla/tables";
import { nativePackage } from "../host/native-package.ts";
import type { ColumnsFile } from "./columns-file.ts";
import type { DataFormat } from "./data-format.ts";

const DUCKDB = {
  name: "@duckdb/node-api",
  need: "Parquet files need",
  instead: "write the table as CSV or JSON",
};

/** Formats of columns, each with its reader, which loads what it needs when it is called. */
export const columnsFormats: {
  readonly [format in Exclude<DataFormat, TextFormat>]: (path: string, name: string) => Promise<ColumnsFile>;
} = {
  parquet: async (path, name) => {
    const load = async (): Promise<typeof import("./parquet-columns.ts")> => await import("./parquet-columns.ts");
    return await (await nativePackage(load, DUCKDB)).parquetFile(path, name);
  },
  arrow: async (path, name) => await (await import("./arrow-columns.ts")).arrowFile(path, name),
  numpy: async (path, name) => await (await import("./numpy-columns.ts")).numpyFile(path, name),
};
