import type { ColumnReading } from "nabla";
import type { ColumnDecision, WrittenColumn } from "nabla/reading";

/** A column and how it is read. */
export interface ColumnPlan {
  readonly column: WrittenColumn;
  readonly decision: ColumnDecision;
  /** The decision's reading, or another that the task needs. */
  readonly reading: ColumnReading;
  /** Whether cells that do not fit become missing values. */
  readonly lenient: boolean;
}
