import type { ColumnReading } from "../data/column-reading.ts";
import type { ColumnDecision } from "../reading/decision.ts";
import type { WrittenColumn } from "../reading/written-column.ts";

/** A column and how it is read. */
export interface ColumnPlan {
  readonly column: WrittenColumn;
  readonly decision: ColumnDecision;
  /** The decision's reading, or another that the task needs. */
  readonly reading: ColumnReading;
  /** Whether cells that do not fit become missing values. */
  readonly lenient: boolean;
}
