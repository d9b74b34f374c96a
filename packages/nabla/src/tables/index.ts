/** Files of data as tables: what each column holds, what is to be learned, and the values: `nabla/tables`. */
export type { FileSource } from "../base/file-source.ts";
export { type ColumnCells, numberCells, textCells } from "./column-cells.ts";
export { labelSeparator } from "./labels.ts";
export type { ParquetLibrary } from "./parquet-rows.ts";
export type { ColumnProfile, Profile, SurveyOptions, TaskChoice } from "./profile.ts";
export { profileTable, type ReadTableOptions, readTable } from "./read-table.ts";
export { type StoredColumns, type StoredField, type StoredType, storedColumns } from "./stored-columns.ts";
export { missingColumn, type Survey, survey } from "./survey.ts";
export { type AskedTarget, targetNames, targetText } from "./target-names.ts";
export { encodingOf, textFormat } from "./text-format.ts";
export { type ReadTable, typedTable } from "./typed-table.ts";
export type { UnreadableColumn, WrittenRows, WrittenTable } from "./written-table.ts";
export { type TextFile, type TextFormat, type TextOptions, textRows } from "./written-text.ts";
