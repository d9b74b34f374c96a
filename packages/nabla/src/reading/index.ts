/** Text as people write it, as tables: `nabla/reading`. */
export type { ByteSource } from "./byte-source.ts";
export {
  type Cell,
  type CellValue,
  categoryCellReader,
  type LevelFinder,
  levelFinder,
  numberCellReader,
} from "./cell-reader.ts";
export { columnFrom, type ReadColumn } from "./column-from.ts";
export type { CsvForm, CsvOptions, QuoteStyle } from "./csv-form.ts";
export { decideColumn } from "./decide-column.ts";
export { decideColumns } from "./decide-columns.ts";
export {
  ASKED_READINGS,
  type AskedReading,
  askedReading,
  type CellFault,
  type ColumnDecision,
  type ColumnRange,
  type ColumnRole,
  type CountedText,
  type DecideOptions,
  type LeftOut,
} from "./decision.ts";
export { type FaultPlace, faultError } from "./fault-error.ts";
export { joinWritten } from "./join-written.ts";
export type { JsonTable, UnreadableKey } from "./json-stream.ts";
export { unseenLevels } from "./notice-text.ts";
export { type CsvChunk, type CsvChunkOptions, type CsvTable, csvChunks, csvForm, readCsv } from "./read-csv.ts";
export { type JsonChunkOptions, type JsonOptions, jsonChunks, readJson } from "./read-json.ts";
export { type RowNumbers, rowOfRecord } from "./row-numbers.ts";
export type { RowColumn, RowsTable } from "./row-reader.ts";
export { tableFromRows } from "./rows-table.ts";
export { isPlainNumber, writtenColumn } from "./written-cells.ts";
export { EMPTY_CELL, NUMBER_CELL, SPELLINGS, type WrittenColumn } from "./written-column.ts";
export { writtenValue } from "./written-value.ts";
