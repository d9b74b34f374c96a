/** Decides and reads a column of cells in one go. */
import type { Column } from "../../src/data/table.ts";
import {
  type AskedReading,
  type Cell,
  type ColumnDecision,
  type CountedText,
  columnFrom,
  type DecideOptions,
  decideColumn,
  type WrittenColumn,
  writtenColumn,
} from "../../src/reading/index.ts";

/** A decision with what it makes of the cells. */
export interface Decided extends ColumnDecision {
  /** Numbers, NaN where missing; or levels, null where missing. */
  readonly values: readonly (number | string | null)[];
  readonly codes: readonly string[];
}

/** The options of a decision, and what the column is called. */
export interface DecidedOptions extends DecideOptions {
  readonly name?: string;
  readonly declared?: WrittenColumn["declared"];
  readonly as?: AskedReading;
}

/** The values of a column: numbers, or levels. */
function valuesOf(column: Column): readonly (number | string | null)[] {
  if (column.kind === "number") return Array.from(column.values.data);
  return Array.from(column.codes, (code) => column.levels[code] ?? null);
}

/** Decides a column of cells and reads it; what does not fit must be what the decision calls faults. */
export function decided(cells: readonly Cell[], { name = "x", declared, ...options }: DecidedOptions = {}): Decided {
  const written = writtenColumn(name, cells, declared);
  const decision = decideColumn(written, options);
  const read = columnFrom(written, decision.reading);
  const [expected, found] = [total(decision.faults), total(read.faults)];
  if (expected !== found) throw new Error(`${expected} cells were said not to fit, and ${found} did not`);
  return { ...decision, values: valuesOf(read.column), codes: decision.notices.map(({ code }) => code) };
}

function total(cells: readonly CountedText[]): number {
  return cells.reduce((sum, { count }) => sum + count, 0);
}

/** The message of the notice with a code. */
export function noticeOf({ notices }: ColumnDecision, code: string): string {
  const found = notices.find((notice) => notice.code === code);
  if (found === undefined) throw new Error(`no notice ${code} among ${notices.map((one) => one.code).join(", ")}`);
  return found.message;
}

/** Some cells, over and over. */
export function repeated<T>(cells: readonly T[], times: number): readonly T[] {
  return Array.from({ length: times }, () => cells).flat();
}
