/** What speaks against the numbers that a training is about to give: leaks, repeated rows, parts that differ. */
import { count, listing, type Notice, type RowParts, type Table, takeTable } from "nabla";
import { type Duplicates, drift, duplicates, leakage } from "nabla/diagnose";
import type { ReadTable } from "../sources/read-table.ts";
import type { Division } from "./division.ts";

/** Something that makes an error look better or worse than it is, with what to do about it. */
export interface Suspicion extends Notice {
  readonly hint: string;
}

export interface Inspection {
  readonly table: ReadTable & { readonly labels?: readonly string[] };
  readonly parts: RowParts;
  /** The group of each row of the table. */
  readonly groups?: ArrayLike<number>;
  readonly division: Division;
  readonly seed: number;
}

/** Of parts drawn by chance any difference is chance, so that only an enormous one is worth a word. */
const LEVELS = { chance: 0.002, time: 0.01 } as const;

/**
 * Looks for leaks in the training part, for rows that stand in two parts, and for drift between them. Of the test part
 * the inputs alone are compared, and nothing but the verdict comes out.
 */
export async function inspectData(inspection: Inspection): Promise<readonly Suspicion[]> {
  const { table, parts, seed } = inspection;
  const inputs: Table = { rows: table.rows, columns: table.columns };
  if (inputs.columns.length === 0) return [];
  const [train, dev, test] = [parts.train, parts.dev, parts.test].map((rows) => takeTable(inputs, rows)) as [
    Table,
    Table,
    Table,
  ];
  const leaks = leakage(takeTable(table, parts.train), { seed });
  const leaking = leaks.leaks.length === 0 ? [] : [{ code: "data/leakage", said: leaks.said, hint: leaks.try }];
  const all = { train, dev, ...(test.rows === 0 ? {} : { test }) };
  const repeated = duplicates(all, { rows: { train: parts.train, dev: parts.dev, test: parts.test } });
  const repeating = repeated.suspicious
    ? [{ code: "data/repeated", said: await repeatedText(repeated, inspection), hint: repeated.try }]
    : [];
  // rows of one group are alike, so that one of each is all that tells parts from each other
  const lone = [parts.train, parts.dev, parts.test].map((rows) => takeTable(inputs, oneOfEach(rows, inspection)));
  const [first = train, second = dev, third = test] = lone;
  const drifting = [
    ...(await driftBetween([first, second], ["train", "dev"], inspection)),
    ...(test.rows === 0 ? [] : await driftBetween([second, third], ["dev", "test"], inspection)),
  ];
  return [...leaking, ...repeating, ...drifting];
}

function oneOfEach(rows: Uint32Array, { groups }: Inspection): Uint32Array {
  if (groups === undefined) return rows;
  const seen = new Set<number>();
  return rows.filter((row) => {
    const group = groups[row] ?? -1;
    if (group >= 0 && seen.has(group)) return false;
    seen.add(group);
    return true;
  });
}

async function driftBetween(
  [first, second]: readonly [Table, Table],
  names: readonly [string, string],
  { division, seed }: Inspection,
): Promise<readonly Suspicion[]> {
  const level = division.timeColumn === undefined ? LEVELS.chance : LEVELS.time;
  const found = await drift(first, second, { names, seed, level });
  if (!found.drifted) return [];
  return [{ code: "data/drift", said: found.said, hint: remedy(division) }];
}

function remedy({ group, timeColumn }: Division): string {
  if (timeColumn !== undefined)
    return "later rows differ from earlier ones, as they will in use: learn from recent rows, and train again as time goes on";
  const mixed = "make them one distribution: --mix-by a column that says where rows come from";
  return group === undefined ? mixed : `more groups make parts more alike; or ${mixed}`;
}

const SHOWN = 3;

async function repeatedText({ exact, near, pairs }: Duplicates, { table }: Inspection): Promise<string> {
  const nameOf = async (row: number): Promise<string> =>
    table.labels?.[row] ?? `row ${(await table.fileRow?.(row)) ?? row}`;
  const shown: string[] = [];
  for (const {
    kind,
    parts: [first, second],
    rows: [a, b],
  } of pairs.slice(0, SHOWN)) {
    const as = kind === "exact" ? "is" : "is nearly";
    shown.push(`${await nameOf(b)} (${second}) ${as} ${await nameOf(a)} (${first})`);
  }
  const left = exact + near - shown.length;
  const rest = left > 0 ? [`${left.toLocaleString("en-US")} more`] : [];
  return `${count(exact + near, "row")} ${exact + near === 1 ? "stands" : "stand"} in two parts: ${listing([...shown, ...rest])}`;
}
