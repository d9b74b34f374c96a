import { type Kysely, sql } from "kysely";
import { NablaError } from "nabla";
import { migrations } from "./migrations.ts";
import type { StorePlace } from "./store-place.ts";
import type { Tables } from "./tables.ts";
import { transact } from "./transact.ts";

// Any number, as long as nothing else in the database locks it: "nabla" in ASCII.
const migrationLock = 0x6e61626c61;

/**
 * Brings a database to this version's tables, each step whole or not at all. Throws `store/newer` for one that a newer
 * nabla has changed, `store/foreign` for one that is not nabla's, and `store/missing` for an empty one that is not to be
 * filled.
 */
export async function migrate(
  database: Kysely<Tables>,
  place: StorePlace,
  { create = true }: { readonly create?: boolean },
): Promise<void> {
  // The usual case first, which only reads: opening must not wait for a writer.
  const found = await readVersion(database, place);
  if (found === migrations.length) return;
  if (found === 0 && !create)
    throw new NablaError("store/missing", `there is no store at ${place.shown} yet`, "`nabla train` makes one");
  await transact(database, async (transaction) => {
    // SQLite lets one transaction write at a time; PostgreSQL needs a lock for that.
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
      `${place.shown} is a database of another program: it has the table ${names[0]}`,
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
  if (kind === "sqlite") return (await database.introspection.getTables()).map(({ name }) => name);
  // A server's database has several schemas; the queue lives in one of its own.
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(database);
  return rows.map(({ name }) => name);
}
