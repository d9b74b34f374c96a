import { count, NablaError } from "nabla";
import type { Database } from "./database.ts";
import { missingTokens, type Relation, type StoredColumn } from "./relation.ts";

/** A column whose cells should all be missing or finite in `sql`. */
export interface Expectation {
  readonly column: StoredColumn;
  readonly expected: "number" | "date";
  /** The cell's value as a number, NULL where it is none. */
  readonly sql: string;
}

/** A cell that is not what its column should hold; `record` counts from 1 after the header. */
interface Offender extends Expectation {
  readonly record: number;
  readonly cell: string;
}

/** The condition under which a cell is neither missing nor a finite value. */
export function wrongSql({ column: { alias }, sql }: Expectation): string {
  return `(${alias} IS NOT NULL AND (${sql} IS NULL OR NOT isfinite(${sql})))`;
}

/** The first cell of a column that is not what the column holds, as an error with its row; `wrong` is how many there are. */
export async function cellFault(
  db: Database,
  relation: Relation,
  { wrong, ...expectation }: Expectation & { wrong: number },
): Promise<NablaError> {
  const offender = await firstOffender(db, relation, expectation);
  if (offender === undefined)
    return new NablaError("data/changed", `${relation.file.name} changed while it was read`, "read it again");
  return described(relation, offender, wrong);
}

/** The first wrong cell of several columns, as an error with its row. */
export async function firstFault(
  db: Database,
  relation: Relation,
  expectations: readonly Expectation[],
): Promise<NablaError> {
  const offenders: Offender[] = [];
  for (const expectation of expectations) {
    const offender = await firstOffender(db, relation, expectation);
    if (offender !== undefined) offenders.push(offender);
  }
  const [first] = offenders.sort((a, b) => a.record - b.record);
  if (first === undefined)
    return new NablaError("data/changed", `${relation.file.name} changed while it was read`, "read it again");
  return described(relation, first, 1);
}

async function firstOffender(db: Database, { sql }: Relation, expectation: Expectation): Promise<Offender | undefined> {
  const { alias } = expectation.column;
  const numbered = `(SELECT row_number() OVER () AS record, * FROM ${sql})`;
  const wrong = `SELECT record, CAST(${alias} AS VARCHAR) FROM ${numbered} WHERE ${wrongSql(expectation)}`;
  const [row] = await db.rows(`${wrong} ORDER BY record LIMIT 1`);
  return row === undefined ? undefined : { ...expectation, record: Number(row[0]), cell: String(row[1]) };
}

async function described(
  relation: Relation,
  { column, expected, record, cell }: Offender,
  wrong: number,
): Promise<NablaError> {
  const row = await relation.rowOf(record);
  const place = `${relation.file.name}, row ${row}, column ${column.name}`;
  const more = wrong > 1 ? ` (and ${count(wrong - 1, "cell")} more like it)` : "";
  const tokens = `write a missing value as an empty cell (${missingTokens.join(" ")} are read so too)`;
  if (expected === "number" && /^[-+]?(nan|inf|infinity)$/i.test(cell)) {
    return new NablaError("data/not-finite", `${place}: expected a finite number, found ${cell}${more}`, tokens);
  }
  const code = expected === "number" ? "data/not-a-number" : "data/not-a-date";
  return new NablaError(
    code,
    `${place}: expected a ${expected}, found "${cell}"${more}`,
    `correct the cell, or ${tokens}`,
  );
}
