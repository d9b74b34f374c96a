import { type Kysely, sql, type TableMetadata } from "kysely";
import { NablaError } from "nabla";
import type { StorePlace } from "./place.ts";
import { migrations, type Tables } from "./tables.ts";
import { transact } from "./transact.ts";

// Any number, as long as nothing else in the database locks it: "nabla" in ASCII.
const migrationLock = 0x6e61626c61;

/**
 * Brings a database to this version's tables, each step whole or not at all. Throws `store/newer` for one that a newer
 * nabla has changed, and `store/foreign` for one that is not nabla's.
 */
export async function migrate(database: Kysely<Tables>, place: StorePlace): Promise<void> {
  // The usual case first, which only reads: opening must not wait for a writer.
  if ((await readVersion(database, place)) === migrations.length) return;
  await transact(database, async (transaction) => {
    // SQLite lets one transaction write at a time; PostgreSQL must be told to.
    if (place.kind === "postgres") await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction);
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

async function readVersion(database: Kysely<Tables>, place: StorePlace): Promise<number> {
  const names = await tablesOf(database, place);
  if (!names.includes("nabla_schema")) {
    if (names.length === 0) return 0;
    throw new NablaError(
      "store/foreign",
      `${place.shown} is a database of something else: it has the table ${names[0]}`,
      place.kind === "postgres" ? "name another database" : "name another file",
    );
  }
  const row = await database.selectFrom("nabla_schema").select("version").executeTakeFirst();
  const version = row?.version ?? 0;
  if (version <= migrations.length) return version;
  throw new NablaError(
    "store/newer",
    `the store ${place.shown} is of version ${version}, and this nabla knows versions up to ${migrations.length}`,
    "update nabla, or name another store",
  );
}

async function tablesOf(database: Kysely<Tables>, { kind }: StorePlace): Promise<readonly string[]> {
  const tables: readonly TableMetadata[] = await database.introspection.getTables();
  if (kind === "sqlite") return tables.map(({ name }) => name);
  // A server's database has several schemas; the queue lives in one of its own.
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(database);
  return tables.filter(({ schema }) => schema === rows[0]?.name).map(({ name }) => name);
}
