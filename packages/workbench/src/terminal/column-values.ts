/** What a column holds, in as many characters as there is room for. */

import { count } from "nabla";
import type { ColumnProfile } from "nabla/tables";
import { boundsText } from "../text/format.ts";
import { clip, widthOf } from "../text/layout.ts";
import type { ColumnRun } from "./column-runs.ts";

/** The range or the levels of a column, and as many examples as fit whole into `width` characters. */
export function columnValues(run: ColumnRun, width: number): string {
  const [column] = run;
  if (run.length > 1) return clip(sharedText(run), width);
  const { as, levels, examples, distinct, reason } = column;
  if (reason === "constant") return clip(examples[0] ?? "", width);
  if (as === "category" && levels !== undefined) {
    const text = withList(count(levels.count, "level"), levels.first, { width, all: levels.count });
    // a part of a level says more than none
    return text.includes(":") ? text : clip(`${text}: ${levels.first[0] ?? ""}`, width);
  }
  // where all values are shown, their range is known
  const range = distinct <= examples.length ? undefined : rangeOf(column);
  return withList(range ?? "", examples, { width, all: examples.length });
}

/** What all columns of a run hold. */
function sharedText(run: ColumnRun): string {
  const columns = count(run.length, "column");
  const [{ as, unit, reason }] = run;
  if (reason === "constant") return columns;
  const [least, most] = [ends(run, "minimum"), ends(run, "maximum")];
  if (as === "number" && least.length > 0)
    return `${columns}, ${boundsText({ minimum: Math.min(...least), maximum: Math.max(...most), unit })}`;
  const levels = run.flatMap((column) => (column.levels === undefined ? [] : [column.levels.count]));
  if (as !== "category" || levels.length === 0) return columns;
  const [fewest, greatest] = [Math.min(...levels), Math.max(...levels)];
  return `${columns}, ${fewest === greatest ? "" : `${fewest} to `}${count(greatest, "level")} each`;
}

function ends(run: ColumnRun, end: "minimum" | "maximum"): readonly number[] {
  return run.flatMap(({ [end]: value }) => (value === undefined ? [] : [value]));
}

function rangeOf({ as, range, minimum, maximum, unit }: ColumnProfile): string | undefined {
  return as === "number" && minimum !== undefined && maximum !== undefined
    ? boundsText({ minimum, maximum, unit })
    : range;
}

/** A text and as many of some items as fit behind it, whole; `all` counts those that are not among them too. */
function withList(
  head: string,
  items: readonly string[],
  { width, all }: { readonly width: number; readonly all: number },
): string {
  if (items.length === 0 || (items.length === 1 && items[0] === head)) return clip(head, width);
  const before = head === "" ? "" : `${head}: `;
  for (let shown = items.length; shown > 0; shown--) {
    const text = `${before}${items.slice(0, shown).join(", ")}${shown < all ? ", …" : ""}`;
    if (widthOf(text) <= width) return text;
  }
  return clip(head === "" ? (items[0] ?? "") : head, width);
}
