/** From version 4 to 5: every row of a run or a study has a digest. */
import { type Kysely, type Selectable, sql } from "kysely";
import { type DigestedTable, digestAgain, keyColumns } from "./row-digest.ts";
import type { Tables } from "./tables.ts";

/** Adds the column and fills it for the rows that are there. */
export async function digestRows(database: Kysely<Tables>): Promise<void> {
  for (const table of Object.keys(keyColumns) as readonly DigestedTable[]) {
    await database.schema.alterTable(table).addColumn("digest", "text").execute();
    const { rows } = await sql<Selectable<Tables[DigestedTable]>>`select * from ${sql.table(table)}`.execute(database);
    for (const row of rows) await digestAgain(database, table, row);
  }
}
