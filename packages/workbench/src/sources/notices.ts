import { count, listing, type Notice } from "nabla";
import { grouped } from "../text/format.ts";
import type { Measures } from "./measure.ts";
import type { ColumnProfile } from "./profile.ts";

const FEW_ROWS = 100;
const MOST_NAMED = 5;

/** What a reader of a file should know, none of which stops the training. */
export function noticesOf(
  columns: readonly ColumnProfile[],
  { rows, duplicates }: Measures,
  untargeted: number,
): readonly Notice[] {
  const notices: Notice[] = [];
  const note = (code: string, message: string): void => void notices.push({ code, message });
  const named = (kind: ColumnProfile["kind"], use?: ColumnProfile["use"]): readonly string[] =>
    columns
      .filter((column) => column.kind === kind && (use === undefined || column.use === use))
      .map(({ name }) => name);
  const constant = named("constant", "dropped");
  if (constant.length > 0) note("data/constant", `${columnsNamed(constant)}: always the same value, left out`);
  const identifiers = named("text-identifier", "dropped");
  if (identifiers.length > 0)
    note("data/identifier", `${columnsNamed(identifiers)}: nearly every row has its own value, left out`);
  const nested = named("nested", "dropped");
  if (nested.length > 0) note("data/nested", `${columnsNamed(nested)}: lists or structures, left out`);
  const dates = named("date");
  if (dates.length > 0) note("data/date", `${columnsNamed(dates)}: dates, turned into days since 1970`);
  const gaps = columns.filter(({ missing, use }) => missing > 0 && use === "input");
  if (gaps.length > 0) {
    const total = gaps.reduce((sum, { missing }) => sum + missing, 0);
    const each = gaps.map(({ name, missing }) => `${name} (${grouped(missing)})`);
    note("data/missing", `${count(total, "missing value")} in ${columnsNamed(each)}`);
  }
  if (untargeted > 0) note("data/missing-target", `${count(untargeted, "row")} without a target left out`);
  if (duplicates !== undefined && duplicates > 0)
    note("data/duplicates", `${count(duplicates, "row")} repeat${duplicates === 1 ? "s" : ""} an earlier one`);
  if (rows - untargeted < FEW_ROWS)
    note("data/few-rows", `only ${count(rows - untargeted, "row")}: errors will be coarse`);
  return notices;
}

function columnsNamed(names: readonly string[]): string {
  const shown =
    names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), `${names.length - MOST_NAMED + 1} more`] : names;
  return `${names.length === 1 ? "column" : "columns"} ${listing(shown)}`;
}
