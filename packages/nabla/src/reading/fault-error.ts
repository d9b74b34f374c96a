/** Cells that do not fit, as an error with the options that go on without them. */
import { NablaError } from "../base/error.ts";
import { count } from "../base/text.ts";
import type { ColumnReading } from "../data/column-reading.ts";
import type { CellFault } from "./decision.ts";
import { describeReading } from "./describe-reading.ts";
import { columnOption } from "./name-hints.ts";

/** Where faults stand. */
export interface FaultPlace {
  readonly column: string;
  readonly reading: ColumnReading;
  /** What comes before the row, such as "houses.csv, ". */
  readonly source?: string;
  /** The row as people count it, of a row from 0; by default the row itself. */
  readonly rowOf?: (row: number) => number;
  /** The reading is that of a model, which no option changes. */
  readonly learned?: boolean;
}

const EXPECTED: Readonly<Record<ColumnReading["as"], readonly [code: string, what: string]>> = {
  number: ["data/not-a-number", "a number"],
  date: ["data/not-a-date", "a date"],
  time: ["data/not-a-time", "a time of day"],
  category: ["data/not-a-truth", "yes or no"],
  text: ["data/not-a-text", "a text"],
};

const MOST_NAMED = 3;

/** The error for cells that do not fit their column; undefined where all do. */
export function faultError(
  faults: readonly CellFault[],
  { column, reading, source = "", rowOf = (row) => row, learned = false }: FaultPlace,
): NablaError | undefined {
  const [first, ...others] = faults;
  if (first === undefined) return undefined;
  const [code, expected] = EXPECTED[reading.as];
  const cells = faults.reduce((sum, fault) => sum + fault.count, 0) - 1;
  const shown = others.slice(0, MOST_NAMED - 1).map(({ text, row }) => `"${text}" in row ${rowOf(row)}`);
  const more =
    cells === 0
      ? ""
      : ` (and ${count(cells, "cell")} more like it${shown.length === 0 ? "" : `: ${shown.join(", ")}`})`;
  const unit = reading.as === "number" && reading.unit !== undefined ? ` in ${reading.unit}` : "";
  return new NablaError(
    code,
    `${source}row ${rowOf(first.row)}, column ${column}: expected ${expected}${unit}, found "${first.text}"${more}`,
    learned
      ? `the model learned this column from ${describeReading(reading)}: write the cells so, or read them as missing with --bad-cells missing`
      : `correct the cell, or read it as missing with --bad-cells missing, or as a name with ${columnOption(column, "category")}`,
  );
}
