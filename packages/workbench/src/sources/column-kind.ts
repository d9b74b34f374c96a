import type { Measure } from "./measure.ts";
import type { ColumnKind } from "./profile.ts";
import type { StoredColumn } from "./relation.ts";

/** From this share of its cells on, a column is one of numbers (or dates), and the others are mistakes. */
const MAJORITY = 0.9;
/** Text with more different values than this, in more than half of the rows, names rows rather than kinds. */
const FEW_NAMES = 20;
const MOST_NAMES = 10_000;

/** What the cells of a column are, whatever their use. */
export type Cells = "number" | "date" | "text" | "nested" | "none";

/** What most cells of a column are. */
export function cellsOf({ stored }: StoredColumn, { present, nans, numbers, dates }: Measure): Cells {
  if (stored !== "text") return stored;
  const known = present - nans;
  if (present === 0) return "none";
  if (dates > 0 && dates >= MAJORITY * known) return "date";
  return numbers >= MAJORITY * known ? "number" : "text";
}

/** What a column holds, from its counts; whether a category is a boolean shows only in its levels. */
export function kindOf(column: StoredColumn, found: Measure, rows: number): ColumnKind {
  const cells = cellsOf(column, found);
  if (cells === "nested") return "nested";
  const sound = found.nans === 0 && found.infinities === 0;
  if (found.present === 0 || (found.single && found.present === rows && sound)) return "constant";
  if (cells === "date") return "date";
  if (cells === "number") return countsRows(column.name, found, rows) ? "text-identifier" : "number";
  const names = found.distinct > MOST_NAMES || (found.distinct > FEW_NAMES && found.distinct > 0.5 * found.present);
  return names ? "text-identifier" : "category";
}

/** Whether a number column only numbers the rows: 1 to n or 0 to n - 1 under a name that suggests it. */
function countsRows(name: string, { numbers, whole, minimum, maximum, distinct }: Measure, rows: number): boolean {
  const named = /^(id|index|idx|nr|no|row|row[ _]?(id|number)|unnamed: 0|column 1)$/i.test(name);
  return (
    named && whole && numbers === rows && maximum - minimum + 1 === rows && distinct > 0.9 * rows && rows > FEW_NAMES
  );
}

const truths = new Set(["true", "false", "yes", "no", "t", "f", "y", "n"]);

/** Whether levels mean yes and no. */
export function isBoolean(levels: readonly string[]): boolean {
  return levels.length === 2 && levels.every((level) => truths.has(level.toLowerCase()));
}
