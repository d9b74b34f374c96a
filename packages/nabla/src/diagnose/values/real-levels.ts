/** Names that differ in their spelling alone, and yet are two kinds: the numbers of their rows differ. */
import { midranks } from "../../base/statistics/summary.ts";
import { blockOf, type CategoryColumn, type Column, type Table } from "../../data/table.ts";
import { groupedBy, mergedKey } from "../../reading/levels.ts";

const FEWEST_ROWS = 8;
/** A slip is rarer than what was meant. */
const LEAST_SHARE = 0.2;
/** A number tells the kinds apart: so much better than chance, and so many standard errors from it. */
const [APART, SURELY] = [0.2, 4];

/** Whether all levels of a column that careless spelling alone tells apart are two kinds each: both frequent, and a number tells them apart. */
export function areRealLevels({ columns, target }: Table, name: string): boolean {
  const all = [...columns, ...(target === undefined ? [] : [target])];
  const column = all.find((one) => one.name === name);
  if (column?.kind !== "category") return false;
  const codes = [...column.levels.keys()];
  const groups = [...groupedBy(codes, (code) => mergedKey(column.levels[code] ?? "")).values()].filter(
    (group) => group.length > 1,
  );
  const others = all.filter((one) => one !== column);
  return groups.length > 0 && groups.every((group) => areKinds(column, group, others));
}

function areKinds({ codes }: CategoryColumn, group: readonly number[], others: readonly Column[]): boolean {
  return group.every((first, i) =>
    group.slice(i + 1).every((second) => {
      const rows = [...codes.keys()].filter((row) => codes[row] === first || codes[row] === second);
      const many = rows.filter((row) => codes[row] === first).length;
      const few = Math.min(many, rows.length - many);
      if (few < Math.max(FEWEST_ROWS, LEAST_SHARE * rows.length)) return false;
      return others.some((other) =>
        tellsApart(
          other,
          rows,
          rows.map((row) => Number(codes[row] === first)),
        ),
      );
    }),
  );
}

/** By the area under the curve of the number's order (Mann and Whitney 1947). */
function tellsApart(other: Column, rows: readonly number[], isFirst: readonly number[]): boolean {
  if (other.kind !== "number" || blockOf(other).length > 0) return false;
  const places = [...rows.keys()].filter((i) => !Number.isNaN(other.values.data[rows[i] ?? 0] ?? Number.NaN));
  const ranks = midranks(places.map((i) => other.values.data[rows[i] ?? 0] ?? 0));
  const marks = places.map((i) => isFirst[i] ?? 0);
  const firsts = marks.reduce((sum, mark) => sum + mark, 0);
  const seconds = marks.length - firsts;
  if (Math.min(firsts, seconds) < FEWEST_ROWS) return false;
  const sum = ranks.reduce((total, rank, i) => total + rank * (marks[i] ?? 0), 0);
  const away = Math.abs((sum - (firsts * (firsts + 1)) / 2) / (firsts * seconds) - 0.5);
  const error = Math.sqrt((firsts + seconds + 1) / (12 * firsts * seconds));
  return away > APART && away > SURELY * error;
}
