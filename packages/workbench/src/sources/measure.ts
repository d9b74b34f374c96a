import { known } from "nabla";
import { daysSql, numberSql } from "./cells.ts";
import type { Database } from "./database.ts";
import type { Relation, StoredColumn } from "./relation.ts";

/** Counts over one column. */
export interface Measure {
  /** Cells that are not missing. */
  readonly present: number;
  /** Cells that are numbers, infinities included and NaN not. */
  readonly numbers: number;
  readonly nans: number;
  readonly infinities: number;
  /** Counted only where some cells are no numbers. */
  readonly dates: number;
  /** Within some percent (HyperLogLog). */
  readonly distinct: number;
  /** One value in all cells that are not missing. */
  readonly single: boolean;
  /** No fractions among the numbers. */
  readonly whole: boolean;
  /** Of finite numbers, or of dates in days. */
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
}

/** Counts over a whole file. */
export interface Measures {
  readonly rows: number;
  /** Rows that repeat an earlier one; not counted in files above 512 MB. */
  readonly duplicates?: number;
  readonly columns: readonly Measure[];
}

const DUPLICATE_BYTES = 512 * 2 ** 20;
// DuckDB plans a query of some thousand aggregates slowly; wide files are measured in several passes
const COLUMNS_A_PASS = 256;

/** Measures the columns of a file: one pass over it, and one more over the columns that may hold dates. */
export async function measure(db: Database, relation: Relation): Promise<Measures> {
  const hash = `hash(${relation.columns.map(({ alias }) => alias).join(", ")})`;
  const duplicates = relation.file.bytes <= DUPLICATE_BYTES ? `count(*) - count(DISTINCT ${hash})` : "NULL";
  const [totals = []] = await db.rows(`SELECT count(*), ${duplicates} FROM ${relation.sql}`);
  const counted = await perColumn(db, relation, {
    columns: relation.columns,
    typed: numbersTyped,
    aggregates: numberAggregates,
  });
  const measures = counted.map(measureFrom);
  const undated = relation.columns.filter((column, i) => mayHoldDates(column, measures[i]));
  const dated = await perColumn(db, relation, { columns: undated, typed: datesTyped, aggregates: dateAggregates });
  const columns = relation.columns.map((column, i): Measure => {
    const found = known(measures[i], column.name);
    const [dates = 0, minimum, maximum, mean] = (dated[undated.indexOf(column)] ?? []).map((cell) =>
      Number(cell ?? Number.NaN),
    );
    if (dates === 0 || minimum === undefined || maximum === undefined || mean === undefined) return found;
    return { ...found, dates, minimum, maximum, mean };
  });
  const repeated = totals[1] === null || totals[1] === undefined ? {} : { duplicates: Number(totals[1]) };
  return { rows: Number(known(totals[0], "the number of rows")), ...repeated, columns };
}

function mayHoldDates({ stored }: StoredColumn, found: Measure | undefined): boolean {
  return stored === "date" || (stored === "text" && found !== undefined && found.numbers < found.present);
}

interface Aggregation {
  readonly columns: readonly StoredColumn[];
  readonly typed: (column: StoredColumn, relation: Relation) => string;
  readonly aggregates: (column: StoredColumn) => readonly string[];
}

async function perColumn(
  db: Database,
  relation: Relation,
  { columns, typed, aggregates }: Aggregation,
): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for (let from = 0; from < columns.length; from += COLUMNS_A_PASS) {
    const some = columns.slice(from, from + COLUMNS_A_PASS);
    const values = some.map((column) => typed(column, relation)).join(", ");
    const lists = some.map(aggregates);
    const [row = []] = await db.rows(
      `SELECT ${lists.flat().join(", ")} FROM (SELECT *, ${values} FROM ${relation.sql})`,
    );
    let at = 0;
    for (const list of lists) {
      found.push(row.slice(at, at + list.length));
      at += list.length;
    }
  }
  return found;
}

function numbersTyped(column: StoredColumn, relation: Relation): string {
  const x = numberSql(column, relation);
  return `${x} AS x_${column.alias}, CASE WHEN isfinite(${x}) THEN ${x} END AS f_${column.alias}`;
}

function numberAggregates({ alias }: StoredColumn): readonly string[] {
  const x = `x_${alias}`;
  const f = `f_${alias}`;
  return [
    `count(${alias})`,
    `count(${x})`,
    `count_if(isnan(${x}))`,
    `count_if(isinf(${x}))`,
    `approx_count_distinct(${alias})`,
    // a comparison of hashes is cheaper than one of texts; NULLs left out
    `min(CASE WHEN ${alias} IS NOT NULL THEN hash(${alias}) END) = max(CASE WHEN ${alias} IS NOT NULL THEN hash(${alias}) END)`,
    `bool_and(${f} = trunc(${f}))`,
    `min(${f})`,
    `max(${f})`,
    `avg(${f})`,
  ];
}

function measureFrom(cells: readonly unknown[]): Measure {
  const [present = 0, numbers = 0, nans = 0, infinities = 0, distinct = 0, single, whole, minimum, maximum, mean] =
    cells;
  return {
    present: Number(present),
    numbers: Number(numbers) - Number(nans),
    nans: Number(nans),
    infinities: Number(infinities),
    dates: 0,
    distinct: Number(distinct),
    single: single === true,
    whole: whole === true,
    minimum: Number(minimum ?? Number.NaN),
    maximum: Number(maximum ?? Number.NaN),
    mean: Number(mean ?? Number.NaN),
  };
}

function datesTyped(column: StoredColumn): string {
  return `${daysSql(column)} AS d_${column.alias}`;
}

function dateAggregates({ alias }: StoredColumn): readonly string[] {
  return [`count(d_${alias})`, `min(d_${alias})`, `max(d_${alias})`, `avg(d_${alias})`];
}
