import type { Table } from "./table.ts";

/**
 * Rows that need not fit in memory: tables of a bounded number of rows, one after the other. Each iteration starts at
 * the first row again, so that every epoch sees the same rows; all chunks have the same columns in the same order.
 */
export interface Source extends AsyncIterable<Table> {
  /** The number of rows, where it is known without reading them. */
  readonly rows?: number;
}
