import type { Relation, StoredColumn } from "./relation.ts";

/** The SQL of a cell as a number (DOUBLE), NULL where it is none or missing. */
export function numberSql({ alias, stored }: StoredColumn, { decimalComma }: Pick<Relation, "decimalComma">): string {
  if (stored === "number" || stored === "date") return alias;
  if (stored === "nested") return "CAST(NULL AS DOUBLE)";
  if (!decimalComma) return `TRY_CAST(${alias} AS DOUBLE)`;
  const comma = `regexp_full_match(${alias}, '[-+]?[0-9]*,[0-9]+')`;
  return `TRY_CAST(CASE WHEN ${comma} THEN replace(${alias}, ',', '.') ELSE ${alias} END AS DOUBLE)`;
}

/** The SQL of a cell as days since 1970 (DOUBLE), NULL where it is no date: 2024-05-31, 2024/05/31 (with a time), 31.5.2024. */
export function daysSql({ alias, stored }: StoredColumn): string {
  if (stored === "date") return alias;
  if (stored !== "text") return "CAST(NULL AS DOUBLE)";
  const iso = `WHEN regexp_matches(${alias}, '^[0-9]{4}[-/][0-9]') THEN TRY_CAST(replace(${alias}, '/', '-') AS TIMESTAMP)`;
  const dotted = `WHEN regexp_full_match(${alias}, '[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}') THEN try_strptime(${alias}, '%d.%m.%Y')`;
  return `epoch(CASE ${iso} ${dotted} END) / 86400`;
}

/** The SQL of a cell as text, NULL where it is missing; `NaN` is no name. */
export function textSql({ alias, stored }: StoredColumn): string {
  if (stored === "number" || stored === "date") return `CAST(${alias} AS VARCHAR)`;
  return `CASE WHEN lower(${alias}) = 'nan' THEN NULL ELSE ${alias} END`;
}

/** A number column as DuckDB hands it over: NaN where missing, so that no null needs a check. */
export function filled(sql: string): string {
  return `coalesce(${sql}, CAST('nan' AS DOUBLE))`;
}
