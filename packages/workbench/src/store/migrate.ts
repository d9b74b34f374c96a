import type { Kysely } from "kysely";
import { NablaError } from "nabla";
import { migrations, type Tables } from "./tables.ts";

/**
 * Brings a database to this version's tables, each step whole or not at all. Throws `store/newer` for one that a newer
 * nabla has changed, and `store/foreign` for one that is not nabla's.
 */
export async function migrate(database: Kysely<Tables>, place: string): Promise<void> {
  // The usual case first, which only reads: opening must not wait for a writer.
  if ((await readVersion(database, place)) === migrations.length) return;
  await database.transaction().execute(async (transaction) => {
    // Read again: another process may have migrated while this one waited for its turn.
    const version = await readVersion(transaction, place);
    if (version === migrations.length) return;
    if (version === 0) {
      await transaction.schema
        .createTable("nabla_schema")
        .addColumn("version", "integer", (column) => column.notNull())
        .execute();
      await transaction.insertInto("nabla_schema").values({ version: 0 }).execute();
    }
    for (const migration of migrations.slice(version)) await migration(transaction);
    await transaction.updateTable("nabla_schema").set({ version: migrations.length }).execute();
  });
}

async function readVersion(database: Kysely<Tables>, place: string): Promise<number> {
  const names = (await database.introspection.getTables()).map(({ name }) => name);
  if (!names.includes("nabla_schema")) {
    if (names.length === 0) return 0;
    throw new NablaError(
      "store/foreign",
      `${place} is a database of something else: it has the table ${names[0]}`,
      "name another file",
    );
  }
  const row = await database.selectFrom("nabla_schema").select("version").executeTakeFirst();
  const version = row?.version ?? 0;
  if (version <= migrations.length) return version;
  throw new NablaError(
    "store/newer",
    `the store ${place} is of version ${version}, and this nabla knows versions up to ${migrations.length}`,
    "update nabla, or name another store",
  );
}
