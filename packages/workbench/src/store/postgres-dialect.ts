/**
 * PostgreSQL by pg, as kysely speaks to it. A server that goes away for a while costs time and nothing else: connections
 * are made again, and a commit whose reply was lost is looked up.
 */
import { setTimeout } from "node:timers/promises";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import { NablaError } from "nabla";
import type { Pool, PoolClient } from "pg";
import { postgresFailure, whyAway, whyUndone } from "./postgres-failure.ts";
import type { Patience } from "./server-patience.ts";
import { undone } from "./transact.ts";

/** What a dialect needs: connections, where they lead to, and how long to wait for a server that is away. */
export interface PostgresSource {
  readonly pool: Pool;
  /** The place without its password. */
  readonly place: string;
  readonly patience: Patience;
}

/** PostgreSQL for kysely. Throws `postgresFailure`'s `store/…`, and `store/undone`, which `transact` handles. */
export function postgresDialect(source: PostgresSource): Dialect {
  // kysely gives back what it acquired.
  const own = (connection: DatabaseConnection): Connection => connection as Connection;
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => new Connection(source, await connect(source)),
      beginTransaction: async (connection) => await own(connection).begin(),
      commitTransaction: async (connection) => await own(connection).commit(),
      rollbackTransaction: async (connection) => await own(connection).rollback(),
      releaseConnection: async (connection) => own(connection).release(),
      destroy: async () => await source.pool.end(),
    }),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

async function connect({ pool, place, patience }: PostgresSource): Promise<PoolClient> {
  try {
    return await patience.wait(async () => await pool.connect(), whyAway);
  } catch (error) {
    throw postgresFailure(error, place);
  }
}

/** What pg gives for a statement. */
interface Result<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number | null;
}

/** A text of several statements gives several results. */
function resultsOf<Row>(answer: unknown): readonly Result<Row>[] {
  return Array.isArray(answer) ? answer : [answer as Result<Row>];
}

/** One connection of the pool, for as long as kysely holds it. */
class Connection implements DatabaseConnection {
  readonly #source: PostgresSource;
  #client: PoolClient;
  /** The number of the transaction that is open. */
  #transaction: string | undefined;
  #lost = false;

  constructor(source: PostgresSource, client: PoolClient) {
    this.#source = source;
    this.#client = client;
  }

  /** Outside of a transaction a statement that was lost is sent again. */
  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    for (;;) {
      try {
        const results = await this.#query<Row>(sql, parameters);
        const affected = results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
        return { rows: results.flatMap(({ rows }) => rows), numAffectedRows: BigInt(affected) };
      } catch (error) {
        const failure = this.#failure(error);
        if (!this.#lost || this.#transaction !== undefined) throw failure;
        await this.#renew();
      }
    }
  }

  /** Outside of a transaction a statement that was undone is sent again; a transaction is begun again by `transact`. */
  async #query<Row>(sql: string, parameters: readonly unknown[]): Promise<readonly Result<Row>[]> {
    const send = async () => resultsOf<Row>(await this.#client.query(sql, [...parameters]));
    if (this.#transaction !== undefined) return await send();
    return await this.#source.patience.wait(send, whyUndone);
  }

  streamQuery(): never {
    throw new Error("internal: the store does not stream");
  }

  async begin(): Promise<void> {
    for (;;) {
      try {
        const texts = "begin; select pg_current_xact_id()::text as id";
        const results = resultsOf<{ readonly id: string }>(await this.#client.query(texts));
        this.#transaction = results[1]?.rows[0]?.id;
        return;
      } catch (error) {
        const failure = this.#failure(error);
        if (!this.#lost) throw failure;
        await this.#renew();
      }
    }
  }

  async commit(): Promise<void> {
    const number = this.#transaction;
    try {
      const { command } = await this.#client.query("commit");
      this.#transaction = undefined;
      this.#source.patience.answered();
      if (command === "ROLLBACK") throw new Error("internal: a transaction went on after a failure");
    } catch (error) {
      const failure = this.#failure(error);
      if (!this.#lost) throw failure;
      await this.#renew();
      // It may be done all the same: only the answer was lost.
      if ((await this.#fate(number)) !== "committed") throw failure;
    }
  }

  async rollback(): Promise<void> {
    this.#transaction = undefined;
    // The server undoes by itself what a lost connection had open.
    if (!this.#lost) await this.#client.query("rollback").catch(() => (this.#lost = true));
  }

  release(): void {
    this.#client.release(this.#lost);
  }

  /** What became of a transaction: https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-INFO-SNAPSHOT */
  async #fate(number: string | undefined): Promise<string> {
    for (;;) {
      const query = { sql: "select pg_xact_status($1::xid8) as fate", parameters: [number] };
      const [row] = (await this.executeQuery<{ fate: string | null }>(query as unknown as CompiledQuery)).rows;
      // The server may take a moment to see that nobody is left at the other end.
      if (row?.fate !== "in progress") return row?.fate ?? "unknown";
      await setTimeout(20);
    }
  }

  /** The failure as a sentence. One that undoes the transaction through no fault of its own is known by its code. */
  #failure(error: unknown): unknown {
    const failure = postgresFailure(error, this.#source.place);
    this.#lost = whyAway(error) !== undefined;
    const why = whyUndone(error);
    if (this.#transaction === undefined || !(this.#lost || why !== undefined)) return failure;
    // conflicts are the usual course of things
    if (why !== undefined && failure instanceof NablaError && failure.code !== "store/conflict")
      this.#source.patience.hindered(why);
    return new NablaError(
      undone,
      `the store ${this.#source.place} rolled back a transaction that it could not commit`,
      "try again",
    );
  }

  async #renew(): Promise<void> {
    this.#transaction = undefined;
    this.#client.release(true);
    this.#client = await connect(this.#source);
    this.#lost = false;
  }
}
