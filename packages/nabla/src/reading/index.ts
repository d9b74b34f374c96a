/** Text as people write it, as tables: `nabla/reading`. */
export type { ByteSource } from "./byte-source.ts";
export type { CsvForm, CsvOptions, QuoteStyle } from "./csv-form.ts";
export { type CsvChunk, type CsvChunkOptions, type CsvTable, csvChunks, csvForm, readCsv } from "./read-csv.ts";
export { type RowNumbers, rowOfRecord } from "./row-numbers.ts";
export { EMPTY_CELL, NUMBER_CELL, SPELLINGS, type WrittenColumn } from "./written-column.ts";
