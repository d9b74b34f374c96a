/** Columns that were filled in after the fact: whether they have a value tells a class. */
import { blockOf, type CategoryColumn, type Column, type Table } from "../../data/table.ts";
import { targetParts } from "../target-parts.ts";

/** A column that has values in rows of one class alone, or lacks them there alone. */
export interface FilledLater {
  readonly name: string;
  readonly level: string;
  /** A sentence without its full stop. */
  readonly summary: string;
}

/** Rows that have a value, and rows that have none, are so many at least. */
const FEWEST = 15;
/** Such a share of the rows of a class, and of the others, may do otherwise. */
const EXCEPTIONS = 0.02;

/** Looks for inputs that are missing in all rows but those of one class, or in those alone. */
export function filledLater(table: Table): readonly FilledLater[] {
  const { columns } = table;
  const gaps = columns.map(missingIn);
  const targets = targetParts(table).filter((target) => target.kind === "category");
  return columns.flatMap((column, at) => {
    const missing = gaps[at];
    const found = missing === undefined ? undefined : toldByOne(missing, targets);
    if (missing === undefined || found === undefined || lackMuch(missing, gaps)) return [];
    const { target, level, filled } = found;
    const rows = filled ? `in rows of ${target} "${level}" alone` : `in all rows but those of ${target} "${level}"`;
    return [
      {
        name: column.name,
        level,
        summary: `column ${column.name} has values ${rows}, as one that is filled in after the fact`,
      },
    ];
  });
}

/** Rows that lack a value lack it in so many other columns too, nearly always, where their record is a short one. */
const [MUCH, NEARLY_ALWAYS] = [4, 0.9];

function lackMuch(missing: readonly boolean[], gaps: readonly (readonly boolean[] | undefined)[]): boolean {
  const rows = [...missing.keys()].filter((row) => missing[row]);
  const alike = gaps.filter(
    (other) => other !== undefined && rows.filter((row) => other[row]).length >= NEARLY_ALWAYS * rows.length,
  );
  return alike.length > MUCH;
}

/** The rows where a column is missing, if there are any. */
function missingIn(column: Column): readonly boolean[] | undefined {
  if (column.kind === "category")
    return column.codes.some((code) => code < 0) ? Array.from(column.codes, (code) => code < 0) : undefined;
  const { data } = column.values;
  if (blockOf(column).length > 0 || !data.includes(Number.NaN)) return undefined;
  return Array.from(data, (value) => Number.isNaN(value));
}

/** The first target of which a class is told by whether a value is there. */
function toldByOne(
  missing: readonly boolean[],
  targets: readonly CategoryColumn[],
): (ReturnType<typeof toldBy> & { readonly target: string }) | undefined {
  for (const target of targets) {
    const found = toldBy(missing, target);
    if (found !== undefined) return { ...found, target: target.name };
  }
  return undefined;
}

/** The class that is told by whether a value is there. */
function toldBy(
  missing: readonly boolean[],
  { levels, codes }: CategoryColumn,
): { readonly level: string; readonly filled: boolean } | undefined {
  const known = [...codes.keys()].filter((row) => (codes[row] ?? -1) >= 0);
  const gaps = known.filter((row) => missing[row]).length;
  if (Math.min(gaps, known.length - gaps) < FEWEST) return undefined;
  for (const [code, level] of levels.entries()) {
    const own = known.filter((row) => codes[row] === code);
    const others = known.length - own.length;
    const ownGaps = own.filter((row) => missing[row]).length;
    const share = ownGaps / own.length;
    const rest = (gaps - ownGaps) / others;
    if (own.length === 0 || others === 0) continue;
    if (share <= EXCEPTIONS && rest >= 1 - EXCEPTIONS) return { level, filled: true };
    if (share >= 1 - EXCEPTIONS && rest <= EXCEPTIONS) return { level, filled: false };
  }
  return undefined;
}
