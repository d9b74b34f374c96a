/** Names that differ in their spelling alone, and yet are two kinds: what else is known of their rows differs. */
import { type Table, takeTable, targetsOf } from "../../data/table.ts";
import { groupedBy, mergedKey } from "../../reading/levels.ts";
import { companionsOf, withoutColumns } from "./companions.ts";
import { aucOfMembers, crossFittedScores } from "./told-apart.ts";

/** Rows of each spelling that are needed to tell. */
const FEWEST_ROWS = 8;
/** A slip is rarer than what was meant, unless rows are told apart nearly always. */
const [LEAST_SHARE, LEAST_SHARE_OF_CLEAR] = [0.2, 0.05];
/** The rows of two kinds are told apart so much better than by chance, and so many standard errors. */
const [APART, CLEAR, SURELY] = [0.2, 0.4, 4];

/**
 * Whether levels of a column that careless spelling alone tells apart are two kinds each: both are frequent, and the other
 * columns, the target among them, tell rows of one from rows of the other that were not learned from. Spellings too rare to
 * tell are taken for what the others are.
 */
export function areRealLevels(table: Table, name: string): boolean {
  const column = [...table.columns, ...targetsOf(table)].find((one) => one.name === name);
  if (column?.kind !== "category") return false;
  const codes = [...column.levels.keys()];
  const groups = [...groupedBy(codes, (code) => mergedKey(column.levels[code] ?? "")).values()];
  const pairs = groups.flatMap((group) =>
    group.flatMap((first, i) => group.slice(i + 1).map((second) => [first, second] as const)),
  );
  const kinds = pairs
    .map((pair) => areKinds(table, { name, codes: column.codes }, pair))
    .filter((one) => one !== undefined);
  return kinds.length > 0 && kinds.every(Boolean);
}

/** Whether two levels are two kinds; undefined where there are too few rows to tell. */
function areKinds(
  table: Table,
  { name, codes }: { readonly name: string; readonly codes: ArrayLike<number> },
  [first, second]: readonly [number, number],
): boolean | undefined {
  const rows = Uint32Array.from(Array.from(codes).keys()).filter(
    (row) => codes[row] === first || codes[row] === second,
  );
  const isFirst = Array.from(rows, (row) => codes[row] === first);
  const many = isFirst.filter(Boolean).length;
  const few = Math.min(many, rows.length - many);
  if (few < FEWEST_ROWS) return undefined;
  const { rows: places, features } = withoutColumns(companionsOf(takeTable(table, rows)), [name]);
  const isMember = Array.from(places, (place) => isFirst[place] ?? false);
  const lists = features.map(({ values }) => values);
  const error = Math.sqrt((rows.length + 1) / (12 * many * (rows.length - many)));
  const away = Math.max(
    aucOfMembers(crossFittedScores(lists, isMember), isMember) - 0.5,
    ...lists.map((list) => Math.abs(aucOfMembers(list, isMember) - 0.5)),
  );
  if (away > APART && away <= SURELY * error) return undefined;
  return away > APART && few >= (away > CLEAR ? LEAST_SHARE_OF_CLEAR : LEAST_SHARE) * rows.length;
}
